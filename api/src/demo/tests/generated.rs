//! Generated sources: of the size asked for, the same every time, and gathered whole.

use std::{fs, path::Path};

use rusqlite::Connection;

use crate::demo::{DemoError, Generate, generate};

fn dump(path: &Path, sql: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| Ok((0..columns).map(|it| format!("{:?},", row.get_ref(it).unwrap())).collect::<String>()));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn generated_sources_are_the_same_every_time_and_whole_holds_them_all() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [first, second] = folders
        .each_ref()
        .map(|it| generate(Generate { dir: it.path(), sources: 12, rows: 150, whole: true }).unwrap());
    let all = "SELECT * FROM placement ORDER BY id";
    for (one, other) in first.sources.iter().zip(&second.sources) {
        let rows = dump(one, all);
        assert_eq!(rows.len(), 150);
        assert_eq!(rows, dump(other, all));
    }
    assert_eq!(first.sources[0].file_name().unwrap(), "generated-01.sqlite");
    let whole = first.whole.unwrap();
    for (number, source) in first.sources.iter().enumerate() {
        let name = format!("generated-{:02}", number + 1);
        let part = format!("SELECT * FROM placement WHERE source = '{name}' ORDER BY id");
        let named: Vec<_> = dump(source, &format!("SELECT '{name}', * FROM placement ORDER BY id"));
        assert_eq!(dump(&whole, &part), named);
    }
    assert_eq!(dump(&whole, "SELECT 1 FROM placement").len(), 12 * 150);
    let indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%, \"source\", \"id\")'";
    let plain = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%, \"id\")'";
    assert_eq!(dump(&whole, indexes), dump(&first.sources[0], plain));
}

#[test]
fn generated_rows_differ_between_sources_and_spread_over_the_years() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 2, rows: 4_000, whole: false }).unwrap();
    let years = "SELECT substr(started_on, 1, 4), count(*) > 200 FROM placement GROUP BY 1 ORDER BY 1";
    assert_eq!(dump(&made.sources[0], years).len(), 8);
    assert!(dump(&made.sources[0], years).iter().all(|it| it.ends_with("Integer(1),")));
    let youths = "SELECT DISTINCT youth FROM placement";
    let [one, other] = [0, 1].map(|it| dump(&made.sources[it], youths));
    let both = one.iter().filter(|it| other.contains(it)).count();
    assert!(both > 100 && both < one.len(), "{both} of {}", one.len());
    assert_eq!(made.whole, None);
}

#[test]
fn a_later_run_replaces_an_earlier_one_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = Generate { dir: folder.path(), sources: 3, rows: 10, whole: true };
    generate(wanted).unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let made = generate(Generate { sources: 1, whole: false, ..wanted }).unwrap();
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["generated-1.sqlite", "notes.txt", "regiograph.toml"]);
    fs::write(&made.config, "# mine").unwrap();
    assert!(matches!(generate(wanted), Err(DemoError::Foreign(_))));
}

#[test]
fn the_configuration_names_every_source() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 2, rows: 1, whole: false }).unwrap();
    let config: toml::Table = fs::read_to_string(made.config).unwrap().parse().unwrap();
    let second = &config["source"][1];
    assert_eq!(second["name"].as_str(), Some("generated-2"));
    assert_eq!(second["kind"].as_str(), Some("sqlite"));
    assert_eq!(second["path"].as_str(), Some("generated-2.sqlite"));
    assert_eq!(second["holder"]["provider"].as_str(), Some("HORIZON"));
    assert_eq!(second["datasets"][0].as_str(), Some("Placement"));
}
