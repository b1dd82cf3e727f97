//! What a plan shows beside its own rows.

use sea_orm::entity::prelude::*;

use crate::{
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// A figure, target or milestone that a plan shows.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_part")]
pub struct Model {
    /// The codes of both.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The plan.
    pub plan: String,
    /// The figure.
    pub figure: Option<String>,
    /// The target.
    pub target: Option<String>,
    /// The milestone.
    pub milestone: Option<String>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("PlanPart", "A figure, target or milestone that a plan shows.", Held::Reference)
        .key(Column::Code, "The code of the plan, the type, and the code of what it shows.")
        .link(Column::Plan, "Plan", Open, "The plan.")
        .link(Column::Figure, "Figure", Open, "The figure, where it is one.")
        .link(Column::Target, "Target", Open, "The target, where it is one.")
        .link(Column::Milestone, "Milestone", Open, "The milestone, where it is one.")
        .done()
}
