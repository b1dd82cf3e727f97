//! Why a cell of a release is hidden is told to who may read all of its rows, and to nobody else, whatever the rows.

use std::{fs, ops::Range};

use regiograph::{
    app::{
        Foundation, World,
        commands::{self, Who},
    },
    demo::{Generate, generate},
    release::Issue,
};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset, execute},
};

const BY_REGION: &str =
    "{ placementStatistics(view: RELEASED, release: \"2025Q4\", groupBy: [REGION]) { groups { rows } } }";
const BY_SUPRA_REGION: &str =
    "{ consultationStatistics(view: RELEASED, release: \"2025Q4\", groupBy: [SUPRA_REGION]) { groups { rows } } }";

/// A table of one region's placements, by one dimension more.
fn of_region(region: &str, dimension: &str) -> String {
    format!(
        "{{ placementStatistics(view: RELEASED, release: \"2025Q4\", groupBy: [{dimension}], \
         filter: {{ region: {{ code: {{ eq: \"{region}\" }} }} }}) {{ groups {{ rows }} }} }}"
    )
}

/// A placement of November 2025 for each of these youths.
fn placed(youths: Range<i64>, region: &str, authorisation: &str) -> Vec<Row> {
    let row = |youth: i64| {
        Row::of(dataset("Placement"))
            .with("id", youth)
            .with("youth", format!("youth-{youth}"))
            .with("started_on", format!("2025-11-{:02}", youth % 20 + 1))
            .with("region", region.to_owned())
            .with("authorisation", authorisation.to_owned())
            .with("urgent", i64::from(youth % 100 != 0))
    };
    youths.map(row).collect()
}

/// The same, of one youth again and again.
fn again(ids: Range<i64>, region: &str) -> Vec<Row> {
    placed(ids, region, "6.1.2").into_iter().map(|row| row.with("youth", "youth-again".to_owned())).collect()
}

fn consulted(youths: Range<i64>, region: &str) -> Vec<Row> {
    let row = |youth: i64| {
        Row::of(dataset("Consultation"))
            .with("id", youth)
            .with("youth", format!("youth-{youth}"))
            .with("requested_on", "2025-11-15".to_owned())
            .with("region", region.to_owned())
    };
    youths.map(row).collect()
}

async fn released() -> Gateway {
    let gateway = Gateway::over([
        SourceSetup::of_provider("almata", "ALMATA")
            .rows(placed(100..150, "JZ36", "6.1.2"))
            .rows(placed(200..204, "JZ36", "6.1.3"))
            .rows(placed(300..330, "JZ36", "6.1.4"))
            .rows(placed(400..404, "JZ34", "6.1.2"))
            .rows(placed(500..530, "JZ38", "6.1.2"))
            .rows(again(600..700, "JZ38"))
            .rows(consulted(1..4, "JZ36")),
        SourceSetup::of_provider("horizon", "HORIZON")
            .rows(placed(1100..1150, "JZ36", "6.1.2"))
            .rows(placed(1301..1303, "JZ36", "6.1.4"))
            .rows(placed(1500..1530, "JZ38", "6.1.2")),
    ])
    .await;
    gateway.release(&["2025Q4", "2025"]).await.expect("all sources answer");
    gateway
}

fn analyst(region: &str) -> As {
    As::role("region_analyst").of(region)
}

/// The cells that are told of, each with its reason.
fn told(plan: &str) -> Vec<&str> {
    plan.lines().filter_map(|line| line.strip_prefix("- ")).collect()
}

