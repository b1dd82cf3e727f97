//! Units of locations.

use sea_orm::entity::prelude::*;

use crate::{
    code::SETTING,
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A group of places under one roof and one regime (Dutch: groep).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// Our own code, such as `ALMATA-OSS-1`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
    /// Location of the unit.
    pub location: String,
    /// How closed it is.
    pub setting: String,
    /// Places in all.
    pub places: i32,
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
    Dataset::of::<Entity>("Unit", "A group of places under one roof and one regime (Dutch: groep).", Held::Reference)
        .key(Column::Code, "Our own code, such as ALMATA-OSS-1.")
        .field(Column::Name, "Name.", |it| it.tier(Open).sorts())
        .link(Column::Location, "Location", Open, "Location of the unit.")
        .field(Column::Setting, "How closed it is.", |it| it.tier(Open).code(&SETTING))
        .field(Column::Places, "Places in all, taken or not; youths at a time where care comes to the home.", |it| {
            it.tier(Open).sorts()
        })
        .field(Column::Fictional, "Is it made up for the demonstration? No public page names it then.", |it| {
            it.tier(Open)
        })
        .done()
}
