//! Which municipality belongs to which region, and when.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A municipality within a region, between dates (Dutch: regio-indeling).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// Both codes, such as `GM0748-JZ36`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The municipality.
    pub municipality: String,
    /// The region.
    pub region: String,
    /// First day.
    pub valid_from: Option<Date>,
    /// First day on which it no longer holds.
    pub valid_until: Option<Date>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Membership",
        "A municipality within a region, between dates (Dutch: regio-indeling).",
        Held::Reference,
    )
    .key(Column::Code, "Both codes, such as GM0748-JZ36.")
    .link(Column::Municipality, "Municipality", Open, "The municipality.")
    .link(Column::Region, "Region", Open, "The region.")
    .field(Column::ValidFrom, "First day; null where no source states one, meaning no limit.", |it| {
        it.named("from").tier(Open).sorts()
    })
    .field(
        Column::ValidUntil,
        "First day on which it no longer holds; null where no source states one, meaning no limit.",
        |it| it.named("until").tier(Open).sorts(),
    )
    .done()
}
