//! Makes the audit log's tables. Every record bears the hash that chains it to the one before; a head is the hash of a
//! record, signed. Triggers refuse what would change them: a net under mistakes, since who owns the database can drop
//! triggers; what finds that out are the chains.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// The columns of events after those that every record has; numbers are marked.
const EVENT: [(&str, bool); 22] = [
    ("at", true),
    ("operation", false),
    ("trace", false),
    ("event", false),
    ("action", false),
    ("role", false),
    ("subject", false),
    ("client", false),
    ("organisation", false),
    ("purpose", false),
    ("gateway", false),
    ("policy", false),
    ("rules", false),
    ("name", false),
    ("document", false),
    ("shape", false),
    ("datasets", false),
    ("sources", false),
    ("rows", true),
    ("outcome", false),
    ("status", true),
    ("codes", false),
];

/// The columns of processings after those that every record has, but for the data subjects.
const PROCESSING: [(&str, bool); 7] = [
    ("at", true),
    ("operation", false),
    ("trace", false),
    ("activity", false),
    ("dataset", false),
    ("source", false),
    ("released", false),
];

fn text(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().to_owned()
}

fn number(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).big_integer().to_owned()
}

/// What every record has: whose chain, its place there, its month and its hash.
fn chained(table: &str, columns: &[(&str, bool)]) -> TableCreateStatement {
    let mut key = Index::create().col(Alias::new("writer")).col(Alias::new("number")).to_owned();
    let mut create = Table::create()
        .table(Alias::new(table))
        .col(text("writer").not_null())
        .col(number("number").not_null())
        .col(text("segment").not_null())
        .col(ColumnDef::new(Alias::new("hash")).blob().not_null())
        .primary_key(&mut key)
        .to_owned();
    for (name, is_number) in columns {
        create.col(if *is_number { number(name) } else { text(name) });
    }
    create
}

/// The signed heads: of which chain, up to which record, and of which kind.
fn heads() -> TableCreateStatement {
    let mut key = Index::create();
    for name in ["log", "writer", "segment", "number", "kind"] {
        key.col(Alias::new(name));
    }
    Table::create()
        .table(Alias::new("audit_head"))
        .col(text("log").not_null())
        .col(text("writer").not_null())
        .col(text("segment").not_null())
        .col(number("number").not_null())
        .col(text("kind").not_null())
        .col(ColumnDef::new(Alias::new("hash")).blob().not_null())
        .col(number("at").not_null())
        .col(text("key").not_null())
        .col(text("signature").not_null())
        .primary_key(&mut key)
        .to_owned()
}

/// What refuses a change, in SQLite. A record may go once its segment has expired, which takes a signed head that says so.
fn sqlite_triggers() -> Vec<String> {
    let mut all = Vec::new();
    for table in ["audit_event", "audit_processing", "audit_head"] {
        all.push(format!(
            "CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the audit log is not \
             changed'); END"
        ));
        let unless = match table.strip_prefix("audit_") {
            Some(log) if log != "head" => format!(
                "WHEN NOT EXISTS (SELECT 1 FROM audit_head WHERE log = '{log}' AND writer = OLD.writer AND segment = \
                 OLD.segment AND kind = 'expired') "
            ),
            _ => String::new(),
        };
        all.push(format!(
            "CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table} {unless}BEGIN SELECT RAISE(ABORT, 'the audit log is \
             kept until its segment has expired'); END"
        ));
    }
    all
}

/// The same in PostgreSQL.
fn postgres_triggers() -> Vec<String> {
    let refuse = "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit \
         log is not changed'; END $$";
    let keep = "CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM \
         audit_head WHERE log = TG_ARGV[0] AND writer = OLD.writer AND segment = OLD.segment AND kind = 'expired') THEN \
         RETURN OLD; END IF; RAISE EXCEPTION 'the audit log is kept until its segment has expired'; END $$";
    let mut all = vec![refuse.to_owned(), keep.to_owned()];
    for log in ["event", "processing"] {
        all.push(format!(
            "CREATE TRIGGER audit_{log}_is_kept BEFORE DELETE ON audit_{log} FOR EACH ROW EXECUTE FUNCTION \
             audit_keeps('{log}')"
        ));
        all.push(format!(
            "CREATE TRIGGER audit_{log}_stays BEFORE UPDATE OR TRUNCATE ON audit_{log} EXECUTE FUNCTION audit_refuses()"
        ));
    }
    all.push(
        "CREATE TRIGGER audit_head_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_head EXECUTE FUNCTION \
         audit_refuses()"
            .to_owned(),
    );
    all
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(chained("audit_event", &EVENT)).await?;
        let mut processing = chained("audit_processing", &PROCESSING);
        processing.col(ColumnDef::new(Alias::new("people")).blob());
        manager.create_table(processing).await?;
        manager.create_table(heads()).await?;
        for (table, column) in [("audit_event", "at"), ("audit_event", "operation"), ("audit_processing", "operation")]
        {
            let index = Index::create()
                .name(format!("{table}_{column}"))
                .table(Alias::new(table))
                .col(Alias::new(column))
                .to_owned();
            manager.create_index(index).await?;
        }
        let triggers = match manager.get_database_backend() {
            DbBackend::Postgres => postgres_triggers(),
            _ => sqlite_triggers(),
        };
        for trigger in triggers {
            manager.get_connection().execute_unprepared(&trigger).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit_event", "audit_processing", "audit_head"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
