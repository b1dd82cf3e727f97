//! Plans and published figures are shown as their sources print them: nothing is repaired, what was revised keeps its
//! earlier value, and every contradiction comes out of the published numbers again.

mod contradictions;

use std::collections::BTreeSet;

use regiograph_tests::{
    caller::As,
    gateway::{Setup, SourceSetup},
};
use serde_json::{Value, json};

async fn ask(query: &str) -> Value {
    let gateway = Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).shown_to_the_public().start().await;
    gateway.ask(&As::public(), query).await.data().clone()
}

fn items<'v>(value: &'v Value, list: &str) -> &'v [Value] {
    value[list].as_array().map_or(&[], Vec::as_slice)
}

fn texts<'v>(items: &'v [Value], member: &str) -> BTreeSet<&'v str> {
    items.iter().filter_map(|it| it[member].as_str()).collect()
}

#[tokio::test]
async fn the_public_reads_a_plan_with_targets_actions_milestones_and_budget() {
    let query = "{ plan(supraRegion: \"ZW\") { title citation published publishedOn budgetTotal supraRegion { name } \
                   targets { indicator value lower upper unit dueOn supraRegion { code } figure { citation } } \
                   actions { title cluster certainty note statuses { year status } } \
                   milestones { title challenge period dueOn } budget { kind title amount printed period paragraph } \
                   contradictions { stated recomputed } } \
                   supraRegion(code: \"ZW\") { plans { budgetTotal } } none: plan(supraRegion: \"XX\") { title } }";
    let data = ask(query).await;
    let plan = &data["plan"];
    assert_eq!((&plan["published"], &plan["publishedOn"]), (&json!("2024"), &Value::Null));
    assert_eq!((&plan["supraRegion"]["name"], &data["none"]), (&json!("Zuidwest"), &Value::Null));
    let targets = items(plan, "targets");
    let national = targets.iter().filter(|it| it["supraRegion"].is_null()).count();
    assert_eq!((targets.len(), national), (6, 3));
    let goal = json!({ "indicator": "doel gesloten plaatsen", "value": "0", "lower": 0.0, "upper": 0.0, "unit": "plaatsen",
                       "dueOn": "2030-12-31", "supraRegion": { "code": "ZW" },
                       "figure": { "citation": "Bovenregionaal plan Zuidwest, actualisatie 2024" } });
    assert!(targets.contains(&goal), "{targets:?}");
    let actions = items(plan, "actions");
    assert!(actions.len() == 13 && actions.iter().all(|it| items(it, "statuses").len() == 5));
    let waterfall = actions.iter().find(|it| it["title"] == "Waterval").expect("the plan has a waterfall");
    assert_eq!(waterfall["statuses"][0], json!({ "year": 2024, "status": "Inrichten fase 1" }));
    let unsure: Vec<_> = actions.iter().filter(|it| it["certainty"] == "UNCERTAIN").collect();
    assert!(
        unsure.len() == 2 && unsure.iter().all(|it| it["note"].is_string() && it["statuses"][0]["status"].is_null())
    );
    let milestones = items(plan, "milestones");
    assert_eq!((milestones.len(), &milestones[0]["dueOn"]), (52, &json!("2020-03-31")));
    assert_eq!(items(plan, "contradictions").len(), 2);
    assert_eq!(items(&data["supraRegion"], "plans")[0]["budgetTotal"], plan["budgetTotal"]);
}

#[tokio::test]
async fn the_lines_of_a_budget_add_up_to_the_printed_total() {
    let data = ask("{ plan(supraRegion: \"ZW\") { budgetTotal budget { kind title amount printed } } }").await;
    let budget = items(&data["plan"], "budget");
    let costs = budget.iter().filter(|it| it["kind"] == "COST");
    assert_eq!(costs.filter_map(|it| it["amount"].as_i64()).sum::<i64>(), 14_602_000);
    let total = budget.iter().find(|it| it["kind"] == "TOTAL").expect("the total is a line");
    assert_eq!((&total["amount"], &total["printed"]), (&data["plan"]["budgetTotal"], &json!("14602000")));
    assert_eq!(total["amount"], 14_602_000);
    let open: Vec<_> = budget.iter().filter(|it| it["amount"].is_null()).map(|it| &it["printed"]).collect();
    assert_eq!(open, [&json!("p.m."), &json!("p.m.")], "what has no amount is not nothing");
}

