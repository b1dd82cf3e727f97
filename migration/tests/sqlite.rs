//! Runs all changes on SQLite in memory: every column of the contract is there, and every order has its index.

use std::collections::BTreeSet;

use entities::{Dataset, Kind, by_name, datasets, placement, reference};
use migration::{
    MigratorTraitSelf, Source, Standing, Store, create_store, create_tables, fill_store, index, standing, try_to_write,
};
use sea_orm_migration::sea_orm::{
    ActiveModelTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait,
    IntoActiveModel, PaginatorTrait, Statement,
    prelude::{Date, DateTimeUtc},
};

/// What is told of a release. Nothing says why a cell is hidden, or that there is one.
const RELEASE: [&str; 15] = [
    "id",
    "period",
    "first_day",
    "last_day",
    "cut_off",
    "made_at",
    "program_version",
    "sources",
    "datasets",
    "key_id",
    "signature",
    "version",
    "format",
    "areas",
    "code_lists",
];
const RELEASE_CELL: [&str; 12] = [
    "release",
    "place",
    "dataset",
    "counted",
    "area_kind",
    "area_code",
    "month",
    "dimension",
    "value",
    "youths",
    "rows",
    "measures",
];

async fn memory() -> DatabaseConnection {
    let options = ConnectOptions::new("sqlite::memory:").max_connections(1).to_owned();
    Database::connect(options).await.expect("a database in memory always opens")
}

fn every_dataset() -> Vec<&'static Dataset> {
    datasets().iter().collect()
}

async fn texts(connection: &DatabaseConnection, sql: &str, column: &str) -> Vec<String> {
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect(sql);
    rows.iter().map(|it| it.try_get("", column).expect(sql)).collect()
}

async fn holds_all_columns(connection: &DatabaseConnection, dataset: &Dataset) {
    let stands = texts(connection, &format!("SELECT name FROM pragma_table_info('{}')", dataset.table), "name").await;
    let described = dataset.fields.iter().map(|it| it.column).chain(dataset.hidden.iter().copied());
    let stands: BTreeSet<_> = stands.iter().map(String::as_str).collect();
    assert_eq!(stands, described.collect(), "{}", dataset.name);
}

#[tokio::test]
async fn every_column_of_the_contract_stands_in_its_table() {
    let source = memory().await;
    create_tables(&source, &every_dataset()).await.expect("the changes run");
    for dataset in datasets() {
        holds_all_columns(&source, dataset).await;
    }
    let store = memory().await;
    create_store(&store).await.expect("the changes run");
    for table in reference::tables() {
        holds_all_columns(&store, table).await;
    }
    assert_eq!(texts(&store, "SELECT name FROM pragma_table_info('demonstration')", "name").await, ["version"]);
    assert_eq!(texts(&store, "SELECT name FROM pragma_table_info('reference_state')", "name").await, ["digest"]);
    for (table, columns) in [("release", &RELEASE[..]), ("release_cell", &RELEASE_CELL[..])] {
        assert_eq!(texts(&store, &format!("SELECT name FROM pragma_table_info('{table}')"), "name").await, columns);
    }
}

#[tokio::test]
async fn every_field_that_sorts_has_an_index_and_so_have_months_of_persons() {
    let source = memory().await;
    create_tables(&source, &every_dataset()).await.expect("the changes run");
    for dataset in datasets() {
        let table = dataset.table;
        let sorting = dataset.fields.iter().filter(|it| it.sorts);
        let mut orders: Vec<_> = sorting.clone().map(|it| it.column.to_owned()).collect();
        if dataset.youth().is_some() {
            let months = sorting.filter(|it| it.kind == Kind::Date);
            orders.extend(months.map(|it| format!("(substr({},1,7)||'-01')", it.column)));
        }
        for order in orders {
            let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM {table} ORDER BY {order}, id LIMIT 50");
            let plan = texts(&source, &sql, "detail").await.join("; ");
            assert!(plan.contains("USING") && plan.contains("INDEX") && !plan.contains("TEMP"), "{order}: {plan}");
        }
    }
}

