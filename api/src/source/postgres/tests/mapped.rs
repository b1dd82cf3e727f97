//! A database with a schema of its own answers as its rows mean.

use std::{fmt::Write as _, sync::Arc};

use entities::Datum;
use proptest::prelude::*;

use super::{Made, everything, runner, runtime};
use crate::{
    mapping::{Column, Form, Format, Mapping, Stored},
    policy::OnBehalf,
    query::{Direction, Facts, Operand},
    source::{
        Links, Mappings, Select, Settings, Source,
        fixture::{
            self, NAMES, dataset, field, holder, literal,
            tables::{sorted, tabulate},
            warehouse,
        },
        postgres::PostgresSource,
    },
    youth_key::YouthKey,
};

/// The type of a column, and which of what stands there a value of that type can be.
fn type_of(column: &Column, name: &str) -> (&'static str, fn(&Datum) -> bool) {
    let text: fn(&Datum) -> bool = |it| matches!(it, Datum::Text(_));
    let integer: fn(&Datum) -> bool = |it| matches!(it, Datum::Int(_));
    let of = |stored: Stored| if stored == Stored::Integer { ("integer", integer) } else { ("varchar", text) };
    let Column::Of(_, form) = column else { return ("text", |_| false) };
    match form {
        Form::Same => match dataset().fields.iter().find(|it| it.column == name).map(|it| it.kind) {
            Some(entities::Kind::Boolean) => ("boolean", |it| matches!(it, Datum::Bool(_))),
            Some(entities::Kind::Date) => ("date", |it| matches!(it, Datum::Date(_))),
            _ => ("varchar", text),
        },
        Form::Prefix(_) => ("varchar", text),
        Form::Codes(codes) => of(codes.stored),
        Form::Boolean(truth) => of(truth.stored),
        Form::Number(number) if number.stored == Stored::Decimal => {
            ("numeric", |it| matches!(it, Datum::Int(_)) || matches!(it, Datum::Float(it) if it.abs() < 1e14))
        }
        Form::Number(_) => ("integer", integer),
        Form::Date(day) if day.format == Format::Utc => ("timestamptz", text),
        Form::Date(day) if day.format == Format::Timestamp => {
            ("timestamp", |it| it.as_text().is_some_and(|it| it.contains(':')))
        }
        Form::Date(day) => of(day.stored),
    }
}

/// The statements that make the tables of a mapping with these rows in them.
fn tables(mapping: &Mapping, parts: &[Vec<warehouse::RawRow>]) -> String {
    let mut text = String::new();
    for (number, (part, rows)) in mapping.parts.iter().zip(parts).enumerate() {
        let of = |alias: &str| {
            let fields = part.columns.iter().zip(&dataset().fields).enumerate();
            let named = fields.filter_map(|(field, (column, it))| match column {
                Column::Of(raw, _) if *raw.alias == *alias && field > 0 => Some((field, it.column, column)),
                _ => None,
            });
            named.collect::<Vec<_>>()
        };
        let (stay, client) = (format!("\"stay \"\"{number}\"\"\""), format!("client{number}"));
        for (table, key, alias) in [(&stay, "id integer, client integer", "m"), (&client, "nr integer", "c")] {
            let columns =
                of(alias).into_iter().map(|(_, name, column)| format!(", {name} {}", type_of(column, name).0));
            let _ = write!(
                text,
                "DROP TABLE IF EXISTS {table}; CREATE TABLE {table} ({key}{});",
                columns.collect::<String>()
            );
            for (place, row) in (1..).zip(rows) {
                let key = if alias == "m" { format!("{place}, {}", 100 - place) } else { (100 - place).to_string() };
                let values = of(alias).into_iter().map(|(field, ..)| format!(", {}", literal(&row[field])));
                let _ = write!(text, "INSERT INTO {table} VALUES ({key}{});", values.collect::<String>());
            }
        }
    }
    text
}

/// Leaves of made-up rows what their columns can hold.
fn typed(mapping: &Mapping, rows: &mut [Vec<warehouse::RawRow>]) {
    for (part, rows) in mapping.parts.iter().zip(rows) {
        for (place, row) in (1_i64..).zip(rows) {
            row[0] = Datum::Int(place);
            for (field, datum) in row.iter_mut().enumerate().skip(1) {
                if !type_of(&part.columns[field], dataset().fields[field].column).1(datum) {
                    *datum = Datum::Null;
                }
            }
        }
    }
}

fn mapped(made: &Made, mapping: Mapping) -> PostgresSource {
    let mappings = Mappings { datasets: vec![mapping], youth_key: Some(YouthKey::new(b"of the tests")) };
    let settings = Settings { mappings, ..Settings::new(NAMES[1], holder(1), "", vec![dataset()]) };
    PostgresSource::open(settings.into_parts().0, made.address())
}

