//! The versions of a period's release, as they are asked for; and that a release says what it said, whatever the reference
//! data have come to say.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup},
    row::execute,
};
use serde_json::{Value, json};

use super::{beside::few, numbers, placement, query};

/// A quarter of a year, after which another quarter is closed.
const QUARTER: i64 = 92 * 24 * 3_600;

async fn table(gateway: &Gateway, arguments: &str) -> Reply {
    let fields = format!("regionCode supraRegionCode municipalityCode urgent {}", numbers(placement()));
    let asked = query(placement(), arguments, &fields).replace("{ id period }", "{ id period version }");
    gateway.ask(&As::public(), &asked).await
}

async fn which(gateway: &Gateway, arguments: &str) -> Value {
    table(gateway, arguments).await.data()["table"]["release"].clone()
}

/// A gateway with two versions of a quarter, and one of the quarter before.
async fn revised() -> Gateway {
    let gateway = Gateway::over(few()).await;
    gateway.release(&["2025Q4", "2025Q3"]).await.expect("all sources answer");
    execute(&gateway.file("almata"), "UPDATE placement SET started_on = '2025-12-01', ended_on = NULL");
    gateway.wait(QUARTER);
    gateway.revise("2025Q4").await.expect("another quarter is closed");
    gateway
}

#[tokio::test]
async fn a_period_stands_for_its_last_version_and_an_id_for_one() {
    let gateway = revised().await;
    let listed =
        gateway.ask(&As::public(), "{ releases { id period version cutOff } }").await.data()["releases"].clone();
    let brief: Vec<_> = listed.as_array().into_iter().flatten().map(|it| (&it["period"], &it["version"])).collect();
    let (fourth, third) = (json!("2025Q4"), json!("2025Q3"));
    assert_eq!(brief, [(&fourth, &json!(2)), (&fourth, &json!(1)), (&third, &json!(1))]);
    assert_eq!((&listed[0]["cutOff"], &listed[1]["cutOff"]), (&json!("2027-01-31"), &json!("2026-01-31")));
    let id = |place: usize| format!("release: {}", listed[place]["id"]);
    let cases = [
        (String::new(), 0),
        ("openOn: \"2025-12-31\"".into(), 0),
        ("release: \"2025Q4\"".into(), 0),
        ("release: \"2025Q4v2\"".into(), 0),
        ("release: \"2025Q4v1\"".into(), 1),
        ("release: \"2025Q3\"".into(), 2),
        (id(0), 0),
        (id(1), 1),
        (id(2), 2),
    ];
    for (arguments, place) in cases {
        let of = &listed[place];
        let told = json!({ "id": of["id"], "period": of["period"], "version": of["version"] });
        assert_eq!(which(&gateway, &arguments).await, told, "{arguments}");
    }
    for place in 0..2 {
        let node = format!("{{ node(id: {}) {{ ... on Release {{ version }} }} }}", listed[place]["id"]);
        let found = gateway.ask(&As::public(), &node).await;
        assert_eq!(found.data()["node"]["version"], listed[place]["version"]);
    }
    let (first, last) = (table(&gateway, "release: \"2025Q4v1\"").await, table(&gateway, "").await);
    assert_ne!(first.data()["table"]["groups"], last.data()["table"]["groups"], "all stay as they were made");
    let none = table(&gateway, "release: \"2025Q4v3\"").await;
    assert_eq!(none.code(), "BAD_USER_INPUT");
    let words = "argument \"release\" (2025Q4v3) names no release of Placement; \"releases\" lists those there are";
    assert_eq!(none.message(), words);
    let plan =
        gateway.explain(&As::public(), "{ placementStatistics(release: \"2025Q4v1\") { groups { rows } } }").await;
    assert!(plan.contains("release 2025Q4: 2025-10-01 to 2025-12-31, made on 2026-11-22, version 1"), "{plan}");
}

/// What reference data of another day would say: JZ34 has left its supra-region, GM0748 its region, and GM0014 is no
/// more; JZ99 is new.
const LATER: [&str; 4] = [
    "CREATE TRIGGER moved AFTER INSERT ON region WHEN new.code = 'JZ34' BEGIN \
     UPDATE region SET supra_region = 'NO' WHERE code = 'JZ34'; \
     INSERT INTO region SELECT 'JZ99', 'New', 'ZW', latitude, longitude FROM region WHERE code = 'JZ34'; END",
    "CREATE TRIGGER gone AFTER INSERT ON municipality WHEN new.code = 'GM0014' BEGIN \
     DELETE FROM municipality WHERE code = 'GM0014'; END",
    "CREATE TRIGGER left AFTER INSERT ON membership WHEN new.municipality = 'GM0748' BEGIN \
     UPDATE membership SET region = 'JZ01' WHERE code = new.code; END",
    "CREATE TRIGGER ended AFTER INSERT ON membership WHEN new.municipality = 'GM0014' BEGIN \
     DELETE FROM membership WHERE code = new.code; END",
];

/// Tables that the areas decide.
const BY_AREA: [&str; 12] = [
    "groupBy: REGION",
    "groupBy: SUPRA_REGION",
    "groupBy: MUNICIPALITY",
    "groupBy: SUPRA_REGION, openOn: \"2025-12-31\"",
    "groupBy: [SUPRA_REGION, URGENT]",
    "groupBy: MUNICIPALITY, filter: { region: { code: { eq: \"JZ36\" } } }",
    "groupBy: REGION, filter: { region: { supraRegion: { code: { eq: \"ZW\" } } } }",
    "filter: { region: { supraRegion: { code: { eq: \"ZW\" } } } }",
    "filter: { region: { supraRegion: { code: { eq: \"NO\" } } } }",
    "filter: { municipality: { code: { eq: \"GM0014\" } } }",
    "filter: { region: { code: { in: [\"JZ34\", \"JZ36\", \"JZ38\"] } } }",
    "filter: { region: { code: { eq: \"JZ99\" } } }",
];

#[tokio::test]
async fn reference_data_that_change_change_nothing_of_a_release() {
    let gateway = Gateway::over(few()).await;
    gateway.release(&["2025"]).await.expect("all sources answer");
    for change in LATER {
        execute(&gateway.store(), change);
    }
    // So that they are written anew.
    execute(&gateway.store(), "UPDATE reference_state SET digest = 'of another day'");
    let later = Setup::of(few()).store_of(&gateway).start().await;
    let regions = "{ regions(filter: { code: { eq: \"JZ34\" } }) { supraRegion { code } } }";
    let moved = async |gateway: &Gateway| gateway.ask(&As::public(), regions).await.data().to_string();
    assert!(moved(&gateway).await.contains("ZW") && moved(&later).await.contains("NO"), "they are others now");
    for arguments in BY_AREA {
        let (before, after) = (table(&gateway, arguments).await, table(&later, arguments).await);
        assert_eq!(after.text, before.text, "{arguments}");
    }
}
