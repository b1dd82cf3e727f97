//! Indexes for what the reader of the events looks for: whose they are, newest first, and those of a trace.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What is looked for, each with the moment, in whose order events are read.
const LOOKED_FOR: [&str; 4] = ["organisation", "role", "subject", "client"];

const TRACE: &str = "audit_event_trace";

fn name(column: &str) -> String {
    format!("audit_event_{column}_at")
}

fn index(name: String, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(Alias::new("audit_event")).if_not_exists().to_owned();
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in LOOKED_FOR {
            manager.create_index(index(name(column), &[column, "at"])).await?;
        }
        manager.create_index(index(TRACE.to_owned(), &["trace"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in LOOKED_FOR.map(name).into_iter().chain([TRACE.to_owned()]) {
            manager.drop_index(Index::drop().name(name).table(Alias::new("audit_event")).to_owned()).await?;
        }
        Ok(())
    }
}
