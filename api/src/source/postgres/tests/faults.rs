//! A database that lacks something, lets nobody in, is slow or goes away: said as what it is, and over as soon as nobody
//! waits.

use std::{sync::Arc, time::Duration};

use entities::Datum;

use super::{Made, everything, tables};
use crate::{
    policy::OnBehalf,
    query::{Facts, Operand, Predicate, Test},
    source::{
        Failure, Select, Server, Settings, Source,
        fixture::{self, dataset, field, holder},
        postgres::PostgresSource,
    },
};

fn drifted<T>(what: &str) -> Result<T, Failure> {
    Err(Failure::Drifted(what.to_owned()))
}

#[tokio::test]
async fn a_missing_column_or_table_is_drift_and_is_named() {
    let Some(made) = Made::changed("ALTER TABLE placement DROP COLUMN started_on").await else { return };
    let source = made.source(Facts::default());
    assert_eq!(source.rows(everything(Predicate::All)).await, drifted("placement.started_on"));
    let filter = Predicate::is(field("started_on"), Test::Null);
    assert_eq!(source.count(everything(filter.clone())).await, drifted("placement.started_on"));
    let of = |filter| {
        let columns = vec![Some(Operand::Field(field("region")))];
        Arc::new(Select { columns, ..(*everything(filter)).clone() })
    };
    assert_eq!(source.rows(of(filter)).await, drifted("placement"), "what only a condition tests is not named");
    assert_eq!(source.rows(of(Predicate::All)).await.unwrap().len(), 1, "what is not asked for is not missed");
    assert_eq!(source.check(OnBehalf::default()).await.unwrap()[0].missing, ["placement.started_on"]);
    made.execute("DROP TABLE placement").await;
    assert_eq!(source.rows(of(Predicate::All)).await, drifted("placement"));
    assert_eq!(source.pool.open(), 1, "the connection works on");
}

