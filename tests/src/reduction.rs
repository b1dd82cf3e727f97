//! Tables worked out from rows as clients are given them: what a gateway's own tables must come to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use crate::oracle::tables;

/// Groups by their keys, each with what is told of it.
pub type Groups = BTreeMap<String, Value>;

/// A group in the making.
#[derive(Default)]
struct Group {
    rows: u64,
    youths: BTreeSet<String>,
    values: BTreeMap<String, Vec<i64>>,
}

/// The table over rows: by the key of each row, with these measures, and with the youths where rows name them.
#[must_use]
pub fn of_rows(rows: &[Value], key: impl Fn(&Value) -> Value, measures: &[&str]) -> Groups {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for row in rows {
        let group = groups.entry(key(row).to_string()).or_default();
        group.rows += 1;
        group.youths.extend(row["youth"]["pseudonym"].as_str().map(ToOwned::to_owned));
        for measure in measures {
            group.values.entry((*measure).to_owned()).or_default().extend(row[*measure].as_i64());
        }
    }
    let told = |group: Group| {
        let youths = (!group.youths.is_empty()).then_some(group.youths.len());
        let measures: BTreeMap<_, _> = group.values.into_iter().map(|(name, values)| (name, spread(values))).collect();
        json!({ "rows": group.rows, "youths": youths, "measures": measures })
    };
    groups.into_iter().map(|(key, group)| (key, told(group))).collect()
}

/// The same of a table's groups as the gateway gives them; `youths` are left out where rows do not name them.
#[must_use]
pub fn of_groups(groups: &Value, key: impl Fn(&Value) -> Value, measures: &[&str]) -> Groups {
    let told = |group: &Value| {
        let measures = measures.iter().map(|name| ((*name).to_owned(), rounded(&group[*name])));
        let measures: BTreeMap<_, _> = measures.collect();
        json!({ "rows": group["rows"], "youths": group["youths"], "measures": measures })
    };
    let groups = groups.as_array().into_iter().flatten();
    groups.map(|group| (key(group).to_string(), told(group))).collect()
}

fn spread(mut values: Vec<i64>) -> Value {
    values.sort_unstable();
    rounded(&tables::spread(&values))
}

/// Fractions to six places, so that they can be compared.
fn rounded(measure: &Value) -> Value {
    let round = |value: &Value| match value.as_f64() {
        Some(number) if value.is_f64() => json!(format!("{number:.6}")),
        _ => value.clone(),
    };
    measure.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), round(value))).collect()
}

/// The first day of the bucket that a day lies in; null for null.
#[must_use]
pub fn start_of(bucket: &str, day: &Value) -> Value {
    let Some(day) = day.as_str().and_then(|day| day.parse::<NaiveDate>().ok()) else { return Value::Null };
    let first = match bucket {
        "week" => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))),
        "month" => day.with_day(1),
        "quarter" => day.with_day(1).and_then(|it| it.with_month0(it.month0() / 3 * 3)),
        "year" => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        _ => Some(day),
    };
    json!(first)
}
