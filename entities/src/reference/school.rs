//! Schools.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A school (Dutch: school).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "school")]
pub struct Model {
    /// Our own code, such as `OLIVIJN`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Name.
    pub name: String,
    /// Municipality it lies in.
    pub municipality: String,
    /// Town or village.
    pub town: String,
    /// Partnership it takes part in.
    pub partnership: Option<String>,
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
    Dataset::of::<Entity>("School", "A school (Dutch: school).", Held::Reference)
        .key(Column::Code, "Our own code, such as OLIVIJN.")
        .field(Column::Name, "Name.", |it| it.tier(Open).sorts())
        .link(Column::Municipality, "Municipality", Open, "Municipality it lies in.")
        .field(Column::Town, "Town or village.", |it| it.tier(Open).sorts())
        .link(
            Column::Partnership,
            "Partnership",
            Open,
            "Partnership of secondary education that it takes part in; null where no source states it.",
        )
        .field(Column::Fictional, "Is it made up for the demonstration? No public page names it then.", |it| {
            it.tier(Open)
        })
        .done()
}
