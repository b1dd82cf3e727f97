//! What was written is read again, whole and as it was, or not at all.

mod versions;

use std::fs;

use entities::{Datum, by_name};
use migration::create_store;
use sea_orm::Database;
use tempfile::TempDir;

use super::*;
use crate::{
    query::Holder,
    release::{
        Area, Contributor, Counted, Geography, PublishedMeasure, Releases, Shelf,
        record::{to_areas, to_code_lists, to_sources},
    },
};

struct Stored {
    folder: TempDir,
    signer: Signer,
}

impl Stored {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.sqlite").display());
        let connection = Database::connect(url).await.unwrap();
        create_store(&connection).await.unwrap();
        connection.close().await.unwrap();
        let random = |bytes: &mut [u8]| {
            (1_u8..).zip(bytes).for_each(|(number, byte)| *byte = number);
            Ok(())
        };
        let signer = Signer::from_file_or_create(&folder.path().join("release.pem"), &random).unwrap();
        Self { folder, signer }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("store.sqlite")
    }

    fn write(&self, drafts: &[Draft]) -> Result<(), NotWritten> {
        write(&self.path(), drafts, &self.signer)
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(self.path(), self.signer.verifier())
    }

    fn change(&self, sql: &str) {
        assert!(open(&self.path()).unwrap().execute(sql, []).unwrap() > 0, "{sql}");
    }
}

fn contributor() -> Contributor {
    let datasets = vec!["Placement".into()];
    Contributor { name: "almata".into(), holder: Holder::Provider("ALMATA".into()), datasets }
}

fn draft(id: &str, (first, last): (&str, &str)) -> Draft {
    let header = Header {
        format: 2,
        id: id.into(),
        period: id.into(),
        version: 1,
        first_day: first.into(),
        last_day: last.into(),
        cut_off: "2026-01-31".into(),
        made_at: "2026-02-01T08:00:00Z".into(),
        program_version: "0.1.0".into(),
        sources: to_sources(&[contributor()]),
        datasets: r#"["Placement"]"#.into(),
        key_id: "00".into(),
        areas: Some(to_areas(&geography())),
        code_lists: Some(to_code_lists(std::iter::once(&vocabulary()))),
    };
    Draft { header, tables: vec![(vocabulary(), cells())] }
}

fn geography() -> Geography {
    Geography {
        regions: [("JZ10".into(), None), ("JZ36".into(), Some("ZW".into()))].into(),
        municipalities: [("GM0748".into(), "JZ36".into())].into(),
    }
}

fn quarter() -> Draft {
    draft("2025Q4", ("2025-10-01", "2025-12-31"))
}

fn vocabulary() -> Vocabulary {
    Vocabulary::of(by_name("Placement").unwrap())
}

fn cells() -> Vec<(CellId, Published)> {
    let Vocabulary { dataset, measures, .. } = vocabulary();
    let field = |name| dataset.field(name).unwrap();
    let areas = [
        Area::Country,
        Area::SupraRegion("ZW".into()),
        Area::Region("JZ36".into()),
        Area::Municipality("GM0748".into()),
    ];
    let by = [
        None,
        Some((field("authorisation"), Datum::from("CLOSED"))),
        Some((field("authorisation"), Datum::Null)),
        Some((field("urgent"), Datum::Bool(true))),
    ];
    let mut cells = Vec::new();
    for counted in [Counted::Begun, Counted::Open] {
        for area in areas.clone() {
            for (by, youths) in by.iter().cloned().zip([40_u32, 10, 15, 25]) {
                let month = (area == Area::Country && counted == Counted::Begun).then(|| "2025-11-01".parse().unwrap());
                let measure = PublishedMeasure { average: Some(20), median: (youths > 20).then_some(15), p90: None };
                let rows = (youths > 10).then_some(youths + 5);
                let shown = Published { youths, rows, measures: vec![measure; measures.len()].into() };
                cells.push((CellId { counted, area: area.clone(), month, by }, shown));
            }
        }
    }
    cells.sort_by(|a, b| a.0.cmp(&b.0));
    cells
}

async fn ids(shelf: &Shelf) -> (Vec<String>, Vec<String>) {
    let releases = shelf.releases().await.unwrap();
    let served = releases.list().iter().map(|it| it.id.to_string()).collect();
    (served, releases.unverified().iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn what_was_written_is_read_again() {
    let stored = Stored::new().await;
    let shelf = stored.shelf();
    assert_eq!(ids(&shelf).await, (vec![], vec![]));
    stored.write(&[draft("2025", ("2025-01-01", "2025-12-31")), quarter()]).unwrap();
    assert_eq!(ids(&shelf).await.0, ["2025Q4", "2025"], "it is seen without a new start, the newest first");
    let releases: std::sync::Arc<Releases> = shelf.releases().await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&releases, &shelf.releases().await.unwrap()), "and is read once");
    let placement = by_name("Placement").unwrap();
    let release = releases.by_id("2025Q4").unwrap();
    assert_eq!(release.cells(placement), cells());
    assert_eq!(release.areas.as_deref(), Some(&geography()));
    assert_eq!(release.vocabulary(placement).dimensions, vocabulary().dimensions);
    for (id, shown) in cells() {
        assert_eq!(release.cell(placement, &id), Some(&shown));
        let hidden = CellId { area: Area::Region("JZ01".into()), ..id };
        assert_eq!(release.cell(placement, &hidden), None);
    }
    assert_eq!((release.period.to_string(), &release.sources[..]), ("2025Q4".to_owned(), &[contributor()][..]));
    assert_eq!((release.made_at.timestamp(), release.cut_off.to_string()), (1_769_932_800, "2026-01-31".to_owned()));
    assert_eq!(*releases.newest(placement, Some(entities::Bucket::Year)).unwrap().id, *"2025");
    assert_eq!(*releases.newest(placement, None).unwrap().id, *"2025Q4");
    assert!(releases.newest(by_name("Referral").unwrap(), None).is_none());
}

