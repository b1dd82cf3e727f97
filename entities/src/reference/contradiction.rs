//! Where sources contradict themselves.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// Where a source does not agree with itself: shown, not repaired (Dutch: tegenstrijdigheid).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contradiction")]
pub struct Model {
    /// Our own code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// What does not agree.
    pub title: String,
    /// What the source says.
    pub stated: String,
    /// What comes out of its own numbers.
    pub recomputed: String,
    /// How that is worked out.
    pub note: String,
    /// The plan.
    pub plan: Option<String>,
    /// The figure.
    pub figure: Option<String>,
    /// The budget line.
    pub budget_line: Option<String>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>(
        "Contradiction",
        "Where a source does not agree with itself: shown, not repaired (Dutch: tegenstrijdigheid).",
        Held::Reference,
    )
    .key(Column::Code, "Our own code.")
    .field(Column::Title, "What does not agree.", |it| it.tier(Open).sorts())
    .field(Column::Stated, "What the source says, as printed.", |it| it.tier(Open))
    .field(Column::Recomputed, "What comes out of the source's own numbers.", |it| it.tier(Open))
    .field(Column::Note, "How that is worked out, and from which numbers.", |it| it.tier(Open))
    .link(Column::Plan, "Plan", Open, "The plan that it is about; null where it is about none.")
    .link(Column::Figure, "Figure", Open, "The figure that states it; null where a budget line does.")
    .link(Column::BudgetLine, "BudgetLine", Open, "The budget line that states it; null where a figure does.")
    .done()
}
