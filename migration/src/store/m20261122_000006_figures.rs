//! Makes the tables of published figures, and of where they contradict themselves.

use entities::reference::{contradiction, figure};
use sea_orm_migration::prelude::*;

use crate::table;

const FIGURE: [&str; 18] = [
    "code",
    "indicator",
    "area",
    "area_kind",
    "supra_region",
    "period",
    "period_start",
    "period_end",
    "value",
    "lower",
    "upper",
    "approximate",
    "unit",
    "citation",
    "published",
    "published_on",
    "note",
    "revises",
];
const CONTRADICTION: [&str; 8] = ["code", "title", "stated", "recomputed", "note", "plan", "figure", "budget_line"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (figure::Entity, &figure::table()), &FIGURE).await?;
        table::create(manager, (contradiction::Entity, &contradiction::table()), &CONTRADICTION).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, figure::Entity).await?;
        table::drop(manager, contradiction::Entity).await?;
        Ok(())
    }
}
