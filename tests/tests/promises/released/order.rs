//! Order and cut act on published values alone.

use std::cmp::Ordering;

use regiograph_tests::caller::As;
use serde_json::Value;

use super::{numbers, placement, world};

fn number(group: &Value, name: &str) -> Option<f64> {
    match name.split_once('.') {
        Some((measure, part)) => group[measure][part].as_f64(),
        None => group[name].as_f64(),
    }
}

#[test]
fn groups_are_ordered_by_what_is_shown_hidden_ones_lowest_and_ties_by_dimensions() {
    let world = world();
    let fields = format!("regionCode {}", numbers(placement()));
    let by = "groupBy: REGION, release: \"2025\"";
    for (key, name) in [
        ("rows", "rows"),
        ("youths", "youths"),
        ("closedDaysAverage", "closedDays.average"),
        ("closedDaysMedian", "closedDays.median"),
        ("closedDaysSum", "closedDays.sum"),
        ("closedDaysMax", "closedDays.max"),
    ] {
        let mut expected = world.groups(placement(), by, &fields);
        let code = |group: &Value| group["regionCode"].as_str().map(ToOwned::to_owned);
        for (direction, turn) in [("ASC", 1), ("DESC", -1)] {
            expected.sort_by(|a, b| {
                let lowest = |it: &Value| number(it, name).unwrap_or(f64::NEG_INFINITY);
                let compared = lowest(a).total_cmp(&lowest(b));
                let compared = if turn == 1 { compared } else { compared.reverse() };
                compared.then_with(|| code(a).cmp(&code(b)))
            });
            let arguments = format!("{by}, orderBy: {{ {key}: {direction} }}");
            assert_eq!(world.groups(placement(), &arguments, &fields), expected, "{key} {direction}");
            let cut = world.groups(placement(), &format!("{arguments}, first: 3"), &fields);
            assert_eq!(cut, expected[..3], "{key} {direction}");
        }
    }
}

#[test]
fn without_an_order_groups_come_by_their_dimensions() {
    let world = world();
    let groups = world.groups(placement(), "groupBy: [URGENT, REGION]", "urgent regionCode");
    let key = |it: &Value| (it["urgent"].as_bool(), it["regionCode"].as_str().map(ToOwned::to_owned));
    assert!(groups.windows(2).all(|pair| key(&pair[0]).cmp(&key(&pair[1])) == Ordering::Less));
    assert_eq!(groups.len(), 84);
}

#[test]
fn a_cut_says_nothing_of_what_it_leaves_out() {
    let world = world();
    let table = world.table(placement(), "groupBy: REGION, first: 0", "rows");
    assert_eq!(table["groups"], serde_json::json!([]));
    assert_eq!(table["publishable"], true);
    let many = world.ask(&As::public(), "{ placementStatistics(view: RELEASED, first: 10001) { groups { rows } } }");
    assert!(many.message().contains("\"first\""), "{}", many.text);
}