#[tokio::test]
async fn who_may_read_a_regions_rows_is_told_of_its_cells_and_of_no_other() {
    let gateway = released().await;
    let plan = gateway.explain(&analyst("JZ36"), &of_region("JZ36", "AUTHORISATION")).await;
    assert!(
        plan.contains("no source is asked\nrelease 2025Q4: 2025-10-01 to 2025-12-31, made on 2026-11-22"),
        "{plan}"
    );
    assert!(plan.contains("hidden, as the rows stand now:\n"), "{plan}");
    let reasons = told(&plan);
    for (value, reason) in [
        ("CLOSED", "too few youths remain beside it"),
        ("URGENT", "fewer than 10 youths"),
        ("CONDITIONAL", "too few youths would remain without some of its regions or one of its holders"),
        ("SUSPENDED", "no rows"),
    ] {
        let is_told = |line: &&str| line.starts_with(&format!("AUTHORISATION {value} ")) && line.ends_with(reason);
        assert!(reasons.iter().any(is_told), "{value}: {plan}");
    }
    let plan = gateway.explain(&analyst("JZ36"), BY_REGION).await;
    assert!(told(&plan).is_empty() && plan.contains("release 2025Q4"), "its own is shown: {plan}");
    let urgent = gateway.explain(&analyst("JZ36"), &of_region("JZ36", "URGENT")).await;
    assert!(told(&urgent).contains(&"URGENT true (yes): too few youths remain beside it"), "{urgent}");
    let plan = gateway.explain(&analyst("JZ34"), BY_REGION).await;
    assert_eq!(told(&plan).len(), 1, "{plan}");
    assert!(told(&plan)[0].starts_with("REGION JZ34 (") && plan.ends_with("fewer than 10 youths\n\n"), "{plan}");
    let plan = gateway.explain(&analyst("JZ38"), BY_REGION).await;
    assert!(told(&plan).len() == 1 && told(&plan)[0].starts_with("REGION JZ38 ("), "{plan}");
    assert!(plan.contains("rows are not shown: a few youths have most of them"), "{plan}");
    for region in ["JZ34", "JZ38", "JZ01"] {
        let plan = gateway.explain(&analyst("JZ36"), &of_region(region, "AUTHORISATION")).await;
        assert!(told(&plan).is_empty() && !plan.contains("hidden, as"), "{plan}");
    }
}

#[tokio::test]
async fn a_municipality_is_told_of_in_its_region_and_the_country_to_nobody() {
    let gateway = released().await;
    let query = "{ placementStatistics(view: RELEASED, groupBy: [MUNICIPALITY]) { groups { rows } } }";
    let plan = gateway.explain(&analyst("JZ36"), query).await;
    let reasons = told(&plan);
    assert!(!reasons.is_empty() && reasons.len() < 30, "{plan}");
    assert!(reasons.iter().all(|line| line.starts_with("MUNICIPALITY GM") && line.ends_with("no rows")), "{plan}");
    assert!(reasons.iter().any(|line| line.contains("GM0748")), "{plan}");
    for dimension in ["AUTHORISATION", "STARTED_ON_MONTH", "SUPRA_REGION"] {
        let query = of_region("JZ36", dimension);
        let query = query.replace("region: { code: { eq: \"JZ36\" } }", "");
        let plan = gateway.explain(&analyst("JZ36"), &query).await;
        assert!(plan.contains("release 2025Q4") && told(&plan).is_empty(), "{plan}");
    }
}

#[tokio::test]
async fn a_supra_region_is_told_of_to_who_may_read_the_rows_of_all_its_regions() {
    let gateway = released().await;
    let plan = gateway.explain(&As::role("placement_coordinator").of("ZW"), BY_SUPRA_REGION).await;
    let [line] = told(&plan)[..] else { panic!("one supra-region is its own: {plan}") };
    assert!(line.starts_with("SUPRA_REGION ZW (") && line.ends_with(": fewer than 10 youths"), "{plan}");
    let network = gateway.explain(&As::role("expertise_network").of("BEN"), BY_SUPRA_REGION).await;
    assert_eq!(told(&network), [line]);
    let plan = gateway.explain(&analyst("JZ36"), BY_SUPRA_REGION).await;
    assert!(told(&plan).is_empty(), "{plan}");
}

