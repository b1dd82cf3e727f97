//! Flat groups with stable names: labels, order, cut, empty buckets, and whether a table may be published.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset},
};
use serde_json::{Value, json};

use super::{groups, over, provider, stay};

#[tokio::test]
async fn every_dimension_has_a_label_in_both_languages_beside_it() {
    let gateway = over([stay(1, 1, "2025-01-31").with("authorisation", rusqlite::types::Value::Null)]).await;
    let by = "groupBy: [STARTED_ON_DAY, STARTED_ON_WEEK, URGENT, REGION, AUTHORISATION]";
    let fields = "startedOnDay startedOnDayLabel dayIn: startedOnDayLabel(language: EN) startedOnWeek startedOnWeekLabel \
                  urgentLabel urgentIn: urgentLabel(language: EN) region { name } regionCode regionLabel \
                  authorisation authorisationLabel authorisationIn: authorisationLabel(language: EN) \
                  outflow outflowLabel setting openOn rows suppressed";
    let expected = json!([{
        "startedOnDay": "2025-01-31", "startedOnDayLabel": "31-01-2025", "dayIn": "2025-01-31",
        "startedOnWeek": "2025-01-27", "startedOnWeekLabel": "2025-W05",
        "urgentLabel": "nee", "urgentIn": "no",
        "region": { "name": "West Brabant West" }, "regionCode": "JZ36", "regionLabel": "West Brabant West",
        "authorisation": null, "authorisationLabel": "onbekend", "authorisationIn": "unknown",
        "outflow": null, "outflowLabel": null, "setting": null, "openOn": null, "rows": 1, "suppressed": false,
    }]);
    assert_eq!(groups(&gateway, by, fields).await, expected);
    let by = "groupBy: [STARTED_ON_MONTH, STARTED_ON_QUARTER, STARTED_ON_YEAR, AGE_BAND, SETTING]";
    let fields = "m: startedOnMonthLabel n: startedOnMonthLabel(language: EN) q: startedOnQuarterLabel \
                  r: startedOnQuarterLabel(language: EN) y: startedOnYearLabel setting settingLabel";
    let setting = json!({ "m": "januari 2025", "n": "January 2025", "q": "1e kwartaal 2025", "r": "Q1 2025", "y": "2025",
                          "setting": "CLOSED", "settingLabel": "Gesloten" });
    assert_eq!(groups(&gateway, by, fields).await, json!([setting]));
}

fn some() -> Vec<Row> {
    let days = [(1, 1, "2025-01-10", 30), (2, 1, "2025-01-20", 10), (3, 2, "2025-04-05", 7), (4, 3, "2025-03-01", 50)];
    let rows = days.map(|(id, youth, day, closed)| stay(id, youth, day).with("closed_days", closed));
    let ongoing = stay(5, 4, "2025-04-20").with("urgent", 1);
    rows.into_iter().chain([ongoing]).collect()
}

fn column<'a>(groups: &'a Value, name: &str) -> Vec<&'a Value> {
    groups.as_array().into_iter().flatten().map(|it| &it[name]).collect()
}

