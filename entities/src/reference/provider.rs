//! Providers of youth care.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A provider of youth care (Dutch: jeugdhulpaanbieder).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider")]
pub struct Model {
    /// Our own code, such as `ALMATA`.
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
    Dataset::of::<Entity>("Provider", "A provider of youth care (Dutch: jeugdhulpaanbieder).", Held::Reference)
        .key(Column::Code, "Our own code, such as ALMATA.")
        .field(Column::Name, "Name.", |it| it.tier(Open).sorts())
        .field(Column::Fictional, "Is it made up for the demonstration? No public page names it then.", |it| {
            it.tier(Open)
        })
        .list("locations", "Location", "provider", "Where the provider gives care.")
        .done()
}
