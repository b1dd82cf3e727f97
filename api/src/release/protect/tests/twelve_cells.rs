//! Twelve cells of one quarter, value by value: what is true of each, and what is shown of it or why nothing is.

use std::fmt::Write;

use entities::Datum;

use super::{Table, begun, secret};
use crate::release::{
    Area, CellId, Hidden, KEYS, Observation, Rules,
    key::{Quantity, RecordKey},
};

/// Referrals of three regions that are one supra-region. Of each region: the first youth's key, urgent ones, others.
const YOUTHS: [(&str, i64, i64, i64); 3] = [("JZ01", 0, 14, 16), ("JZ02", 100, 8, 12), ("JZ03", 1100, 0, 11)];

/// Youths 0 and 1, both urgent and of JZ01, have two referrals.
const SHOWN: &str = "\
area | urgent | youths | rows | key | shown youths, rows, or why not
NO   | all    | 61 | 63 | 801 | 65, 70
NO   | true   | 22 | 24 | 270 | Neighbour
NO   | false  | 39 | 39 | 920 | Complement
JZ01 | all    | 30 | 32 | 381 | 30, 30
JZ01 | true   | 14 | 16 | 593 | 15, 20
JZ01 | false  | 16 | 16 | 103 | 10, 10
JZ02 | all    | 20 | 20 | 632 | 20, 20
JZ02 | true   |  8 |  8 | 257 | FewYouths
JZ02 | false  | 12 | 12 |  27 | Complement
JZ03 | all    | 11 | 11 |  58 | Drawn
JZ03 | true   |  0 |  0 | 888 | no cell
JZ03 | false  | 11 | 11 |  58 | Complement
";

fn rows(table: &Table) -> Vec<Observation> {
    let (_, urgent) = table.dimension("urgent");
    let mut rows = Vec::new();
    for (region, first, urgents, others) in YOUTHS {
        for number in 0..urgents + others {
            let mut row = table.row(first + number, region, "2025-02-03");
            row.values[urgent] = Datum::Bool(number < urgents);
            rows.push(row);
        }
    }
    rows.extend([rows[0].clone(), rows[1].clone()]);
    rows
}

#[test]
fn twelve_cells_show_what_they_may() {
    let table = Table::of("Referral", "2025Q1");
    let (field, place) = table.dimension("urgent");
    let rows = rows(&table);
    let cells = table.protect(&rows, Rules::all());
    let mut told = "area | urgent | youths | rows | key | shown youths, rows, or why not\n".to_owned();
    for area in ["NO", "JZ01", "JZ02", "JZ03"] {
        for urgent in [None, Some(true), Some(false)] {
            let is_in = |it: &&Observation| {
                (area == "NO" || &*it.region == area)
                    && urgent.is_none_or(|urgent| it.values[place] == Datum::Bool(urgent))
            };
            let mut youths: Vec<_> = rows.iter().filter(is_in).map(|it| it.youth).collect();
            let count = youths.len();
            youths.sort_unstable();
            youths.dedup();
            let sum = youths.iter().fold(RecordKey::default(), |sum, it| sum.and(secret().record_key(*it)));
            let key = secret().cell_key(sum, Quantity::Youths) % u64::from(KEYS);
            let whole = begun(if area == "NO" { Area::SupraRegion(area.into()) } else { Area::Region(area.into()) });
            let shown = match cells.get(&CellId { by: urgent.map(|it| (field, Datum::Bool(it))), ..whole }) {
                Some(Ok(shown)) => {
                    format!("{}, {}", shown.youths, shown.rows.map_or("-".to_owned(), |it| it.to_string()))
                }
                Some(Err(why)) => format!("{why:?}"),
                None => "no cell".to_owned(),
            };
            let urgent = urgent.map_or("all".to_owned(), |it| it.to_string());
            writeln!(told, "{area:4} | {urgent:6} | {:2} | {count:2} | {key:3} | {shown}", youths.len()).unwrap();
        }
    }
    assert_eq!(told, SHOWN, "\n{told}");
    for why in [Hidden::FewYouths, Hidden::Drawn, Hidden::Neighbour, Hidden::Complement] {
        assert!(told.contains(&format!("{why:?}")), "{why:?}");
    }
}
