//! Releases are made of complete sources, once, when their period is closed, all or nothing; and are read as they were
//! made.

mod revisions;

use std::{fs, path::Path, sync::Arc};

use regiograph::{
    app::{App, Foundation, World, commands},
    clock::Clock,
    config::Config,
    demo::{Generate, generate},
    query::Holder,
    release::{Area, CellId, Counted, Issue, Released},
};
use regiograph_tests::{
    gateway::{Gateway, SourceSetup},
    row::{dataset, execute, placements},
};

fn sources() -> [SourceSetup; 2] {
    [
        SourceSetup::of_provider("almata", "ALMATA").rows(placements(1..70)),
        SourceSetup::of_provider("horizon", "HORIZON").rows(placements(40..160)),
    ]
}

async fn released(gateway: &Gateway, id: &str) -> Arc<Released> {
    let releases = gateway.releases().await;
    Arc::clone(releases.by_id(id).expect("it was made"))
}

async fn refused(gateway: &Gateway, period: &str) -> String {
    gateway.release(&[period]).await.expect_err("it is refused")
}

fn country(counted: Counted) -> CellId {
    CellId { counted, area: Area::Country, month: None, by: None }
}

#[tokio::test]
async fn a_release_counts_all_rows_of_all_sources_and_each_youth_once() {
    let gateway = Gateway::over(sources()).await;
    let made = gateway.release(&["2025Q4"]).await.expect("all sources answer");
    assert_eq!((&*made[0].id, made[0].sources), ("2025Q4", 2));
    let release = released(&gateway, "2025Q4").await;
    let placement = dataset("Placement");
    assert_eq!(made[0].shown, release.datasets.iter().map(|it| release.cells(it).len()).sum::<usize>());
    let begun = release.cell(placement, &country(Counted::Begun)).expect("159 youths are a crowd");
    assert!(begun.youths.abs_diff(159) <= 9 && begun.youths % 5 == 0, "{begun:?}");
    let open = release.cell(placement, &country(Counted::Open)).expect("80 youths are a crowd");
    assert!(open.youths.abs_diff(80) <= 9, "{open:?}");
    let holders: Vec<_> = release.sources.iter().map(|it| (&*it.name, it.holder.clone())).collect();
    let provider = |code: &str| Holder::Provider(code.into());
    assert_eq!(holders, [("almata", provider("ALMATA")), ("horizon", provider("HORIZON"))]);
}

#[tokio::test]
async fn the_same_rows_are_released_alike() {
    let (one, other) = (Gateway::over(sources()).await, Gateway::over(sources()).await);
    for gateway in [&one, &other] {
        gateway.release(&["2025Q3", "2025Q4"]).await.expect("all sources answer");
    }
    let (one, other) = (released(&one, "2025Q4").await, released(&other, "2025Q4").await);
    let placement = dataset("Placement");
    assert!(!one.cells(placement).is_empty());
    assert_eq!(one.cells(placement), other.cells(placement));
}

#[tokio::test]
async fn a_period_that_is_not_closed_says_when_it_will_be() {
    let gateway = Gateway::over(sources()).await;
    assert_eq!(refused(&gateway, "2026Q4").await, "2026Q4 is not closed: its release can be made from 2027-01-31 on");
    assert_eq!(refused(&gateway, "2026").await, "2026 is not closed: its release can be made from 2027-01-31 on");
    gateway.wait(70 * 24 * 3_600);
    gateway.release(&["2026Q4", "2026"]).await.expect("it is the last day of January");
    assert_eq!(gateway.releases().await.list().len(), 2);
}

