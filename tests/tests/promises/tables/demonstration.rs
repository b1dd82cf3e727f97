//! Over the demonstration, whose rows cross regions, providers and roles.

use regiograph::app::commands::Who;
use regiograph_tests::reduction::{Groups, of_groups, of_rows, start_of};
use serde_json::{Value, json};

use crate::calibration::demonstration::DEMONSTRATION as DEMO;

/// One table, and the rows that it is to come to.
struct Case<'a> {
    one: &'a str,
    many: &'a str,
    filter: &'a str,
    group_by: &'a str,
    /// The fields of a group that are its key, and how to find them.
    group: (&'a str, fn(&Value) -> Value),
    /// The fields of a row that say the same.
    row: (&'a str, fn(&Value) -> Value),
    measures: &'a [&'a str],
    /// Does the role see youths?
    youths: bool,
}

fn analyst(region: &str) -> Who {
    Who { region: Some(region.to_owned()), ..Who::new("region_analyst") }
}

fn almata() -> Who {
    Who { provider: Some("ALMATA".to_owned()), ..Who::new("provider") }
}

/// All rows of a list, page by page.
fn rows(who: &Who, case: &Case<'_>) -> Vec<Value> {
    let Case { many, filter, row: (fields, _), .. } = case;
    let (youth, measures) = (if case.youths { "youth { pseudonym }" } else { "" }, case.measures.join(" "));
    let (mut rows, mut after) = (Vec::new(), "null".to_owned());
    loop {
        let page = format!(
            "{{ {many}(first: 1000, after: {after}, filter: {filter}) \
               {{ nodes {{ {fields} {measures} {youth} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let list = &DEMO.ask(who, &page)[*many];
        rows.extend(list["nodes"].as_array().cloned().unwrap_or_default());
        if list["pageInfo"]["hasNextPage"] != true {
            return rows;
        }
        after = list["pageInfo"]["endCursor"].to_string();
    }
}

fn table(who: &Who, case: &Case<'_>) -> Groups {
    let Case { one, filter, group_by, group: (fields, key), .. } = case;
    let measures = case.measures.iter().map(|name| format!("{name} {{ sum average median p90 min max }}"));
    let (youths, measures) = (if case.youths { "youths" } else { "" }, measures.collect::<Vec<_>>().join(" "));
    let query = format!(
        "{{ table: {one}Statistics(groupBy: [{group_by}], filter: {filter}) \
           {{ completeness {{ complete }} groups {{ {fields} rows {youths} {measures} suppressed }} }} }}"
    );
    let table = &DEMO.ask(who, &query)["table"];
    assert_eq!(table["completeness"]["complete"], true);
    of_groups(&table["groups"], key, case.measures)
}

fn reduced(rows: &[Value], case: &Case<'_>) -> Groups {
    of_rows(rows, case.row.1, case.measures)
}

fn assert_reduces(who: &Who, case: &Case<'_>) {
    let rows = rows(who, case);
    assert!(rows.len() > 1, "{} sees too few rows to tell: {}", who.role, rows.len());
    assert_eq!(table(who, case), reduced(&rows, case), "{} by {}", who.role, case.group_by);
}

const STAYS: Case<'_> = Case {
    one: "placement",
    many: "placements",
    filter: "{}",
    group_by: "STARTED_ON_QUARTER, AUTHORISATION, PROVIDER",
    group: ("startedOnQuarter authorisation providerCode", |it| {
        json!([it["startedOnQuarter"], it["authorisation"], it["providerCode"]])
    }),
    row: ("startedOn authorisation unit { location { provider { code } } }", |it| {
        let provider = &it["unit"]["location"]["provider"]["code"];
        json!([start_of("quarter", &it["startedOn"]), it["authorisation"], provider])
    }),
    measures: &["closedDays"],
    youths: false,
};

