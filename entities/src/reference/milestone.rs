//! Milestones of the national action plan.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A milestone of the national action plan of 2019, on which every plan rests (Dutch: mijlpaal).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "milestone")]
pub struct Model {
    /// Our own code, such as `M01`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Theme.
    pub challenge: String,
    /// Title.
    pub title: String,
    /// By when, as printed.
    pub period: String,
    /// First day.
    pub period_start: Option<Date>,
    /// Last day.
    pub due_on: Option<Date>,
    /// The document.
    pub citation: String,
    /// When it was published.
    pub published: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Milestone",
        "A milestone of the national action plan of 2019, on which every plan rests (Dutch: mijlpaal).",
        Held::Reference,
    )
    .key(Column::Code, "Our own code: its place in the document, M01 to M52.")
    .field(Column::Challenge, "The change that it belongs to, in Dutch as printed (Dutch: veranderopgave).", |it| {
        it.tier(Open).sorts()
    })
    .field(Column::Title, "What is there by then, in Dutch as printed.", |it| it.tier(Open).sorts())
    .field(Column::Period, "By when, as printed, such as 2020 Q1.", |it| it.tier(Open))
    .field(Column::PeriodStart, "First day of that period.", |it| it.tier(Open).sorts())
    .field(Column::DueOn, "Last day of that period.", |it| it.tier(Open).sorts())
    .field(Column::Citation, "The document that printed it (Dutch: bron).", |it| it.tier(Open))
    .field(Column::Published, "The year in which that was published.", |it| it.tier(Open))
    .done()
}
