//! Targets.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// What a plan wants to reach: a published figure that is an ambition (Dutch: doel).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "target")]
pub struct Model {
    /// The figure's code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// What is counted.
    pub indicator: String,
    /// Whose target it is.
    pub supra_region: Option<String>,
    /// Value as printed.
    pub value: Option<String>,
    /// Lower bound.
    pub lower: Option<f64>,
    /// Upper bound.
    pub upper: Option<f64>,
    /// Unit.
    pub unit: Option<String>,
    /// By when, as printed.
    pub period: String,
    /// By which day.
    pub due_on: Option<Date>,
    /// The figure.
    pub figure: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Target",
        "What a plan wants to reach: a published figure that is an ambition (Dutch: doel).",
        Held::Reference,
    )
    .key(Column::Code, "The code of its figure, such as ZW-doel-gesloten-plaatsen-2030.")
    .field(Column::Indicator, "What is counted, in Dutch as the source names it.", |it| it.tier(Open).sorts())
    .link(Column::SupraRegion, "SupraRegion", Open, "Whose target it is; null where it is the country's.")
    .field(Column::Value, "The value to reach, as printed.", |it| it.tier(Open))
    .field(Column::Lower, "No lower than this; null where the print says nothing.", |it| it.tier(Open))
    .field(Column::Upper, "No higher than this; null where the print says nothing.", |it| it.tier(Open))
    .field(Column::Unit, "The unit in Dutch, as the source names it.", |it| it.tier(Open))
    .field(Column::Period, "By when, as printed.", |it| it.tier(Open))
    .field(Column::DueOn, "Last day of that period; null where the print gives none.", |it| it.tier(Open).sorts())
    .link(Column::Figure, "Figure", Open, "The published figure that states it, with its citation and notes.")
    .done()
}