const BY_WEEK: Case<'_> = Case {
    filter: "{ closedDays: { gte: 30 } }",
    group_by: "STARTED_ON_WEEK, SUPRA_REGION",
    group: ("startedOnWeek supraRegion { code }", |it| json!([it["startedOnWeek"], it["supraRegion"]["code"]])),
    row: ("startedOn region { supraRegion { code } }", |it| {
        json!([start_of("week", &it["startedOn"]), it["region"]["supraRegion"]["code"]])
    }),
    youths: true,
    ..STAYS
};

const BY_SETTING: Case<'_> = Case {
    group_by: "SETTING, URGENT, REGION",
    group: ("setting urgent region { name }", |it| json!([it["setting"], it["urgent"], it["region"]["name"]])),
    row: ("unit { setting } urgent region { name }", |it| {
        json!([it["unit"]["setting"], it["urgent"], it["region"]["name"]])
    }),
    youths: true,
    ..STAYS
};

#[test]
fn own_tables_are_those_of_the_rows_that_the_same_role_sees() {
    let guardian = Who { institution: Some("GI01".to_owned()), ..Who::new("certified_institution") };
    let member = Who { region: Some("JZ36".to_owned()), ..Who::new("ret_member") };
    for region in ["JZ34", "JZ36", "JZ01"] {
        assert_reduces(&analyst(region), &STAYS);
        assert_reduces(
            &analyst(region),
            &Case { filter: "{ urgent: { eq: true }, startedOn: { lt: \"2024-03-10\" } }", ..STAYS },
        );
    }
    assert_reduces(&almata(), &BY_WEEK);
    assert_reduces(&almata(), &BY_SETTING);
    assert_reduces(&guardian, &BY_WEEK);
    assert_reduces(&member, &BY_SETTING);
}

#[test]
fn tables_of_rows_that_are_seen_to_two_tiers_show_what_the_rows_show() {
    let places = Case {
        one: "capacityReport",
        many: "capacityReports",
        filter: "{ reportedOn: { gte: \"2024-01-01\", lt: \"2025-01-01\" } }",
        group_by: "REPORTED_ON_MONTH, SETTING, SUPRA_REGION",
        group: ("reportedOnMonth setting supraRegionCode", |it| {
            json!([it["reportedOnMonth"], it["setting"], it["supraRegionCode"]])
        }),
        row: ("reportedOn setting region { supraRegion { code } }", |it| {
            json!([start_of("month", &it["reportedOn"]), it["setting"], it["region"]["supraRegion"]["code"]])
        }),
        measures: &["contractedPlaces", "occupiedPlaces"],
        youths: false,
    };
    assert_reduces(&analyst("JZ36"), &places);
    assert_reduces(&almata(), &places);
}

#[test]
fn an_agreement_on_tables_gives_the_tables_of_the_regions_together_and_no_row() {
    let coordinator = Who { supra_region: Some("ZW".to_owned()), ..Who::new("coordinator") };
    let regions = ["JZ34", "JZ36", "JZ38"];
    let together: Vec<_> = regions.into_iter().flat_map(|it| rows(&analyst(it), &STAYS)).collect();
    assert_eq!(table(&coordinator, &STAYS), reduced(&together, &STAYS));
    let names = DEMO.ask(
        &coordinator,
        "{ __schema { queryType { fields { name } } } viewer { grants { dataset rule tablesOnly } } }",
    );
    let names_of = |it: &Value| it.as_array().into_iter().flatten().map(|it| it["name"].clone()).collect::<Vec<_>>();
    let fields = names_of(&names["__schema"]["queryType"]["fields"]);
    assert!(fields.contains(&json!("placementStatistics")) && !fields.contains(&json!("placements")));
    let agreed = json!({ "dataset": "Placement", "rule": "x! L", "tablesOnly": true });
    assert!(names["viewer"]["grants"].as_array().is_some_and(|it| it.contains(&agreed)));
}

