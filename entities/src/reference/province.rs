//! Provinces.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A province (Dutch: provincie).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "province")]
pub struct Model {
    /// Code of CBS, such as `PV30`.
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
    Dataset::of::<Entity>("Province", "A province (Dutch: provincie).", Held::Reference)
        .key(Column::Code, "Code of CBS: PV20 to PV31.")
        .field(Column::Name, "Name, Fryslân in Frisian.", |it| it.tier(Open).sorts())
        .list("municipalities", "Municipality", "province", "The municipalities of the province, 2023.")
        .done()
}