#[tokio::test]
async fn groups_come_in_the_order_asked_for_and_are_cut_after_it() {
    let gateway = over(some()).await;
    let months = async |arguments: &str| {
        let groups = groups(&gateway, &format!("groupBy: STARTED_ON_MONTH, {arguments}"), "startedOnMonth").await;
        column(&groups, "startedOnMonth")
            .iter()
            .map(|it| it.as_str().unwrap_or_default()[5..7].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(months("first: 10").await, ["01", "03", "04"]);
    assert_eq!(months("first: 0").await, [""; 0]);
    assert_eq!(months("orderBy: { startedOnMonth: DESC }, first: 2").await, ["04", "03"]);
    assert_eq!(months("orderBy: { rows: DESC }").await, ["01", "04", "03"], "ties by the dimension");
    assert_eq!(months("orderBy: [{ youths: DESC }, { closedDaysMax: DESC }]").await, ["04", "03", "01"]);
    assert_eq!(
        months("orderBy: { closedDaysMedian: ASC }").await,
        ["04", "01", "03"],
        "a measure that is not selected"
    );
    let by_code = groups(
        &gateway,
        "groupBy: URGENT, orderBy: { closedDaysAverage: ASC }",
        "urgent closedDays { sum average min }",
    )
    .await;
    let nothing = json!({ "urgent": true, "closedDays": { "sum": null, "average": null, "min": null } });
    assert_eq!(by_code[0], nothing, "null is the lowest");
    assert_eq!(by_code[1]["closedDays"], json!({ "sum": 97, "average": 24.25, "min": 7 }));
}

#[tokio::test]
async fn empty_buckets_are_filled_from_the_filters_bounds_or_from_the_first_to_the_last() {
    let gateway = over(some()).await;
    let fields = "startedOnMonth urgent rows youths closedDays { sum median max }";
    let filled = groups(&gateway, "groupBy: [STARTED_ON_MONTH, URGENT], fillBuckets: true", fields).await;
    let empty = json!({ "startedOnMonth": "2025-02-01", "urgent": false, "rows": 0, "youths": 0,
                        "closedDays": { "sum": 0, "median": null, "max": null } });
    assert_eq!(filled.as_array().map(Vec::len), Some(8), "four months, and both that occur: {filled}");
    assert_eq!(filled[2], empty);
    let within = "groupBy: STARTED_ON_MONTH, fillBuckets: true, filter: { startedOn: { gt: \"2024-11-30\", lt: \"2025-03-01\" } }";
    let filled = groups(&gateway, within, "startedOnMonth rows").await;
    assert_eq!(column(&filled, "startedOnMonth"), ["2024-12-01", "2025-01-01", "2025-02-01"]);
    assert_eq!(column(&filled, "rows"), [0, 2, 0]);
    let quarters = "groupBy: STARTED_ON_QUARTER, fillBuckets: true, filter: { startedOn: { gte: \"2026-02-10\", lte: \"2026-08-01\" } }";
    assert_eq!(column(&groups(&gateway, quarters, "rows").await, "rows"), [0, 0, 0]);
    let days = "openOn: [\"2025-03-05\", \"2020-01-01\"], fillBuckets: true";
    let stock = groups(&gateway, days, "openOn rows").await;
    assert_eq!(stock, json!([{ "openOn": "2020-01-01", "rows": 0 }, { "openOn": "2025-03-05", "rows": 3 }]));
    assert_eq!(
        groups(&gateway, "filter: { urgent: { isNull: true } }", "rows youths").await,
        json!([{ "rows": 0, "youths": 0 }])
    );
}

#[tokio::test]
async fn no_bucket_is_filled_that_no_day_can_be_in() {
    let gateway = over(some()).await;
    let by = "groupBy: [STARTED_ON_YEAR, STARTED_ON_QUARTER, STARTED_ON_MONTH], fillBuckets: true, filter: { startedOn: { gte: \"2024-11-01\", lt: \"2025-05-01\" } }";
    let filled = groups(&gateway, by, "startedOnYear startedOnQuarter startedOnMonth rows").await;
    let start = |it: &Value, name: &str| it[name].as_str().map(|day| day[..7].to_owned());
    let filled: Vec<_> = filled
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| {
            ["startedOnYear", "startedOnQuarter", "startedOnMonth"].map(|name| start(it, name).unwrap_or_default())
        })
        .collect();
    let expected = [
        ["2024-01", "2024-10", "2024-11"],
        ["2024-01", "2024-10", "2024-12"],
        ["2025-01", "2025-01", "2025-01"],
        ["2025-01", "2025-01", "2025-02"],
        ["2025-01", "2025-01", "2025-03"],
        ["2025-01", "2025-04", "2025-04"],
    ];
    assert_eq!(filled, expected.map(|it| it.map(str::to_owned)));
    // The week of New Year is of both years.
    let by = "groupBy: [STARTED_ON_WEEK, STARTED_ON_YEAR], fillBuckets: true, filter: { startedOn: { gte: \"2024-12-23\", lt: \"2025-01-12\" } }";
    assert_eq!(groups(&gateway, by, "startedOnWeek").await.as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_table_with_a_cell_of_few_youths_is_not_publishable() {
    let stays = (0..20).map(|id| stay(id, id % 12, "2025-01-10").with("urgent", i64::from(id % 12 < 2)));
    let gateway = over(stays).await;
    let publishable = async |arguments: &str| {
        let query = format!("{{ placementStatistics({arguments}) {{ publishable groups {{ rows }} }} }}");
        gateway.ask(&provider(), &query).await.data()["placementStatistics"]["publishable"].clone()
    };
    assert_eq!(publishable("view: OWN").await, true, "twelve youths");
    for part in ["min", "max"] {
        let query = format!("{{ placementStatistics {{ publishable groups {{ closedDays {{ sum {part} }} }} }} }}");
        let reply = gateway.ask(&provider(), &query).await;
        assert_eq!(reply.data()["placementStatistics"]["publishable"], false, "{part} is one youth's own");
    }
    assert_eq!(publishable("groupBy: URGENT").await, false, "two of them");
    assert_eq!(
        publishable("groupBy: URGENT, first: 1, orderBy: { rows: DESC }").await,
        false,
        "also where they are cut off"
    );
    assert_eq!(
        publishable("groupBy: STARTED_ON_MONTH, fillBuckets: true, filter: { startedOn: { gte: \"2024-12-01\" } }")
            .await,
        true
    );
}

#[tokio::test]
async fn a_table_of_few_persons_is_not_publishable_where_it_shows_their_number() {
    let report =
        |id: i64, occupied: i64| Row::of(dataset("CapacityReport")).with("id", id).with("occupied_places", occupied);
    let gateway = over([report(1, 12), report(2, 14)]).await;
    let query = "{ all: capacityReportStatistics { publishable groups { rows occupiedPlaces { sum average median min } } } \
                   some: capacityReportStatistics(filter: { occupiedPlaces: { lt: 13 } }) { publishable groups { contractedPlaces { sum } } } }";
    let reply = gateway.ask(&provider(), query).await;
    assert_eq!(
        (&reply.data()["all"]["publishable"], &reply.data()["some"]["publishable"]),
        (&json!(true), &json!(false)),
        "rows that are picked by a number of persons tell it"
    );
    let few = over([report(1, 12), report(2, 4)]).await.ask(&provider(), query).await;
    assert_eq!((&few.data()["all"]["publishable"], &few.data()["some"]["publishable"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn a_youth_in_several_sources_counts_once_in_every_grouping() {
    let source = |name: &str, region: &str| {
        let rows =
            [stay(1, 1, "2025-01-10"), stay(2, 2, "2025-02-10")].map(|row| row.with("region", region.to_owned()));
        SourceSetup::of_provider(name, "ALMATA").rows(rows)
    };
    let gateway = Gateway::over([source("a", "JZ36"), source("b", "JZ34"), source("c", "JZ01")]).await;
    let youths = async |arguments: &str| {
        column(&groups(&gateway, arguments, "youths rows").await, "youths").into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(youths("view: OWN").await, [2]);
    assert_eq!(youths("groupBy: SUPRA_REGION").await, [2, 2]);
    assert_eq!(youths("groupBy: [SUPRA_REGION, STARTED_ON_MONTH]").await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn groups_link_on_as_rows_do_and_come_by_get_too() {
    let gateway = over(some()).await;
    let query = "{ placementStatistics(groupBy: REGION) { groups { region { name placements(first: 1) { totalCount } } rows } } }";
    let expected = json!([{ "region": { "name": "West Brabant West", "placements": { "totalCount": 5 } }, "rows": 5 }]);
    assert_eq!(gateway.ask(&provider(), query).await.data()["placementStatistics"]["groups"], expected);
    let token = gateway.token(&provider()).unwrap_or_default();
    let got = gateway.client().get(gateway.url()).bearer_auth(token).query(&[("query", query)]);
    assert_eq!(gateway.send(got).await.data()["placementStatistics"]["groups"], expected);
}

#[tokio::test]
async fn public_tables_group_by_what_is_open_alone() {
    let gateway = over([Row::of(dataset("CapacityReport")).with("contracted_places", 7)]).await;
    let query = "{ capacityReportStatistics(groupBy: [REPORTED_ON_WEEK, PROVIDER]) { groups { reportedOnWeek providerCode contractedPlaces { max } } } }";
    let expected =
        json!([{ "reportedOnWeek": "2025-01-13", "providerCode": "ALMATA", "contractedPlaces": { "max": 7 } }]);
    let reply = gateway.ask(&As::public(), query).await;
    assert_eq!(reply.data()["capacityReportStatistics"]["groups"], expected);
    let above = query.replace("contractedPlaces", "occupiedPlaces");
    assert_eq!(gateway.ask(&As::public(), &above).await.code(), "GRAPHQL_VALIDATION_FAILED");
}