#[tokio::test]
async fn a_release_that_was_touched_is_not_served() {
    let changes = [
        "UPDATE release_cell SET youths = youths + 5 WHERE place = 3",
        "UPDATE release_cell SET youths = 'many' WHERE place = 3",
        "UPDATE release_cell SET \"rows\" = NULL WHERE place = 3",
        "UPDATE release_cell SET measures = replace(measures, '20', '25') WHERE place = 3",
        "UPDATE release_cell SET area_code = 'JZ35' WHERE area_code = 'JZ36'",
        "UPDATE release_cell SET value = 'null' WHERE value = '\"CLOSED\"'",
        "UPDATE release_cell SET place = 1000 WHERE place = 3",
        "DELETE FROM release_cell WHERE place = 31",
        "INSERT INTO release_cell SELECT \"release\", 99, dataset, counted, 'region', 'JZ01', month, dimension, value, \
         youths, \"rows\", measures FROM release_cell WHERE \"release\" = '2025Q4' AND place = 3",
        "UPDATE \"release\" SET made_at = '2026-02-02T08:00:00Z' WHERE id = '2025Q4'",
        "UPDATE \"release\" SET sources = '[]' WHERE id = '2025Q4'",
        "UPDATE \"release\" SET signature = 'AAAA' WHERE id = '2025Q4'",
        "UPDATE \"release\" SET version = 2 WHERE id = '2025Q4'",
        "UPDATE \"release\" SET version = 'two' WHERE id = '2025Q4'",
        "UPDATE \"release\" SET format = 1 WHERE id = '2025Q4'",
        "UPDATE \"release\" SET format = 1, areas = NULL, code_lists = NULL WHERE id = '2025Q4'",
        "UPDATE \"release\" SET format = 3 WHERE id = '2025Q4'",
        "UPDATE \"release\" SET areas = replace(areas, 'ZW', 'NO') WHERE id = '2025Q4'",
        "UPDATE \"release\" SET areas = NULL WHERE id = '2025Q4'",
        "UPDATE \"release\" SET code_lists = replace(code_lists, 'CLOSED', 'OPEN') WHERE id = '2025Q4'",
        "UPDATE \"release\" SET code_lists = '{}' WHERE id = '2025Q4'",
    ];
    for change in changes {
        let stored = Stored::new().await;
        let shelf = stored.shelf();
        stored.write(&[quarter()]).unwrap();
        stored.write(&[draft("2025Q3", ("2025-07-01", "2025-09-30"))]).unwrap();
        assert_eq!(ids(&shelf).await.0, ["2025Q4", "2025Q3"]);
        let one = if change.starts_with("UPDATE release_cell") || change.starts_with("DELETE") {
            format!("{change} AND \"release\" = '2025Q4'")
        } else {
            change.to_owned()
        };
        stored.change(&one);
        let seen = (vec!["2025Q3".to_owned()], vec!["2025Q4".to_owned()]);
        assert_eq!(ids(&shelf).await, seen, "{change}");
        assert_eq!(ids(&stored.shelf()).await, seen, "{change}, after a new start");
    }
}

#[tokio::test]
async fn another_key_verifies_nothing() {
    let stored = Stored::new().await;
    stored.write(&[quarter()]).unwrap();
    let other = Signer::from_file_or_create(&stored.folder.path().join("other.pem"), &|_| Ok(())).unwrap();
    let shelf = Shelf::new(stored.path(), other.verifier());
    assert_eq!(ids(&shelf).await, (vec![], vec!["2025Q4".to_owned()]));
}

#[tokio::test]
async fn of_several_all_are_written_or_none() {
    let stored = Stored::new().await;
    stored.write(&[quarter()]).unwrap();
    let refused = stored.write(&[draft("2025Q3", ("2025-07-01", "2025-09-30")), quarter()]).unwrap_err();
    assert!(matches!(refused, NotWritten::Standing(id) if id == "2025Q4"));
    assert_eq!(ids(&stored.shelf()).await.0, ["2025Q4"]);
}

/// As the disk is when the process is killed: some of the cells are in the file, and their journal beside it.
#[tokio::test]
async fn a_release_that_is_stopped_half_way_leaves_nothing() {
    let (stored, killed) = (Stored::new().await, Stored::new().await);
    stored.write(&[draft("2025Q3", ("2025-07-01", "2025-09-30"))]).unwrap();
    let mut connection = open(&stored.path()).unwrap();
    connection.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1").unwrap();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let mut many = quarter();
    many.tables = (0..40).flat_map(|_| many.tables.clone()).collect();
    write_one(&transaction, &many, &stored.signer).unwrap();
    let size = |path: &Path| fs::metadata(path).unwrap().len();
    for name in ["store.sqlite", "store.sqlite-journal"] {
        fs::copy(stored.folder.path().join(name), killed.folder.path().join(name)).unwrap();
    }
    drop(transaction);
    assert!(size(&killed.path()) > size(&stored.path()), "a part was on disk");
    for left in [&stored, &killed] {
        assert_eq!(ids(&left.shelf()).await, (vec!["2025Q3".to_owned()], vec![]));
        let count = "SELECT count(*) FROM release_cell WHERE \"release\" = '2025Q4'";
        assert_eq!(open(&left.path()).unwrap().query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
        left.write(&[quarter()]).unwrap();
        assert_eq!(ids(&left.shelf()).await.0, ["2025Q4", "2025Q3"]);
    }
}