#[tokio::test]
async fn a_source_has_the_tables_that_it_asked_for_and_gets_others_later() {
    let source = memory().await;
    let (placement, referral) = (by_name("Placement"), by_name("Referral"));
    let (Some(placement), Some(referral)) = (placement, referral) else { panic!("both are datasets") };
    create_tables(&source, &[placement]).await.expect("the changes run");
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('placement', 'referral') ORDER BY 1";
    assert_eq!(texts(&source, tables, "name").await, ["placement"]);
    create_tables(&source, &[placement, referral]).await.expect("earlier changes run later too");
    create_tables(&source, &[placement, referral]).await.expect("nothing is left to do");
    assert_eq!(texts(&source, tables, "name").await, ["placement", "referral"]);
}

#[tokio::test]
async fn all_changes_can_be_taken_back() {
    let (source, store) = (memory().await, memory().await);
    let datasets = every_dataset();
    create_tables(&source, &datasets).await.expect("the changes run");
    Source::of(&datasets).down(&source, None).await.expect("the changes can be taken back");
    create_store(&store).await.expect("the changes run");
    Store.down(&store, None).await.expect("the changes can be taken back");
    let tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%' AND name NOT LIKE 'seaql%'";
    assert_eq!(texts(&source, tables, "name").await, Vec::<String>::new());
    assert_eq!(texts(&store, tables, "name").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_released_before_there_were_versions_is_kept_as_it_was_as_the_first() {
    let store = memory().await;
    let before = Store.migrations().iter().position(|it| it.name().contains("release_versions"));
    let before = u32::try_from(before.expect("it is there")).expect("there are few");
    Store.up(&store, Some(before)).await.expect("the changes run");
    let columns =
        "id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, key_id, signature";
    let insert = |period: &str| {
        format!(
            "INSERT INTO \"release\" ({columns}) VALUES ('{period}', '{period}', '2025-01-01', '2025-12-31', '2026-01-31', \
             '2026-02-01T08:00:00Z', '0.1.0', '[]', '[]', '00', 'AAAA')"
        )
    };
    store.execute_unprepared(&insert("2025")).await.expect("the row fits");
    let kept = async || texts(&store, "SELECT * FROM \"release\"", "made_at").await;
    let whole = "SELECT concat_ws('|', id, period, made_at, signature, version, format, areas, code_lists) AS row FROM \"release\"";
    create_store(&store).await.expect("the change runs over rows");
    assert_eq!(texts(&store, whole, "row").await, ["2025|2025|2026-02-01T08:00:00Z|AAAA|1|1"]);
    let again = |id: &str, version: i32, format: i32| {
        format!(
            "INSERT INTO \"release\" ({columns}, version, format) SELECT '{id}', period, first_day, last_day, cut_off, \
             made_at, program_version, sources, datasets, key_id, signature, {version}, {format} FROM \"release\" WHERE id = '2025'"
        )
    };
    store.execute_unprepared(&again("2025v2", 2, 2)).await.expect("a period has several versions");
    store.execute_unprepared(&again("2025v3", 2, 2)).await.expect_err("each once");
    let since = u32::try_from(Store.migrations().len()).expect("there are few") - before;
    Store.down(&store, Some(since)).await.expect("the changes can be taken back");
    assert_eq!(kept().await, ["2026-02-01T08:00:00Z"], "the program before has what it can verify");
    store.execute_unprepared(&insert("2025")).await.expect_err("a period stands there once again");
}

#[tokio::test]
async fn a_store_that_a_newer_program_changed_is_left_alone() {
    let connection = memory().await;
    create_store(&connection).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)";
    connection.execute_unprepared(newer).await.unwrap();
    let refused = create_store(&connection).await.unwrap_err().to_string();
    assert!(refused.contains("a newer program has changed it (`m20991231_000001_later`)"), "{refused}");
}

#[tokio::test]
async fn the_store_holds_the_reference_data_once_however_often_it_is_filled() {
    let store = memory().await;
    create_store(&store).await.expect("the changes run");
    for digest in ["one", "other"] {
        let rows = reference::load().expect("the embedded files are readable");
        fill_store(&store, rows, digest).await.expect("all rows fit");
    }
    let counts = [
        reference::region::Entity::find().count(&store).await,
        reference::municipality::Entity::find().count(&store).await,
        reference::postcode::Entity::find().count(&store).await,
    ];
    assert_eq!(counts, [Ok(42), Ok(342), Ok(4_043)]);
}

#[tokio::test]
async fn reference_data_that_stand_are_not_written_again() {
    let store = memory().await;
    assert_eq!(standing(&store, "one").await, Ok(Standing::Unprepared));
    create_store(&store).await.expect("the changes run");
    assert_eq!(standing(&store, "one").await, Ok(Standing::Unprepared), "without rows there is nothing to serve");
    let fill = async |digest: &str| {
        let rows = reference::load().expect("the embedded files are readable");
        fill_store(&store, rows, digest).await.expect("all rows fit");
    };
    fill("one").await;
    assert_eq!(standing(&store, "one").await, Ok(Standing::Current));
    assert_eq!(standing(&store, "other").await, Ok(Standing::OtherReference));
    store.execute_unprepared("UPDATE region SET name = 'kept'").await.expect("the table is there");
    let kept = async || texts(&store, "SELECT DISTINCT name FROM region ORDER BY name", "name").await.len();
    fill("one").await;
    assert_eq!(kept().await, 1, "what stands is left alone");
    fill("other").await;
    assert_eq!(kept().await, 42);
    assert_eq!(texts(&store, "SELECT digest FROM reference_state", "digest").await, ["other"]);
    assert_eq!(try_to_write(&store).await, Ok(()));
}

#[tokio::test]
async fn dates_stand_as_text_whose_order_is_the_order_of_days() {
    let source = memory().await;
    create_tables(&source, &every_dataset()).await.expect("the changes run");
    let day = Date::from_ymd_opt(2025, 1, 31).expect("a day");
    let row = placement::Model {
        id: 1,
        youth: "a".to_owned(),
        youth_key: -1,
        region: "JZ36".to_owned(),
        institution: None,
        unit: "ALMATA-OSS-1".to_owned(),
        municipality: None,
        age_band: None,
        authorisation: None,
        urgent: true,
        started_on: day,
        ended_on: None,
        closed_days: None,
        previous_placement: None,
        outflow: None,
        consultation_held: None,
        outside_region: false,
        mentor_present: None,
        housing_perspective_on: None,
        updated_at: DateTimeUtc::UNIX_EPOCH,
        updated_on: day,
    };
    row.clone().into_active_model().reset_all().insert(&source).await.expect("the row fits");
    assert_eq!(texts(&source, "SELECT started_on FROM placement", "started_on").await, ["2025-01-31"]);
    assert_eq!(placement::Entity::find_by_id(1).one(&source).await, Ok(Some(row)));
}

#[test]
fn postgresql_gets_nulls_first_and_months_by_subtraction() {
    let placement = by_name("Placement").expect("it is a dataset");
    let statements = index::statements(placement, &["id", "ended_on", "unit"], DbBackend::Postgres);
    let expected = [
        r#"CREATE INDEX IF NOT EXISTS "placement_by_unit" ON "placement" ("unit" NULLS FIRST, "id")"#,
        r#"CREATE INDEX IF NOT EXISTS "placement_by_ended_on" ON "placement" ("ended_on" NULLS FIRST, "id")"#,
        concat!(
            r#"CREATE INDEX IF NOT EXISTS "placement_by_ended_on_month" ON "placement" "#,
            r#"(("ended_on" - (extract(day from "ended_on")::int - 1)) NULLS FIRST, "id")"#
        ),
    ];
    assert_eq!(statements, expected);
}
