//! Actions of plans.

use sea_orm::entity::prelude::*;

use crate::{
    code::CERTAINTY,
    dataset::{Dataset, Held},
    kind::Tier::Open,
};

/// What a plan does (Dutch: actie).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_action")]
pub struct Model {
    /// Our own code, such as `ZW-01`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The plan.
    pub plan: String,
    /// Theme.
    pub cluster: String,
    /// Title.
    pub title: String,
    /// How sure the reading of its row is.
    pub certainty: String,
    /// Why it is not sure.
    pub note: Option<String>,
}

/// None: rows link by code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What the columns mean.
#[must_use]
pub fn table() -> Dataset {
    Dataset::of::<Entity>("PlanAction", "What a plan does (Dutch: actie).", Held::Reference)
        .key(Column::Code, "Our own code: the plan's, and the action's place in the planning table, such as ZW-01.")
        .link(Column::Plan, "Plan", Open, "The plan.")
        .field(Column::Cluster, "The theme that it stands under, in Dutch as the plan names it.", |it| {
            it.tier(Open).sorts()
        })
        .field(Column::Title, "What is done, in Dutch as the plan names it.", |it| it.tier(Open).sorts())
        .field(
            Column::Certainty,
            "How sure it is that each status stands in its year: the table had lost its columns when it was read.",
            |it| it.tier(Open).code(&CERTAINTY),
        )
        .field(Column::Note, "Why that is uncertain, in Dutch; null where it is sure.", |it| it.tier(Open))
        .list("statuses", "PlanActionYear", "action", "Its status in each year from 2024 to 2028.")
        .done()
}