#[tokio::test]
async fn a_period_is_released_once() {
    let gateway = Gateway::over(sources()).await;
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    let before = released(&gateway, "2025Q4").await;
    let late = "UPDATE placement SET started_on = '2025-12-01', ended_on = NULL";
    execute(&gateway.file("almata"), late);
    let words = "2025Q4 is released already: what corrects it is a version of its own, which `--revision` makes";
    assert_eq!(refused(&gateway, "2025Q4").await, words);
    assert_eq!(gateway.release(&["2025Q3", "2025Q4"]).await.expect_err("all or nothing"), words);
    let releases = gateway.releases().await;
    assert_eq!(releases.list().len(), 1);
    assert_eq!(releases.list()[0].cells(dataset("Placement")), before.cells(dataset("Placement")));
}

#[tokio::test]
async fn a_source_that_does_not_answer_stops_the_release_and_leaves_nothing() {
    let gateway = Gateway::over(sources()).await;
    let (file, away) = (gateway.file("horizon"), gateway.folder().join("away"));
    fs::rename(&file, &away).expect("files can be moved");
    let said = refused(&gateway, "2025Q4").await;
    assert_eq!(said, "source `horizon`, Referral: could not be reached; a release takes complete sources");
    assert!(gateway.releases().await.list().is_empty());
    fs::rename(&away, &file).expect("files can be moved");
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
}

#[tokio::test]
async fn what_cannot_be_read_stops_the_release_with_source_dataset_and_field() {
    for (change, told) in [
        (
            "UPDATE placement SET started_on = 'zzz' WHERE id = 41",
            "Placement: 120 rows; placement.started_on has 1 values",
        ),
        ("UPDATE placement SET urgent = 'often' WHERE id = 41", "Placement: 120 rows; placement.urgent has 1 values"),
        (
            "UPDATE placement SET youth_key = 'Y-41' WHERE id = 41",
            "Placement: gave no answer that can be read: placement.youth_key",
        ),
        ("ALTER TABLE placement DROP COLUMN outflow", "Placement: 120 rows; placement.outflow is missing"),
    ] {
        let gateway = Gateway::over(sources()).await;
        execute(&gateway.file("horizon"), change);
        let said = refused(&gateway, "2025Q4").await;
        assert!(said.starts_with("source `horizon`") && said.contains(told), "{said}");
        assert!(!said.contains("zzz") && !said.contains("often") && !said.contains("Y-41"), "{said}");
        assert!(gateway.releases().await.list().is_empty());
    }
}

#[tokio::test]
async fn a_release_of_other_sources_says_so_by_its_name() {
    let gateway = Gateway::over(sources()).await;
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    let release = released(&gateway, "2025Q4").await;
    let of = |gateway: &Gateway| release.is_of(gateway.sources(), dataset("Placement")).map_err(|it| it.to_string());
    assert_eq!(of(&gateway), Ok(()));
    let told = "release `2025Q4` was made with other sources of Placement than there are now".to_owned();
    let [almata, horizon] = sources();
    let fewer = Gateway::over([almata]).await;
    assert_eq!(of(&fewer), Err(told.clone()));
    let moved = Gateway::over([horizon, SourceSetup::of_provider("almata", "JHF")]).await;
    assert_eq!(of(&moved), Err(told));
    let [almata, horizon] = sources();
    let without = Gateway::over([almata.holding(&[dataset("Incident")]), horizon]).await;
    assert!(of(&without).is_err());
    assert!(release.is_of(without.sources(), dataset("Incident")).is_ok());
}

#[tokio::test]
async fn a_release_that_was_touched_while_serving_is_served_no_more() {
    let gateway = Gateway::over(sources()).await;
    gateway.release(&["2025Q3", "2025Q4"]).await.expect("all sources answer");
    assert_eq!(gateway.releases().await.list().len(), 2);
    execute(&gateway.store(), "UPDATE release_cell SET youths = youths + 5 WHERE place = 0 AND \"release\" = '2025Q4'");
    let releases = gateway.releases().await;
    assert_eq!(releases.unverified(), ["2025Q4".into()]);
    assert_eq!(releases.list().iter().map(|it| &*it.id).collect::<Vec<_>>(), ["2025Q3"]);
}

