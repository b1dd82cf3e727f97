//! A period has several versions, each with the areas that it was made with; and what was made before there were any is
//! the first.

use entities::{Dataset, Datum, by_name};

use super::*;
use crate::{
    reference::Reference,
    release::{geography_of, reference_of},
};

/// As releases were made before they had versions.
fn of_format_one(draft: Draft) -> Draft {
    let header = Header { format: 1, areas: None, code_lists: None, ..draft.header };
    Draft { header, ..draft }
}

/// The second release of the quarter.
fn revision() -> Draft {
    let draft = quarter();
    let header = Header { id: "2025Q4v2".into(), version: 2, ..draft.header };
    Draft { header, ..draft }
}

#[tokio::test]
async fn a_release_of_before_there_were_versions_is_the_first_and_cannot_be_said_to_be_another() {
    let changes = [
        ("SET version = 2", false),
        ("SET version = 0", false),
        ("SET format = 2", false),
        ("SET areas = '{}'", false),
        ("SET format = 2, areas = '{\"regions\":{},\"municipalities\":{}}', code_lists = '{}'", false),
        ("SET version = 1", true),
    ];
    for (change, verifies) in changes {
        let stored = Stored::new().await;
        stored.write(&[of_format_one(quarter())]).unwrap();
        let releases = stored.shelf().releases().await.unwrap();
        let release = releases.by_id("2025Q4").unwrap();
        assert_eq!((release.version, &release.areas), (1, &None));
        assert_eq!(release.vocabulary(vocabulary().dataset).dimensions, vocabulary().dimensions, "of this program");
        stored.change(&format!("UPDATE \"release\" {change} WHERE id = '2025Q4'"));
        assert_eq!(ids(&stored.shelf()).await.0.len(), usize::from(verifies), "{change}");
    }
}

/// What the format of before signed, byte by byte, is what it signs now.
#[test]
fn the_digest_of_the_first_format_is_what_it_was() {
    let mut digesting = Digesting::new(&of_format_one(quarter()).header).unwrap();
    let vocabulary = vocabulary();
    let (id, shown) = &cells()[0];
    digesting.line(&Line::of(vocabulary.dataset, &vocabulary.measures, id, shown));
    let text: String = digesting.done().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(text, "87b6a1cc39d6e193bed05abe0f2bb0f4edd29f235527b74a99253a221df22342");
    let formless = [
        Header { version: 2, ..of_format_one(quarter()).header },
        Header { format: 1, ..quarter().header },
        Header { format: 3, ..quarter().header },
        Header { version: 0, ..quarter().header },
        Header { areas: None, ..quarter().header },
    ];
    assert!(formless.iter().all(|header| Digesting::new(header).is_none()));
}

#[tokio::test]
async fn a_release_has_its_own_areas_whatever_the_reference_data_say() {
    let now = |supra_region: &'static str| {
        let row = |table: &'static Dataset| {
            let mut row = vec![Datum::Null; table.fields.len()];
            row[table.key()] = "JZ36".into();
            row[table.field("supra_region").unwrap()] = supra_region.into();
            vec![row.into_boxed_slice()]
        };
        let rows = |it: &'static Dataset| if it.name == "Region" { row(it) } else { Vec::new() };
        Reference::new(entities::reference::tables().iter().map(|it| (it, rows(it))))
    };
    let stored = Stored::new().await;
    stored.write(&[of_format_one(quarter()), revision()]).unwrap();
    let releases = stored.shelf().releases().await.unwrap();
    let (first, second) = (releases.by_id("2025Q4").unwrap(), releases.by_id("2025Q4v2").unwrap());
    let later = now("NO");
    assert_eq!(*geography_of(second, &later), geography());
    let region = |reference: &Reference, code: &str| {
        let table = reference.table("Region").unwrap();
        table.row(table.place(code).unwrap())[table.dataset.field("supra_region").unwrap()].clone()
    };
    let then = reference_of(second, &later);
    assert_eq!((region(then, "JZ36"), region(then, "JZ10")), (Datum::from("ZW"), Datum::Null));
    assert!(then.table("SupraRegion").unwrap().place("ZW").is_some());
    assert!(then.table("Municipality").unwrap().place("GM0748").is_some());
    assert_eq!(region(&later, "JZ36"), Datum::from("NO"), "for everything else they say what they say");
    // What kept none has those of now.
    assert_eq!(geography_of(first, &later).regions, [("JZ36".into(), Some("NO".into()))].into());
    assert!(std::ptr::eq(reference_of(first, &later), &raw const later));
}

#[tokio::test]
async fn a_period_has_its_versions_the_last_first_and_each_by_its_id() {
    let stored = Stored::new().await;
    stored.write(&[of_format_one(quarter()), draft("2025", ("2025-01-01", "2025-12-31"))]).unwrap();
    stored.write(&[revision()]).unwrap();
    assert_eq!(ids(&stored.shelf()).await.0, ["2025Q4v2", "2025Q4", "2025"]);
    let twice = Draft { header: Header { id: "2025Q4v3".into(), ..revision().header }, ..revision() };
    assert!(
        matches!(stored.write(&[twice]), Err(NotWritten::Standing(id)) if id == "2025Q4v3"),
        "a version is made once"
    );
    let (releases, placement) = (stored.shelf().releases().await.unwrap(), vocabulary().dataset);
    let named = |name| releases.by_name(name, placement).map(|it| (it.id.to_string(), it.version));
    for (name, id) in [("2025Q4", ("2025Q4v2", 2)), ("2025Q4v1", ("2025Q4", 1)), ("2025Q4v2", ("2025Q4v2", 2))] {
        assert_eq!(named(name), Some((id.0.to_owned(), id.1)), "{name}");
    }
    assert_eq!((named("2025Q4v3"), named("2025Q3"), named("")), (None, None, None));
    assert_eq!(releases.by_id("2025Q4").unwrap().version, 1, "an id stands for one version, for good");
    assert_eq!(releases.newest(placement, None).unwrap().version, 2);
    assert!(releases.by_name("2025Q4", by_name("Referral").unwrap()).is_none());
}