#[tokio::test]
async fn tables_care_relations_and_what_one_holds_are_no_right_to_reasons() {
    let gateway = released().await;
    let public = gateway.explain(&As::public(), BY_REGION).await;
    assert!(public.contains("why a cell is hidden is told only to who may read all rows of the cell"), "{public}");
    assert!(told(&public).is_empty());
    for (role, scope) in [
        ("coordinator", Some("ZW")),
        ("provider", Some("ALMATA")),
        ("ret_member", Some("JZ36")),
        ("placement_coordinator", Some("ZW")),
        ("certified_institution", Some("GI01")),
        ("ministry", None),
    ] {
        let caller = scope.map_or_else(|| As::role(role), |scope| As::role(role).of(scope));
        for query in [BY_REGION, &of_region("JZ36", "AUTHORISATION"), &of_region("JZ01", "AUTHORISATION")] {
            let public = gateway.explain(&As::public(), query).await;
            assert_eq!(gateway.explain(&caller, query).await, public, "{role}: {query}");
        }
    }
}

#[tokio::test]
async fn reasons_are_of_the_rows_as_they_stand_and_need_their_sources() {
    let gateway = released().await;
    let query = of_region("JZ36", "AUTHORISATION");
    execute(&gateway.file("almata"), "UPDATE placement SET authorisation = '6.1.2' WHERE authorisation = '6.1.3'");
    let plan = gateway.explain(&analyst("JZ36"), &query).await;
    assert!(told(&plan).iter().any(|it| it.starts_with("AUTHORISATION URGENT ") && it.ends_with("no rows")), "{plan}");
    let change = "UPDATE placement SET authorisation = '6.1.4' WHERE id > 1120";
    execute(&gateway.file("horizon"), change);
    let plan = gateway.explain(&analyst("JZ36"), &query).await;
    assert!(plan.contains("would be shown: the rows have changed since"), "{plan}");
    let others = gateway.explain(&As::role("provider").of("ALMATA"), &query).await;
    fs::remove_file(gateway.file("horizon")).expect("files can be removed");
    let plan = gateway.explain(&analyst("JZ36"), &query).await;
    assert!(plan.contains("no reason can be told: source `horizon`, Placement: could not be reached"), "{plan}");
    assert!(told(&plan).is_empty());
    assert_eq!(gateway.explain(&As::role("provider").of("ALMATA"), &query).await, others, "it asks nobody");
}

#[tokio::test]
async fn an_own_table_and_a_release_that_there_is_not_are_told_as_they_are() {
    let gateway = released().await;
    let own = BY_REGION.replace("view: RELEASED, release: \"2025Q4\"", "view: OWN");
    let plan = gateway.explain(&analyst("JZ36"), &own).await;
    assert!(plan.contains("granted by rule: R/indirect") && plan.contains("source almata"), "{plan}");
    let none = gateway.explain(&analyst("JZ36"), &BY_REGION.replace("2025Q4", "2024Q4")).await;
    assert!(none.contains("refused: argument \"release\" (2024Q4) names no release of Placement"), "{none}");
}

#[tokio::test]
async fn the_command_explain_reads_the_release_and_makes_no_secret_of_its_own() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let generated = Generate { dir: folder.path(), sources: 2, rows: 300, whole: false };
    let made = generate(generated).expect("the folder takes files");
    let mut foundation = Foundation::read(Some(&made.config), World::real()).expect("the configuration holds");
    foundation.config.data_dir = folder.path().to_owned();
    let secret = folder.path().join("disclosure.key");
    let query = "{ placementStatistics(view: RELEASED, groupBy: REGION) { groups { rows } } }".to_owned();
    let explain = async |who: &Who| commands::explain(&foundation, who, query.clone()).await.expect("it can be asked");
    let analyst = Who { region: Some("JZ01".to_owned()), ..Who::new("region_analyst") };
    assert!(explain(&analyst).await.contains("refused: there is no release of Placement"));
    assert!(!secret.exists());
    commands::release(&foundation, "2024", Issue::First).await.expect("all sources answer");
    let plan = explain(&analyst).await;
    assert!(plan.contains("release 2024: 2024-01-01 to 2024-12-31"), "{plan}");
    assert!(told(&plan).len() <= 1 && told(&plan).iter().all(|line| line.starts_with("REGION JZ01 (")), "{plan}");
    assert!(told(&explain(&Who::new("public")).await).is_empty());
    fs::rename(&secret, folder.path().join("away")).expect("files can be moved");
    let plan = explain(&analyst).await;
    assert!(plan.contains("no reason can be told: the disclosure secret is not here") && !secret.exists(), "{plan}");
}
