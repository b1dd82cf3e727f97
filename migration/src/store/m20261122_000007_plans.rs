//! Makes the tables of plans: targets, actions, milestones, budget, and what a plan shows beside its own rows.

use entities::reference::{budget_line, milestone, plan, plan_action, plan_action_year, plan_part, target};
use sea_orm_migration::prelude::*;

use crate::table;

const PLAN: [&str; 6] = ["supra_region", "title", "citation", "published", "published_on", "budget_total"];
const TARGET: [&str; 10] =
    ["code", "indicator", "supra_region", "value", "lower", "upper", "unit", "period", "due_on", "figure"];
const PLAN_ACTION: [&str; 6] = ["code", "plan", "cluster", "title", "certainty", "note"];
const PLAN_ACTION_YEAR: [&str; 4] = ["code", "action", "year", "status"];
const MILESTONE: [&str; 8] =
    ["code", "challenge", "title", "period", "period_start", "due_on", "citation", "published"];
const BUDGET_LINE: [&str; 12] = [
    "code",
    "plan",
    "kind",
    "title",
    "part",
    "amount",
    "printed",
    "period",
    "period_start",
    "period_end",
    "paragraph",
    "citation",
];
const PLAN_PART: [&str; 5] = ["code", "plan", "figure", "target", "milestone"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (plan::Entity, &plan::table()), &PLAN).await?;
        table::create(manager, (target::Entity, &target::table()), &TARGET).await?;
        table::create(manager, (plan_action::Entity, &plan_action::table()), &PLAN_ACTION).await?;
        table::create(manager, (plan_action_year::Entity, &plan_action_year::table()), &PLAN_ACTION_YEAR).await?;
        table::create(manager, (milestone::Entity, &milestone::table()), &MILESTONE).await?;
        table::create(manager, (budget_line::Entity, &budget_line::table()), &BUDGET_LINE).await?;
        table::create(manager, (plan_part::Entity, &plan_part::table()), &PLAN_PART).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, plan::Entity).await?;
        table::drop(manager, target::Entity).await?;
        table::drop(manager, plan_action::Entity).await?;
        table::drop(manager, plan_action_year::Entity).await?;
        table::drop(manager, milestone::Entity).await?;
        table::drop(manager, budget_line::Entity).await?;
        table::drop(manager, plan_part::Entity).await?;
        Ok(())
    }
}