#[test]
fn sources_whose_rows_are_seen_in_tables_alone_are_listed_and_found() {
    let inspectorate = Who { organisation: Some("IGJ".to_owned()), ..Who::new("inspectorate") };
    let listed = DEMO.ask(&inspectorate, "{ sources { id name datasets tables } }")["sources"].clone();
    let almata = listed
        .as_array()
        .into_iter()
        .flatten()
        .find(|it| it["tables"].as_array().is_some_and(|it| it.contains(&json!("Incident"))));
    let source = almata.expect("a source holds incidents");
    assert!(source["datasets"].as_array().is_some_and(|it| !it.contains(&json!("Incident"))), "{source}");
    let query = format!(
        "{{ node(id: {}) {{ id }} incidentStatistics(groupBy: SUPRA_REGION) {{ groups {{ supraRegionCode rows }} \
           completeness {{ sources {{ source {{ name }} }} }} }} }}",
        source["id"]
    );
    let found = DEMO.ask(&inspectorate, &query);
    assert_eq!(found["node"]["id"], source["id"]);
    let asked = found["incidentStatistics"]["completeness"]["sources"].as_array().cloned().unwrap_or_default();
    assert!(asked.contains(&json!({ "source": { "name": source["name"] } })), "{asked:?}");
}

/// The rows of each region by a count of a table: on a day, or of those that began or ended between days.
fn by_region(who: &Who, arguments: &str) -> impl Fn(&str) -> i64 + use<> {
    let query =
        format!("{{ t: placementStatistics(groupBy: REGION, {arguments}) {{ groups {{ regionCode rows }} }} }}");
    let groups = DEMO.ask(who, &query)["t"]["groups"].clone();
    move |region| {
        let group = groups.as_array().into_iter().flatten().find(|it| it["regionCode"] == region);
        group.and_then(|it| it["rows"].as_i64()).unwrap_or_default()
    }
}

#[test]
fn stock_inflow_and_outflow_reconcile() {
    let coordinator = Who { supra_region: Some("ZW".to_owned()), ..Who::new("coordinator") };
    for (who, from, until) in [
        (almata(), "2024-02-14", "2024-11-03"),
        (analyst("JZ36"), "2024-01-01", "2025-01-01"),
        (coordinator, "2023-07-01", "2024-05-01"),
    ] {
        let stock = |day: &str| by_region(&who, &format!("openOn: \"{day}\""));
        let between =
            |field: &str| by_region(&who, &format!("filter: {{ {field}: {{ gt: \"{from}\", lte: \"{until}\" }} }}"));
        let (before, after, inflow, outflow) = (stock(from), stock(until), between("startedOn"), between("endedOn"));
        let mut seen = 0;
        for region in ["JZ34", "JZ36", "JZ38", "JZ01", "JZ03"] {
            assert_eq!(before(region) + inflow(region) - outflow(region), after(region), "{} {region}", who.role);
            seen += inflow(region) + outflow(region) + before(region);
        }
        assert!(seen > 0, "{} sees something come and go", who.role);
    }
}

#[test]
fn a_stock_is_that_of_the_rows_open_on_the_day() {
    let days = ["2024-03-01", "2023-09-17"];
    let query = format!(
        "{{ t: placementStatistics(openOn: {days:?}, filter: {{ urgent: {{ eq: false }} }}) \
           {{ groups {{ openOn rows youths }} }} }}"
    );
    let table = DEMO.ask(&almata(), &query)["t"]["groups"].clone();
    let case = Case {
        filter: "{ urgent: { eq: false } }",
        row: ("startedOn endedOn", |_| Value::Null),
        youths: true,
        ..STAYS
    };
    let rows = rows(&almata(), &case);
    for group in table.as_array().into_iter().flatten() {
        let day = group["openOn"].as_str().unwrap_or_default();
        let is_open = |row: &&Value| {
            let text = |name: &str| row[name].as_str().map(ToOwned::to_owned);
            text("startedOn").is_some_and(|from| *from <= *day) && text("endedOn").is_none_or(|until| *until > *day)
        };
        let open: Vec<_> = rows.iter().filter(is_open).cloned().collect();
        let expected = of_rows(&open, |_| Value::Null, &[]);
        assert_eq!(
            (&group["rows"], &group["youths"]),
            (&expected["null"]["rows"], &expected["null"]["youths"]),
            "{day}"
        );
    }
    assert_eq!(table.as_array().map(Vec::len), Some(2));
}
