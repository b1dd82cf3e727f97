//! A release that stands is corrected by a version of its own: on purpose, seldom, and so that what differs tells of
//! nobody.

use std::{fs, ops::Range};

use regiograph::{
    query::Holder,
    release::{Area, CellId, Counted},
};
use regiograph_tests::{
    gateway::{Gateway, Setup, SourceSetup},
    row::{Row, dataset, execute, insert},
};

use super::{country, refused, released, sources};

/// A quarter of a year, after which another quarter is closed.
const QUARTER: i64 = 92 * 24 * 3_600;

#[tokio::test]
async fn a_revision_is_asked_for_has_something_to_say_and_waits_for_the_next_closing_day() {
    let gateway = Gateway::over(sources()).await;
    let said = async || gateway.revise("2025Q4").await.expect_err("it is refused");
    assert_eq!(said().await, "2025Q4 is not released yet: there is nothing to revise, leave out `--revision`");
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    let late = "UPDATE placement SET started_on = '2025-12-01', ended_on = NULL WHERE id % 2 = 0";
    execute(&gateway.file("almata"), late);
    let wait = "of the same sources by this program: its corrections wait for the next closing day, 2027-01-31";
    assert_eq!(said().await, format!("2025Q4 was made {wait}"));
    gateway.wait(QUARTER);
    let made = gateway.revise("2025Q4").await.expect("another quarter is closed");
    assert_eq!((&*made[0].id, made[0].sources), ("2025Q4v2", 2));
    let (first, second) = (released(&gateway, "2025Q4").await, released(&gateway, "2025Q4v2").await);
    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!((first.cut_off.to_string(), second.cut_off.to_string()), ("2026-01-31".into(), "2027-01-31".into()));
    assert_ne!(first.cells(dataset("Placement")), second.cells(dataset("Placement")));
    assert!(refused(&gateway, "2025Q4").await.starts_with("2025Q4v2 is released already"));
    gateway.wait(QUARTER);
    assert_eq!(said().await, "2025Q4v3 would be the same as the version before: nothing to revise");
    assert_eq!(gateway.releases().await.list().len(), 2);
}

#[tokio::test]
async fn other_sources_do_not_wait_for_a_closing_day() {
    let [almata, horizon] = sources();
    let gateway = Gateway::over([almata]).await;
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    let [almata, _] = sources();
    let more = Setup::of([almata, horizon]).store_of(&gateway).start().await;
    let made = more.revise("2025Q4").await.expect("nothing of it is served now");
    assert_eq!((&*made[0].id, made[0].sources), ("2025Q4v2", 2));
    assert!(more.revise("2025Q4").await.expect_err("they are the same now").contains("next closing day"));
    let (first, second) = (released(&more, "2025Q4").await, released(&more, "2025Q4v2").await);
    assert_eq!(first.cut_off, second.cut_off);
}

#[tokio::test]
async fn a_revision_that_is_stopped_leaves_the_version_before_alone() {
    let gateway = Gateway::over(sources()).await;
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    gateway.wait(QUARTER);
    let file = gateway.file("horizon");
    fs::rename(&file, gateway.folder().join("away")).expect("files can be moved");
    let said = gateway.revise("2025Q4").await.expect_err("it takes complete sources");
    assert!(said.contains("a release takes complete sources"), "{said}");
    let ids: Vec<_> = gateway.releases().await.list().iter().map(|it| it.id.to_string()).collect();
    assert_eq!(ids, ["2025Q4"]);
}

/// Referrals of November 2025 to a region, one of each of these youths.
fn referrals(region: &'static str, youths: Range<i64>) -> impl Iterator<Item = Row> {
    youths.map(move |youth| {
        Row::of(dataset("Referral"))
            .with("id", youth)
            .with("youth", format!("youth-{youth}"))
            .with("youth_key", youth * 7919)
            .with("received_on", "2025-11-05".to_owned())
            .with("region", region.to_owned())
    })
}

/// Three large regions, and two with so many youths.
fn regions(few: i64, none: i64) -> [SourceSetup; 5] {
    let source = |name, code: &'static str, youths| {
        SourceSetup::new(name, Holder::Region(code.into())).rows(referrals(code, youths))
    };
    [
        source("large", "JZ01", 1..61),
        source("larger", "JZ05", 101..171),
        source("largest", "JZ10", 201..291),
        source("few", "JZ36", 301..301 + few),
        source("none", "JZ34", 401..401 + none),
    ]
}

#[tokio::test]
async fn what_was_hidden_stays_so_until_it_is_a_crowd_twice_over() {
    let referral = dataset("Referral");
    let revised = Gateway::over(regions(9, 0)).await;
    revised.release(&["2025Q4"]).await.expect("all sources answer");
    insert(&revised.file("few"), &referrals("JZ36", 310..316).collect::<Vec<_>>());
    insert(&revised.file("none"), &referrals("JZ34", 401..431).collect::<Vec<_>>());
    revised.wait(QUARTER);
    revised.revise("2025Q4").await.expect("another quarter is closed");
    let at_once = Gateway::over(regions(15, 30)).await;
    at_once.release(&["2025Q4"]).await.expect("all sources answer");
    let region = |code: &str| CellId { area: Area::Region(code.into()), ..country(Counted::Begun) };
    let before = released(&revised, "2025Q4").await;
    let (after, fresh) = (released(&revised, "2025Q4v2").await, released(&at_once, "2025Q4").await);
    assert!(before.cell(referral, &region("JZ36")).is_none() && before.cell(referral, &region("JZ34")).is_none());
    assert!(fresh.cell(referral, &region("JZ36")).is_some(), "fifteen are a crowd to who saw nothing before");
    assert!(after.cell(referral, &region("JZ36")).is_none(), "and tell of nine to who did");
    assert_eq!(after.cell(referral, &region("JZ34")), fresh.cell(referral, &region("JZ34")));
    assert!(after.cell(referral, &region("JZ34")).is_some_and(|it| it.youths >= 20));
}
