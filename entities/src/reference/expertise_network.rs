//! Networks that support the expert teams.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A network that supports regional expert teams (Dutch: bovenregionaal expertisenetwerk).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expertise_network")]
pub struct Model {
    /// Short name, such as `BEN`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "ExpertiseNetwork",
        "A network that supports regional expert teams (Dutch: bovenregionaal expertisenetwerk).",
        Held::Reference,
    )
    .key(Column::Code, "Short name, such as BEN.")
    .field(Column::Name, "Name by which it is known.", |it| it.tier(Open).sorts())
    .list_through(
        "regions",
        ("NetworkRegion", "network", "region"),
        "The regions that it supports, as far as they are known here.",
    )
    .done()
}