#[tokio::test]
async fn a_column_that_goes_while_it_is_read_is_drift_and_comes_back() {
    let Some(made) = Made::changed("SELECT 1").await else { return };
    let source = made.source(Facts::default());
    assert_eq!(source.rows(everything(Predicate::All)).await.unwrap().len(), 1);
    made.execute("ALTER TABLE placement DROP COLUMN ended_on").await;
    assert_eq!(source.rows(everything(Predicate::All)).await, drifted("placement.ended_on"));
    made.execute("ALTER TABLE placement ADD COLUMN ended_on text").await;
    assert_eq!(source.rows(everything(Predicate::All)).await, drifted("placement.ended_on"));
    made.execute("ALTER TABLE placement DROP COLUMN ended_on; ALTER TABLE placement ADD COLUMN ended_on date").await;
    assert_eq!(source.rows(everything(Predicate::All)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_column_of_another_type_or_that_may_not_be_read_is_drift_and_is_named() {
    for (change, column) in [
        ("ALTER TABLE placement ALTER started_on TYPE text", "started_on"),
        ("ALTER TABLE placement ALTER closed_days TYPE numeric", "closed_days"),
        ("ALTER TABLE placement ALTER urgent TYPE integer USING 0", "urgent"),
        ("ALTER TABLE placement ALTER unit TYPE char(4)", "unit"),
    ] {
        let Some(made) = Made::changed(change).await else { return };
        let source = made.source(Facts::default());
        let named = format!("placement.{column}");
        assert_eq!(source.rows(everything(Predicate::All)).await, drifted(&named), "{change}");
        let table = tables::by(vec![Some(Operand::Field(field(column)))], &[], false);
        assert_eq!(source.table(Arc::new(table)).await, drifted(&named));
        let inspected = source.check(OnBehalf::default()).await.unwrap().remove(0);
        assert_eq!((inspected.mistyped, inspected.rows), (vec![field(column)], 1));
    }
}

#[tokio::test]
async fn a_value_that_the_contract_knows_none_of_names_the_field_and_not_the_value() {
    for date in ["infinity", "20000-01-01", "0001-01-01 BC"] {
        let Some(made) = Made::changed(&format!("UPDATE placement SET started_on = '{date}'")).await else { return };
        let source = made.source(Facts::default());
        let malformed = Err(Failure::Malformed("placement.started_on".to_owned()));
        if date != "0001-01-01 BC" {
            assert_eq!(source.rows(everything(Predicate::All)).await, malformed);
        }
        assert_eq!(source.check(OnBehalf::default()).await.unwrap()[0].of_another_type, [(field("started_on"), 1)]);
    }
}

#[tokio::test]
async fn facts_that_rows_contradict_are_counted() {
    let Some(made) = Made::changed("UPDATE placement SET region = 'JZ34'").await else { return };
    let facts = Facts { values: vec![(field("region"), vec![Datum::from("JZ36")])] };
    assert_eq!(made.source(facts).check(OnBehalf::default()).await.unwrap()[0].against_facts, [(field("region"), 1)]);
}

#[tokio::test]
async fn who_is_not_let_in_and_what_is_not_there_is_unreachable() {
    let Some(made) = Made::changed("CREATE ROLE secretive LOGIN PASSWORD 'right'").await else { return };
    let (port, database) = (made.server.port(), &made.database);
    let said = async |address: &str| {
        let server = Server::parse(address, None).unwrap();
        let source = fixture::postgres_source(1, server.clone(), Facts::default());
        assert_eq!(source.rows(everything(Predicate::All)).await, Err(Failure::Unreachable));
        assert_eq!(source.pool.open(), 0);
        server.why_unreachable(Duration::from_secs(10)).await
    };
    let wrong = format!("postgres://secretive:wrong@127.0.0.1:{port}/{database}");
    assert_eq!(said(&wrong).await, "it does not let this user in (28P01)");
    let absent = format!("postgres://test@127.0.0.1:{port}/absent");
    assert_eq!(said(&absent).await, "it has no such database (3D000)");
    assert_eq!(said("postgres://test@127.0.0.1:1/x").await, "connection refused");
    let plain = format!("postgres://test@127.0.0.1:{port}/{database}?sslmode=require");
    assert_eq!(said(&plain).await, "it cannot prove who it is, or does not encrypt");
    let right = format!("postgres://secretive:right@127.0.0.1:{port}/{database}");
    let source = fixture::postgres_source(1, Server::parse(&right, None).unwrap(), Facts::default());
    assert_eq!(source.rows(everything(Predicate::All)).await, drifted("placement"), "it may not read the table");
    made.execute("GRANT SELECT ON placement TO secretive").await;
    assert_eq!(source.rows(everything(Predicate::All)).await.unwrap().len(), 1);
    made.execute("DROP OWNED BY secretive; DROP ROLE secretive").await;
}

/// What the server does for gateways, apart from waiting for them.
const AT_WORK: &str = "SELECT count(*) FROM pg_stat_activity \
     WHERE application_name = 'regiograph' AND datname = current_database() AND state <> 'idle'";

async fn number(made: &Made, text: &'static str) -> i64 {
    let mut connection = made.server.connect(&made.database).await;
    sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
}

/// Waits until that is so many.
async fn becomes(made: &Made, text: &'static str, wanted: i64) -> bool {
    for _ in 0..200 {
        if number(made, text).await == wanted {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    false
}

/// A table on which every question takes for ever.
async fn endless() -> Option<Made> {
    let columns: Vec<_> = dataset().fields.iter().skip(1).map(|it| format!("old.{}", it.column)).collect();
    let made = Made::changed("ALTER TABLE placement RENAME TO old").await?;
    let view = format!(
        "CREATE VIEW placement AS SELECT n AS id, {}, old.youth_key FROM old, generate_series(1::bigint, 1000000000000) AS n \
         WHERE n % 2 = 3",
        columns.join(", ")
    );
    made.execute(&view).await;
    Some(made)
}

#[tokio::test]
async fn a_question_that_nobody_waits_for_is_broken_off_in_the_database() {
    let Some(made) = endless().await else { return };
    let settings = Settings::new("beta", holder(1), "", vec![dataset()]);
    let settings = Settings { concurrency: 2, deadline: Duration::from_secs(300), ..settings };
    let source = PostgresSource::open(settings.into_parts().0, made.address());
    for _ in 0..3 {
        let mut questions = futures_util::future::join(
            source.count(everything(Predicate::All)),
            source.table(Arc::new(tables::by(vec![], &["closed_days"], true))),
        );
        tokio::select! {
            _ = &mut questions => panic!("there is no end to it"),
            begun = becomes(&made, AT_WORK, 2) => assert!(begun, "the database works on both"),
        }
        drop(questions);
        assert!(becomes(&made, AT_WORK, 0).await, "the database works on for nobody");
        assert_eq!(source.pool.open(), 0);
    }
    made.execute("DROP VIEW placement; ALTER TABLE old RENAME TO placement").await;
    assert_eq!(source.count(everything(Predicate::All)).await, Ok(1));
}

#[tokio::test]
async fn a_database_gives_up_by_itself_a_little_after_the_deadline() {
    let Some(made) = endless().await else { return };
    let settings = Settings::new("beta", holder(1), "", vec![dataset()]);
    let deadline = Duration::from_millis(10);
    let source = PostgresSource::open(Settings { deadline, ..settings }.into_parts().0, made.address());
    assert_eq!(source.count(everything(Predicate::All)).await, Err(Failure::TimedOut(deadline)));
    assert_eq!(source.pool.open(), 1, "the connection works on");
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let Some(made) = Made::changed("SELECT 1").await else { return };
    let source = made.source(Facts::default());
    let count = || source.count(everything(Predicate::All));
    assert_eq!(count().await, Ok(1));
    made.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'regiograph' \
         AND datname = current_database()",
    )
    .await;
    assert_eq!((count().await, source.pool.open()), (Ok(1), 1));
}

#[tokio::test]
async fn connections_are_as_many_as_there_may_be_and_only_read() {
    let Some(made) = Made::changed("SELECT 1").await else { return };
    let settings = Settings::new("beta", holder(1), "", vec![dataset()]);
    let settings = Settings { concurrency: 3, ..settings };
    let source = PostgresSource::open(settings.into_parts().0, made.address());
    let questions = (0..20).map(|_| source.count(everything(Predicate::All)));
    assert!(futures_util::future::join_all(questions).await.iter().all(|it| *it == Ok(1)));
    assert!((1..=3).contains(&source.pool.open()));
    let mut lease = source.pool.lease().await.unwrap();
    let written = sqlx::raw_sql("DELETE FROM placement").execute(lease.connection()).await;
    assert_eq!(
        written.unwrap_err().as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
        Some("25006")
    );
}

/// More than there is room for on the stack of a test.
fn with_a_deep_stack(work: fn()) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(work);
    assert!(thread.unwrap().join().is_ok());
}

async fn thousands() {
    let Some(made) = Made::changed("UPDATE placement SET closed_days = 7").await else { return };
    let source = made.source(Facts::default());
    let is = |days: i64| Predicate::is(field("closed_days"), Test::Eq(Datum::Int(days)));
    let any = Predicate::Or((7..6000).map(is).collect());
    assert_eq!(source.count(everything(any)).await, Ok(1));
    let deep = (0..20_000).fold(is(7), |inner, _| Predicate::Not(Box::new(Predicate::And(vec![inner]))));
    let failed = Err(Failure::Malformed("the gateway asked for what it cannot do".to_owned()));
    assert_eq!(source.count(everything(deep)).await, failed);
}

#[test]
fn a_condition_of_thousands_of_parts_is_answered_and_one_too_deep_is_the_gateways_mistake() {
    with_a_deep_stack(|| super::runtime().block_on(thousands()));
}

#[test]
fn an_address_is_refused_with_words_that_do_not_repeat_it() {
    let parse = |address: &str| Server::parse(address, None).map(|it| format!("{it:?}")).map_err(|it| it.to_string());
    assert_eq!(parse("postgres://user:secret@example.org/x?sslmode=require"), Ok("Server(..)".to_owned()));
    for wrong in [
        "secret",
        "mysql://user:secret@example.org",
        "postgres://user:secret@[example",
        "postgres://example.org:secret",
        "postgres://example.org/?secret=1",
        "postgres://example.org/?options=-csecret",
        "postgres://example.org/?sslmode=secret",
    ] {
        let refused = parse(wrong).unwrap_err();
        assert!(!refused.contains("secret") && !refused.contains("example.org"), "{refused}");
    }
    let mode = |address: &str| format!("{:?}", Server::parse(address, None).unwrap().to_write().get_ssl_mode());
    assert_eq!(mode("postgres://user@example.org/x"), "VerifyFull");
    assert_eq!(mode("postgres://user@example.org/x?sslmode=require"), "Require");
    assert_eq!(mode("postgres://user@127.0.0.1/x"), "Prefer");
    assert_eq!(mode("postgres://user@x/x?host=/run/postgresql"), "Prefer");
}
