//! Budgets of plans.

use sea_orm::entity::prelude::*;

use crate::{
    code::BUDGET_LINE_KIND,
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A line of a plan's budget (Dutch: begrotingspost).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_line")]
pub struct Model {
    /// Our own code, such as `ZW-01`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The plan.
    pub plan: String,
    /// What kind of line.
    pub kind: String,
    /// Title.
    pub title: String,
    /// The part of the plan that it pays for.
    pub part: Option<String>,
    /// Amount in euros.
    pub amount: Option<i32>,
    /// Amount as printed.
    pub printed: String,
    /// Period as printed.
    pub period: Option<String>,
    /// First day.
    pub period_start: Option<Date>,
    /// Last day.
    pub period_end: Option<Date>,
    /// Paragraph.
    pub paragraph: Option<String>,
    /// The document.
    pub citation: String,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("BudgetLine", "A line of a plan's budget (Dutch: begrotingspost).", Held::Reference)
        .key(Column::Code, "Our own code: the plan's, and the line's place in the table, such as ZW-01.")
        .link(Column::Plan, "Plan", Open, "The plan.")
        .field(Column::Kind, "Is it a cost, the total of the costs, or what pays for them?", |it| {
            it.tier(Open).code(&BUDGET_LINE_KIND)
        })
        .field(Column::Title, "What it is for, in Dutch as printed.", |it| it.tier(Open).sorts())
        .field(Column::Part, "The part of the plan, as printed: a, b or c (Dutch: onderdeel).", |it| it.tier(Open))
        .field(Column::Amount, "Whole euros over the whole period; null where none are printed (p.m.).", |it| {
            it.tier(Open).sorts()
        })
        .field(Column::Printed, "The amount as the table has it, such as 348000 or p.m.", |it| it.tier(Open))
        .field(Column::Period, "The years, as printed, such as 2024 t/m 2027; null where none are.", |it| it.tier(Open))
        .field(Column::PeriodStart, "First day of the period.", |it| it.tier(Open).sorts())
        .field(Column::PeriodEnd, "Last day of the period.", |it| it.tier(Open).sorts())
        .field(Column::Paragraph, "The paragraph that says more; null where none is named.", |it| it.tier(Open))
        .field(Column::Citation, "The document that printed it (Dutch: bron).", |it| it.tier(Open))
        .list("contradictions", "Contradiction", "budget_line", "What does not agree with it: shown, not repaired.")
        .done()
}
