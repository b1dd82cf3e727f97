//! Makes the table of cases of expert teams.

use entities::ret_case::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 20] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "age_band",
    "registered_on",
    "applicant",
    "bottleneck",
    "problem_areas",
    "expertise_needed",
    "school_attendance",
    "analysis_present",
    "closed_risk",
    "status",
    "closed_on",
    "outcome",
    "advised_care_form",
    "summary",
    "updated_at",
    "updated_on",
];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (Entity, &dataset()), &COLUMNS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, Entity).await
    }
}
