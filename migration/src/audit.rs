//! The tables of the audit log, which may stand in a file of its own or beside the gateway's store: events, processings
//! and the signed heads and ends of their chains. Nothing in them is changed or taken out, but for segments that have
//! expired; ends go on.

mod m20261122_000001_log;
mod m20261123_000001_issuer;
mod m20261123_000002_end;
mod m20261124_000001_asked;

use sea_orm_migration::{
    MigratorTraitSelf,
    prelude::{Alias, DynIden, IntoIden, MigrationTrait},
};

/// The audit log.
#[derive(Debug)]
pub struct Audit;

impl MigratorTraitSelf for Audit {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_log::Migration),
            Box::new(m20261123_000001_issuer::Migration),
            Box::new(m20261123_000002_end::Migration),
            Box::new(m20261124_000001_asked::Migration),
        ]
    }

    /// A name of its own: the store's changes may be written down in the same database.
    fn migration_table_name(&self) -> DynIden {
        Alias::new("audit_migrations").into_iden()
    }
}
