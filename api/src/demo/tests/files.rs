//! Files: made once, all or none, and holding what the contract says.

use std::{collections::BTreeSet, fs, path::Path};

use entities::{Datum, Field, Kind};
use rusqlite::{Connection, OpenFlags};

use super::{REFERENCE, ROWS};
use crate::{
    demo::{DemoError, DemoSource, prepare::prepare_about},
    query::Holder,
};

/// Youths enough where files are looked at and not their rows.
const FEW: u64 = 200;

fn open(source: &DemoSource) -> Connection {
    Connection::open_with_flags(&source.path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn texts(connection: &Connection, sql: &str) -> BTreeSet<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Keys of the reference table of that name.
fn keys(target: &str) -> BTreeSet<&'static str> {
    let it = &*REFERENCE;
    match target {
        "Region" => it.regions.iter().map(|it| it.code.as_str()).collect(),
        "Municipality" => it.municipalities.iter().map(|it| it.code.as_str()).collect(),
        "Provider" => it.providers.iter().map(|it| it.code.as_str()).collect(),
        "Unit" => it.units.iter().map(|it| it.code.as_str()).collect(),
        "Location" => it.locations.iter().map(|it| it.code.as_str()).collect(),
        "Institution" => it.institutions.iter().map(|it| it.code.as_str()).collect(),
        "School" => it.schools.iter().map(|it| it.code.as_str()).collect(),
        "Partnership" => it.partnerships.iter().map(|it| it.code.as_str()).collect(),
        other => panic!("no dataset links to {other} yet"),
    }
}

fn is_known(field: &Field, value: &str) -> bool {
    let codes = |value: &str| serde_json::from_str::<Vec<String>>(value).unwrap();
    match field.kind {
        Kind::Code(list) => list.by_code(value).is_some(),
        Kind::Codes(list) => codes(value).iter().all(|it| list.by_code(it).is_some()),
        Kind::Reference(target) => keys(target).contains(value),
        Kind::Date => value.parse::<entities::Date>().is_ok(),
        _ => true,
    }
}

#[test]
fn every_code_and_every_link_is_known_and_every_fact_holds() {
    let folder = tempfile::tempdir().unwrap();
    for source in prepare_about(folder.path(), 2_000).unwrap() {
        let connection = open(&source);
        for (dataset, (name, facts)) in source.datasets.iter().zip(&source.facts) {
            assert_eq!(dataset.name, *name);
            for (id, field) in dataset.fields.iter().enumerate() {
                let (column, table) = (field.column, dataset.table);
                let sql = format!("SELECT DISTINCT cast({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL");
                let values = texts(&connection, &sql);
                let unknown = values.iter().find(|it| !is_known(field, it));
                assert_eq!(unknown, None, "{} of {}", field.name, source.name);
                let known = facts.values.iter().find(|(fact, _)| *fact == id);
                let holds = |(_, known): &(_, Vec<Datum>)| values.iter().all(|it| known.contains(&Datum::from(&**it)));
                assert!(known.is_none_or(holds), "{} of {}", field.name, source.name);
            }
            let is_network = matches!(source.holder, Holder::Network(_));
            assert_eq!(facts.values.is_empty(), is_network, "{} of {}", dataset.name, source.name);
        }
    }
}

#[test]
fn sources_are_one_per_holder_and_hold_all_rows() {
    let folder = tempfile::tempdir().unwrap();
    let sources = super::super::prepare(folder.path()).unwrap();
    let count = |kind: &str| sources.iter().filter(|it| it.name.starts_with(kind)).count();
    let kinds = ["dashboard-", "ret-", "provider-", "partnership-", "network-"];
    assert_eq!(kinds.map(count), [9, 9, 10, 17, 2]);
    let names: BTreeSet<_> = sources.iter().map(|it| &it.name).collect();
    assert_eq!(names.len(), sources.len());
    let almata = sources.iter().find(|it| it.name == "provider-almata").unwrap();
    assert_eq!(almata.holder, Holder::Provider("ALMATA".into()));
    let connection = open(almata);
    let rows: i64 = connection.query_row("SELECT count(*) FROM placement", [], |row| row.get(0)).unwrap();
    assert_eq!(usize::try_from(rows).unwrap(), ROWS.placements["ALMATA"].len());
    let indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
    assert!(texts(&connection, indexes).contains("placement_by_started_on_month"));
}

#[test]
fn sources_are_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let made = prepare_about(folder.path(), FEW).unwrap();
    let changed = |it: &DemoSource| fs::metadata(&it.path).unwrap().modified().unwrap();
    let times: Vec<_> = made.iter().map(changed).collect();
    let found = prepare_about(folder.path(), FEW).unwrap();
    assert_eq!(times, found.iter().map(changed).collect::<Vec<_>>());
    let left: Vec<_> = names(folder.path());
    assert_eq!(left, ["sources"], "nothing else is left");
    assert_eq!(names(&folder.path().join("sources")).len(), made.len() + 1, "sources and the marker");
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn an_older_or_damaged_demonstration_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let made = prepare_about(folder.path(), FEW / 2).unwrap();
    prepare_about(folder.path(), FEW).unwrap();
    fs::remove_file(&made[3].path).unwrap();
    prepare_about(folder.path(), FEW).unwrap();
    assert!(made[3].path.is_file());
    assert_eq!(names(folder.path()), ["sources"]);
}

#[test]
fn an_interrupted_start_leaves_nothing_that_is_taken_for_whole() {
    let folder = tempfile::tempdir().unwrap();
    let draft = folder.path().join(".regiograph-draft.1");
    fs::create_dir_all(&draft).unwrap();
    fs::write(draft.join("ret-jz36.sqlite"), "half").unwrap();
    let made = prepare_about(folder.path(), FEW).unwrap();
    assert!(made.iter().all(|it| open(it).execute_batch("SELECT 1").is_ok()));
    assert_eq!(names(folder.path()), ["sources"]);
}

#[test]
fn what_is_not_a_demonstration_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("sources/mine.sqlite");
    fs::create_dir_all(foreign.parent().unwrap()).unwrap();
    fs::write(&foreign, "mine").unwrap();
    assert!(matches!(prepare_about(folder.path(), FEW), Err(DemoError::Foreign(_))));
    assert_eq!(fs::read_to_string(&foreign).unwrap(), "mine");
}
