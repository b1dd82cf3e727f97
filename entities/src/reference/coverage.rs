//! Which education partnership covers which municipality.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// The part of a municipality that a partnership covers; only of the nine regions of the three supra-regions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coverage")]
pub struct Model {
    /// Both codes, such as `VO3001-GM0748`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The partnership.
    pub partnership: String,
    /// The municipality.
    pub municipality: String,
    /// Number of postcodes.
    pub postcodes: i32,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Coverage",
        "The part of a municipality that a partnership covers; only of the nine regions of the three supra-regions.",
        Held::Reference,
    )
    .key(Column::Code, "Both codes, such as VO3001-GM0748.")
    .link(Column::Partnership, "Partnership", Open, "The partnership.")
    .link(Column::Municipality, "Municipality", Open, "The municipality, as of 2023.")
    .field(Column::Postcodes, "Number of four-digit postcodes of the municipality that are the partnership's.", |it| {
        it.tier(Open).sorts()
    })
    .done()
}