#[tokio::test]
async fn every_supra_region_has_a_plan_that_says_no_more_than_its_source() {
    let query = "{ plans { supraRegion { code } publishedOn budgetTotal actions { title } budget { title } \
                   targets { value } milestones { code } figures { code value } } figures { code } }";
    let data = ask(query).await;
    let plans = items(&data, "plans");
    let codes: Vec<_> = plans.iter().map(|it| &it["supraRegion"]["code"]).collect();
    assert_eq!(codes, ["NHN", "NO", "ZW"]);
    assert!(plans.iter().all(|it| items(it, "milestones").len() == 52));
    for plan in &plans[..2] {
        assert!(plan["budgetTotal"].is_null() && items(plan, "budget").is_empty() && items(plan, "actions").is_empty());
    }
    assert_eq!(plans[0]["publishedOn"], "2021-08-10");
    let shown: BTreeSet<_> = plans.iter().flat_map(|it| texts(items(it, "figures"), "code")).collect();
    let cited: BTreeSet<_> =
        texts(items(&data, "figures"), "code").into_iter().filter(|it| !it.starts_with("CBS-")).collect();
    assert_eq!((shown.len(), &shown), (78, &cited), "each cited figure stands in a plan");
}

#[tokio::test]
async fn figures_show_the_value_as_printed_and_the_bounds_that_it_gives() {
    let query = "{ figures(filter: { not: { citation: { startsWith: \"CBS StatLine\" } } }) { code indicator value lower upper \
                   approximate period periodStart periodEnd published publishedOn } \
                   cbs: figures(filter: { citation: { eq: \"CBS StatLine 82968NED\" } }) { value lower upper } }";
    let data = ask(query).await;
    let of = |code: &str| {
        let figure = items(&data, "figures").iter().find(|it| it["code"] == code).expect("the figure is published");
        json!([figure["value"], figure["lower"], figure["upper"], figure["approximate"]])
    };
    assert_eq!(of("NL-capaciteit-gesloten-plaatsen-2019"), json!([">900", 900.0, null, false]));
    assert_eq!(of("NL-bezetting-2019"), json!(["ca. 800", 800.0, 800.0, true]));
    assert_eq!(of("ZW-afname-gebruik-per-jaar-2026-2030"), json!(["2-3", 2.0, 3.0, false]));
    assert_eq!(of("ZW-inkoop-plaatsen-2030"), json!([null, null, null, false]), "the plan leaves it open");
    assert_eq!(of("NL-hybride-inzetbare-plekken-2025-03-31"), json!(["24%", null, null, false]));
    let latest = items(&data, "figures").iter().find(|it| it["code"] == "NL-bezetting-2025-06-30");
    let latest = latest.expect("the figure is published");
    assert_eq!([&latest["periodStart"], &latest["publishedOn"]], ["2025-06-30", "2025-10-28"], "both dates are kept");
    assert_eq!(items(&data, "cbs").len(), 104);
    let hidden: Vec<_> = items(&data, "cbs").iter().filter(|it| it["value"] == ".").collect();
    assert!(!hidden.is_empty() && hidden.iter().all(|it| it["lower"].is_null() && it["upper"].is_null()));
}

#[tokio::test]
async fn a_revised_figure_keeps_its_earlier_value() {
    let query = "{ figures(filter: { revises: { isNull: false } }) { code indicator value citation periodEnd \
                   revises { code value citation periodEnd revisions { code } } } }";
    let data = ask(query).await;
    let revised = items(&data, "figures");
    assert_eq!(revised.len(), 4);
    for figure in revised {
        let earlier = &figure["revises"];
        assert_eq!((&earlier["periodEnd"], &figure["periodEnd"]), (&json!("2022-12-31"), &json!("2022-12-31")));
        assert_eq!(earlier["citation"], "CBS longread jeugdbescherming 2022");
        assert!(earlier["value"] != figure["value"] && earlier["revisions"] == json!([{ "code": figure["code"] }]));
    }
    let total = revised.iter().find(|it| it["indicator"] == "Totaal, beginstand").expect("the total was revised");
    assert_eq!([&total["revises"]["value"], &total["value"]], ["29070", "29115"]);
}

#[tokio::test]
async fn a_plan_stands_in_the_schema_of_everyone_with_its_dutch_term() {
    let query = "{ __type(name: \"Plan\") { description fields { name description } } }";
    let data = ask(query).await;
    assert!(data["__type"]["description"].as_str().is_some_and(|it| it.contains("Dutch: bovenregionaal plan")));
    let names = texts(items(&data["__type"], "fields"), "name");
    let expected =
        ["actions", "budget", "budgetTotal", "contradictions", "figures", "milestones", "supraRegion", "targets"];
    assert!(expected.iter().all(|it| names.contains(it)), "{names:?}");
}
