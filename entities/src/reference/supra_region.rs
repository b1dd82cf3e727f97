//! Supra-regions: regions that run closed care together.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// Regions that run closed care together (Dutch: landsdeel, of JeugdzorgPlus, not of CBS).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supra_region")]
pub struct Model {
    /// Our own code, such as `ZW`.
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
        "SupraRegion",
        "Regions that run closed care together (Dutch: landsdeel, of JeugdzorgPlus, not of CBS).",
        Held::Reference,
    )
    .key(Column::Code, "Our own code: ZW, NHN or NO.")
    .field(Column::Name, "Name in Dutch.", |it| it.tier(Open).sorts())
    .list("regions", "Region", "supra_region", "The regions that work together.")
    .list("plans", "Plan", "supra_region", "Its plan (Dutch: bovenregionaal plan).")
    .done()
}