/// A configuration of two sources, with their folder as the folder of the store and the keys.
fn configured(folder: &Path) -> Foundation {
    let made = generate(Generate { dir: folder, sources: 2, rows: 300, whole: false }).expect("the folder takes files");
    let mut foundation = Foundation::read(Some(&made.config), World::real()).expect("the configuration holds");
    foundation.config.data_dir = folder.to_owned();
    foundation
}

/// The demonstration in a folder, on a day.
fn demonstration(folder: &Path, day: &str) -> Foundation {
    let moment = format!("{day}T12:00:00Z").parse().expect("tests name days");
    let world = World { clock: Clock::fixed(moment), ..World::real() };
    let mut foundation = Foundation::read(None, world).expect("the demonstration needs nothing");
    foundation.config = Config::within(folder);
    foundation
}

async fn start(foundation: &Foundation) -> Arc<App> {
    App::start(foundation.setup().expect("keys can be made")).await.expect("the gateway starts")
}

async fn ids(app: &App) -> Vec<String> {
    let releases = app.releases().releases().await.expect("the store can be read");
    releases.list().iter().map(|it| it.id.to_string()).collect()
}

#[tokio::test]
async fn the_command_release_makes_one_and_check_tells_whether_it_verifies() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let foundation = configured(folder.path());
    let checked = async || commands::check(&foundation).await.expect("the gateway can be made");
    assert!(checked().await.report.contains("\nreleases: none\n"));
    let said = commands::release(&foundation, "2024", Issue::First).await.expect("all sources answer");
    assert!(
        said.starts_with("release 2024: ") && said.ends_with(" cells are shown; 1 datasets of 2 sources\n"),
        "{said}"
    );
    for (period, why) in [("2024", "2024 is released already"), ("2024Q5", "--period 2024Q5"), ("9999", "not closed")] {
        let refused =
            format!("{:#}", commands::release(&foundation, period, Issue::First).await.expect_err("it is refused"));
        assert!(refused.contains(why), "{refused}");
    }
    let refused = commands::release(&foundation, "2024", Issue::Revision).await.expect_err("it is too soon");
    assert!(format!("{refused:#}").contains("its corrections wait for the next closing day"), "{refused:#}");
    let before = checked().await;
    assert!(before.report.contains("\nreleases: 1, verified\n"), "{}", before.report);
    let store = folder.path().join("store.sqlite");
    execute(&store, "UPDATE \"release\" SET sources = replace(sources, 'generated-1', 'generated-3')");
    let after = checked().await;
    assert!(after.report.contains("release `2024` does not verify"), "{}", after.report);
    assert_eq!(after.faults, before.faults + 1);
}

#[tokio::test]
async fn the_demonstration_comes_with_releases_of_its_closed_periods() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let foundation = demonstration(folder.path(), "2019-11-05");
    let app = start(&foundation).await;
    assert_eq!(commands::demonstrate(&foundation, &app).await.expect("its sources answer"), 3);
    assert_eq!(ids(&app).await, ["2019Q3", "2019Q2", "2019Q1"]);
    assert_eq!(commands::demonstrate(&foundation, &app).await.expect("its sources answer"), 0);
    let later = demonstration(folder.path(), "2020-02-01");
    let grown = start(&later).await;
    assert_eq!(commands::demonstrate(&later, &grown).await.expect("its sources answer"), 2);
    assert_eq!(ids(&app).await[..2], ["2019Q4", "2019"], "the first gateway sees them too");
    // Served over other sources, the made-up releases are gone; and real ones stay whatever comes.
    let real = configured(folder.path());
    let other = start(&real).await;
    assert!(ids(&other).await.is_empty());
    commands::release(&real, "2024", Issue::First).await.expect("all sources answer");
    let again = start(&later).await;
    assert_eq!(commands::demonstrate(&later, &again).await.expect("it goes without"), 0);
    assert_eq!(ids(&again).await, ["2024"]);
}
