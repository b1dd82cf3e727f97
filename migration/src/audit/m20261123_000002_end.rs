//! Makes the table of the chains' ends: of each chain the last record, signed with every batch that is written, in place
//! of the one before. Its number only goes up; the trigger that sees to it is a net under mistakes, as the others are. In
//! SQLite a record was still replaced by an insert that says so, which asks no trigger of what it takes out; one does now.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

fn text(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().not_null().to_owned()
}

fn number(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).big_integer().not_null().to_owned()
}

fn ends() -> TableCreateStatement {
    let mut key = Index::create().col(Alias::new("log")).col(Alias::new("writer")).to_owned();
    Table::create()
        .table(Alias::new("audit_end"))
        .col(text("log"))
        .col(text("writer"))
        .col(text("segment"))
        .col(number("number"))
        .col(ColumnDef::new(Alias::new("hash")).blob().not_null())
        .col(number("at"))
        .col(text("key"))
        .col(text("signature"))
        .primary_key(&mut key)
        .to_owned()
}

fn triggers(backend: DbBackend) -> Vec<String> {
    let own = |statements: &[&str]| statements.iter().map(ToString::to_string).collect();
    match backend {
        DbBackend::Postgres => own(&[
            "CREATE FUNCTION audit_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.log = OLD.log AND \
             NEW.writer = OLD.writer AND NEW.number >= OLD.number THEN RETURN NEW; END IF; RAISE EXCEPTION 'the end of \
             the audit log does not go back'; END $$",
            "CREATE TRIGGER audit_end_goes_on BEFORE UPDATE ON audit_end FOR EACH ROW EXECUTE FUNCTION audit_goes_on()",
            "CREATE TRIGGER audit_end_is_kept BEFORE DELETE OR TRUNCATE ON audit_end EXECUTE FUNCTION audit_refuses()",
        ]),
        _ => own(&[
            "CREATE TRIGGER audit_end_goes_on BEFORE UPDATE ON audit_end WHEN NEW.log <> OLD.log OR NEW.writer <> \
             OLD.writer OR NEW.number < OLD.number BEGIN SELECT RAISE(ABORT, 'the end of the audit log does not go \
             back'); END",
            "CREATE TRIGGER audit_end_is_kept BEFORE DELETE ON audit_end BEGIN SELECT RAISE(ABORT, 'the end of the \
             audit log is kept'); END",
            "CREATE TRIGGER audit_event_is_new BEFORE INSERT ON audit_event WHEN EXISTS (SELECT 1 FROM audit_event WHERE \
             writer = NEW.writer AND number = NEW.number) BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END",
            "CREATE TRIGGER audit_processing_is_new BEFORE INSERT ON audit_processing WHEN EXISTS (SELECT 1 FROM \
             audit_processing WHERE writer = NEW.writer AND number = NEW.number) BEGIN SELECT RAISE(ABORT, 'the audit log \
             is not changed'); END",
        ]),
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(ends()).await?;
        for trigger in triggers(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(&trigger).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("audit_end")).to_owned()).await
    }
}