#[test]
fn a_condition_on_a_mapped_database_means_what_it_means_in_memory() {
    let runtime = runtime();
    let Some(made) = runtime.block_on(Made::new()) else { return };
    let cases = (1_usize..=2).prop_flat_map(|parts| {
        let conditions = prop::collection::vec(fixture::condition(Operand::Field), 16);
        (Just(parts), warehouse::rows(parts), conditions, prop::collection::vec(fixture::shown_predicate(), 16))
    });
    let run = runner(8).run(&cases, |(parts, (mut rows, _), plain, shown)| {
        let mapping = warehouse::mapping(parts);
        typed(&mapping, &mut rows);
        runtime.block_on(made.execute(&tables(&mapping, &rows)));
        let meant = warehouse::meanings(&mapping, &rows);
        let source = mapped(&made, mapping);
        let name = (NAMES[1], &holder(1));
        for predicate in plain.iter().chain(&shown) {
            let held = meant.iter().filter(|row| predicate.holds(&|field| &row[field], name));
            let expected: Vec<_> = held.cloned().collect();
            let select = everything(predicate.for_source(name, source.facts(dataset())));
            let found = runtime.block_on(source.rows(select.clone()));
            let found = found.map(|it| it.into_iter().map(|it| it.values.into_vec()).collect::<Vec<_>>());
            prop_assert_eq!(found, Ok(expected), "{:?}\n{}", predicate, source.explain(&select));
        }
        let inspected = runtime.block_on(source.check(OnBehalf::default())).unwrap().remove(0);
        prop_assert!(inspected.faults() == 0 && inspected.rows == meant.len() as u64, "{}", inspected);
        Ok(())
    });
    assert!(run.is_ok(), "{}", run.unwrap_err());
}

#[test]
fn tables_and_links_of_a_mapped_database_are_those_of_what_its_rows_mean() {
    let runtime = runtime();
    let Some(made) = runtime.block_on(Made::new()) else { return };
    let cases = (1_usize..=2).prop_flat_map(|parts| {
        let conditions = prop::collection::vec(fixture::condition(Operand::Field), 6);
        let groups = prop::collection::vec((fixture::operand(), fixture::operand(), any::<bool>()), 6);
        (Just(parts), warehouse::rows(parts), conditions, groups)
    });
    let run = runner(8).run(&cases, |(parts, (mut rows, _), conditions, groups)| {
        let mapping = warehouse::mapping(parts);
        typed(&mapping, &mut rows);
        runtime.block_on(made.execute(&tables(&mapping, &rows)));
        let folder = tempfile::tempdir().unwrap();
        fixture::write(&folder.path().join("plain"), &warehouse::meanings(&mapping, &rows));
        let plain = fixture::source(1, &folder.path().join("plain"), Facts::default());
        let mapped = mapped(&made, mapping);
        let holder = holder(1);
        let name = (NAMES[1], &holder);
        for (predicate, (one, other, open_on)) in conditions.iter().zip(&groups) {
            let whole = everything(predicate.for_source(name, &Facts::default()));
            let groups = [one, other].map(|it| it.for_source(name, &Facts::default()).unwrap_or(Operand::Field(0)));
            let asked = Arc::new(tabulate(&whole, groups, *open_on));
            let [found, expected] =
                [&mapped as &dyn Source, &plain].map(|it| runtime.block_on(it.table(Arc::clone(&asked))).unwrap());
            prop_assert_eq!(sorted(&found), sorted(&expected), "{}", mapped.explain_table(&asked));
            for link in ["unit", "youth", "previous_placement"] {
                let keys: Arc<[Datum]> = match link {
                    "previous_placement" => [1, 2, 3].map(Datum::Int).into(),
                    _ => ["a", "ab", "zee", "none"].map(Datum::from).into(),
                };
                let (order, per) =
                    (vec![(field("started_on"), Direction::Descending)], Links { place: field(link), keys });
                let select = Arc::new(Select { limit: 2, order, per: Some(per), ..(*whole).clone() });
                let both = [&mapped as &dyn Source, &plain];
                let [found, expected] = both.map(|it| runtime.block_on(it.rows(Arc::clone(&select))).unwrap());
                prop_assert_eq!(found, expected, "{}", mapped.explain(&select));
                let [found, expected] = both.map(|it| {
                    let mut counted = runtime.block_on(it.counts(Arc::clone(&select))).unwrap();
                    counted.sort_unstable();
                    counted
                });
                prop_assert_eq!(found, expected);
            }
        }
        Ok(())
    });
    assert!(run.is_ok(), "{}", run.unwrap_err());
}
