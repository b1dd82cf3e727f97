//! Four-digit postcodes and their education partnerships.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A four-digit postcode, as of 2017 (Dutch: postcodegebied, PC4).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "postcode")]
pub struct Model {
    /// Four digits, such as `4611`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pc4: String,
    /// Municipality of that time.
    pub municipality_name: String,
    /// Partnership of primary education.
    pub primary_partnership: String,
    /// Partnership of secondary education.
    pub secondary_partnership: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Postcode",
        "A four-digit postcode, as of 2017 (Dutch: postcodegebied, PC4).",
        Held::Reference,
    )
    .key(Column::Pc4, "Four digits, such as 4611.")
    .field(
        Column::MunicipalityName,
        "Name of the municipality at that time: many have merged since, so that it is no link.",
        |it| it.tier(Open).sorts(),
    )
    .link(
        Column::PrimaryPartnership,
        "Partnership",
        Open,
        "Partnership of primary education (Dutch: primair onderwijs, PO).",
    )
    .link(
        Column::SecondaryPartnership,
        "Partnership",
        Open,
        "Partnership of secondary education (Dutch: voortgezet onderwijs, VO).",
    )
    .done()
}
