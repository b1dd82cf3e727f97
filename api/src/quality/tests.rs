//! Each rule by itself, on rows that break it and on one that does not.

use entities::by_name;

use super::*;

fn reference() -> Reference {
    let rows = |name: &'static str, keys: &[&str]| {
        let table = by_name(name).unwrap();
        let row = |key: &&str| {
            let mut row = vec![Datum::Null; table.fields.len()];
            row[table.key()] = (**key).into();
            row.into()
        };
        (table, keys.iter().map(row).collect())
    };
    let membership = by_name("Membership").unwrap();
    let member = |municipality: &str, region: &str, until: Option<&str>| {
        let mut row = vec![Datum::Null; membership.fields.len()];
        let mut set = |field: &str, value: Datum| row[membership.field(field).unwrap()] = value;
        set("municipality", municipality.into());
        set("region", region.into());
        set("until", until.map_or(Datum::Null, |day| Datum::Date(day.parse().unwrap())));
        row.into()
    };
    Reference::new([
        rows("Region", &["JZ34", "JZ36"]),
        rows("Municipality", &["GM0748", "GM1723"]),
        rows("Unit", &["U1"]),
        (membership, vec![member("GM0748", "JZ36", None), member("GM1723", "JZ34", Some("2025-01-01"))]),
    ])
}

/// The notes on a placement that is as it should be but for these values.
fn noted(changed: &[(&str, Datum)]) -> Vec<(Rule, &'static str)> {
    let dataset = by_name("Placement").unwrap();
    let day = |text: &str| Datum::Date(text.parse().unwrap());
    let value = |name: &str| match name {
        "youth" => "someone".into(),
        "region" => "JZ36".into(),
        "unit" => "U1".into(),
        "municipality" => "GM0748".into(),
        "urgent" | "outside_region" => Datum::Bool(false),
        "started_on" | "updated_at" => day("2025-03-01"),
        _ => Datum::Null,
    };
    let values: Vec<Datum> = dataset
        .fields
        .iter()
        .map(|field| changed.iter().find(|(name, _)| *name == field.name).map_or(value(field.name), |it| it.1.clone()))
        .collect();
    let notes = notes(dataset, &reference(), |field| &values[field], |_| true);
    notes.into_iter().map(|note| (note.rule, dataset.fields[note.field].name)).collect()
}

#[test]
fn a_row_that_breaks_a_rule_says_which_and_where() {
    let day = |text: &str| Datum::Date(text.parse().unwrap());
    assert_eq!(noted(&[]), []);
    assert_eq!(noted(&[("youth", Datum::Null)]), [(Rule::ValueMissing, "youth")]);
    assert_eq!(noted(&[("urgent", Datum::Null), ("ended_on", Datum::Null)]), [(Rule::ValueMissing, "urgent")]);
    assert_eq!(noted(&[("authorisation", "?".into())]), [(Rule::CodeUnknown, "authorisation")]);
    assert_eq!(noted(&[("unit", "?".into())]), [(Rule::CodeUnknown, "unit")]);
    assert_eq!(noted(&[("closed_days", Datum::Int(1 << 40))]), [(Rule::OutOfRange, "closed_days")]);
    assert_eq!(noted(&[("ended_on", day("2025-02-28"))]), [(Rule::EndsBeforeStart, "ended_on")]);
    assert_eq!(noted(&[("ended_on", day("2025-03-01"))]), [], "a stay of one day");
    assert_eq!(noted(&[("region", "JZ34".into())]), [(Rule::NotAMember, "municipality")]);
    let moved = [("region", "JZ34".into()), ("municipality", "GM1723".into())];
    assert_eq!(noted(&moved), [(Rule::NotAMember, "municipality")], "it left before");
    let before = [moved[0].clone(), moved[1].clone(), ("started_on", day("2024-12-31"))];
    assert_eq!(noted(&before), []);
}

#[test]
fn what_is_not_shown_is_not_missing() {
    let dataset = by_name("Placement").unwrap();
    assert_eq!(notes(dataset, &reference(), |_| &Datum::Null, |_| false), []);
}
