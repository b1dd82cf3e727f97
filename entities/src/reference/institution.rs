//! Certified institutions.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// An institution that carries out child protection orders (Dutch: gecertificeerde instelling, GI).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "institution")]
pub struct Model {
    /// Our own code, such as `GI01`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
    /// Made up for the demonstration.
    pub fictional: bool,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Institution",
        "An institution that carries out child protection orders (Dutch: gecertificeerde instelling, GI).",
        Held::Reference,
    )
    .key(Column::Code, "Our own code, such as GI01.")
    .field(Column::Name, "Name.", |it| it.tier(Open).sorts())
    .field(Column::Fictional, "Is it made up for the demonstration? No public page names it then.", |it| it.tier(Open))
    .done()
}
