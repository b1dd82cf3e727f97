//! What is agreed upon, written down: the schema of every role, how telling fields are, and the plans of some questions.
//! A change of any of them is to be looked at.

use std::collections::BTreeMap;

use entities::{Bucket, Kind};
use regiograph::graphql::schema::{Visible, model, sdl};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    matrix::{Matrix, POLICY},
    selection,
};

async fn gateway() -> Gateway {
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA"), SourceSetup::of_provider("horizon", "HORIZON")]).await
}

/// Everything that anyone can see, in full; and of every role what it sees beside what everyone does, in outline.
#[tokio::test]
async fn the_schema_of_every_role() {
    insta::assert_snapshot!("schema_of_all_roles", sdl(&model(&Visible::everything())).expect("the model is whole"));
    let gateway = gateway().await;
    let everyones = gateway.outline(&As::role("privacy_officer"));
    insta::assert_snapshot!("schema_of_everyone", everyones.join("\n"));
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for role in &Matrix::of(POLICY).role {
        let outline = gateway.outline(&role.someone());
        let all = gateway.sdl(&role.someone());
        let text = match seen.get(&all) {
            Some(other) => format!("the same as the schema of {other}\n"),
            None => outline.into_iter().filter(|it| !everyones.contains(it)).collect::<Vec<_>>().join("\n"),
        };
        let investigating = if role.purpose.is_some() { "_investigating" } else { "" };
        insta::assert_snapshot!(format!("schema_of_{}{investigating}", role.name), text);
        seen.entry(all).or_insert_with(|| role.name.clone());
    }
}

#[tokio::test]
async fn plans_ask_sources_that_can_match_and_show_no_value() {
    let gateway = gateway().await;
    let page = "{ placements(first: 10, orderBy: [{ startedOn: DESC }, { closedDays: ASC }], filter: { \
                  startedOn: { gte: \"2025-03-14\" }, unit: { location: { town: { eq: \"Ossendrecht\" } } } }) \
                  { totalCount nodes { id startedOn closedDays unit { name } youth { pseudonym } } } }";
    insta::assert_snapshot!("plan_of_a_provider", gateway.explain(&As::role("provider").of("ALMATA"), page).await);
    let months = page.replace("youth { pseudonym }", "urgent");
    insta::assert_snapshot!("plan_of_a_region", gateway.explain(&As::role("region_analyst").of("JZ36"), &months).await);
    let about = gateway.explain(&As::role("ret_member").of("JZ36"), &months).await;
    insta::assert_snapshot!("plan_of_a_care_relation", about);
    let reports = "{ capacityReports(last: 5, orderBy: { availablePlaces: ASC }, filter: { not: { availablePlaces: { lt: 3 } } }) \
                   { nodes { unit { code } availablePlaces } } viewer { role } }";
    insta::assert_snapshot!(
        "plan_with_two_tiers",
        gateway.explain(&As::role("region_analyst").of("JZ36"), reports).await
    );
}

#[tokio::test]
async fn a_schema_holds_no_type_that_cannot_be_got_to() {
    let gateway = Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).shown_to_the_public().start().await;
    for role in &Matrix::of(POLICY).role {
        let caller = role.someone();
        let sdl = gateway.sdl(&caller);
        let names = sdl.lines().filter_map(|line| {
            let (keyword, rest) = line.split_once(' ')?;
            let name = rest.split(' ').next()?;
            ["type", "input", "enum", "interface", "union", "scalar"].contains(&keyword).then_some(name)
        });
        let reply = gateway.ask(&caller, "{ __schema { types { name } } }").await;
        let types = reply.data()["__schema"]["types"].as_array().cloned().unwrap_or_default();
        for name in names {
            assert!(types.iter().any(|it| it["name"] == name), "{} cannot get to {name}", role.name);
        }
    }
}

/// How telling every field of every dataset is, as one table to be looked over.
#[test]
fn the_tiers_of_all_fields() {
    let kind = |kind: Kind| match kind {
        Kind::Code(list) => format!("code of {}", list.name),
        Kind::Codes(list) => format!("codes of {}", list.name),
        Kind::Reference(target) => format!("link to {target}"),
        Kind::Row(target) => format!("row of {target}"),
        Kind::Youth => "youth".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    let yes = |it: bool| if it { "yes" } else { "" };
    let mut table =
        "| field | kind | nullable | sorts | tier | tier of its day, week, month, quarter, year |\n".to_owned();
    table += &format!("|{}\n", "---|".repeat(6));
    for dataset in entities::datasets() {
        for field in &dataset.fields {
            let buckets = Bucket::ALL.map(|it| field.bucket_tier(it).name()).join(", ");
            let buckets = if field.kind == Kind::Date { buckets } else { String::new() };
            table += &format!(
                "| {}.{} | {} | {} | {} | {} | {buckets} |\n",
                selection::one(dataset),
                selection::camel(field.name),
                kind(field.kind),
                yes(field.nullable),
                yes(field.sorts),
                field.tier.name(),
            );
        }
    }
    insta::assert_snapshot!(table);
}
