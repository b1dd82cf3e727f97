//! What is wrong is said with file, line, key and source, by `check` and at start alike.

use std::{fs, path::Path};

use chrono::DateTime;

use super::*;
use crate::{
    app::World,
    clock::Clock,
    demo::{Generate, generate},
    telemetry::Telemetry,
};

const TROUBLED: &str = r#"
[[source]]
name = "missing"
kind = "sqlite"
path = "nowhere.sqlite"
holder = { region = "JZ99" }
datasets = ["Placement"]

[[source]]
name = "words"
kind = "sqlite"
path   = "words.txt"
holder = { network = "BEN" }
datasets = ["RetCase"]

[[source]]
name = "folder"
kind = "sqlite"
path = "."
holder = { network = "NOBODY" }
datasets = ["EducationArrangement"]

[[source]]
name = "drifted"
kind = "sqlite"
path = "drifted.sqlite"
holder = { provider = "ALMATA" }
datasets = ["Placement"]
"#;

const AUTH: &str = "[auth]\nissuer = \"https://login.example.org\"\naudience = \"regiograph\"\n\
                    public_key_file = \"issuer.pem\"\n";

fn world() -> World {
    let random = |bytes: &mut [u8]| {
        bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        Ok(())
    };
    World { clock: Clock::new(|| DateTime::UNIX_EPOCH), random, telemetry: Telemetry::new(random) }
}

/// A configuration with one good source; what is put before and after it, and files without meaning beside it.
fn foundation(folder: &Path, before: &str, after: &str) -> Foundation {
    let made = generate(Generate { dir: folder, sources: 1, rows: 5, whole: false }).unwrap();
    let text = fs::read_to_string(&made.config).unwrap();
    fs::write(&made.config, format!("{before}{text}{after}")).unwrap();
    fs::write(folder.join("words.txt"), "words, and no database").unwrap();
    fs::write(folder.join("drifted.sqlite"), "").unwrap();
    fs::write(folder.join("issuer.pem"), include_str!("../../auth/tests/p256.pem")).unwrap();
    Foundation::read(Some(&made.config), world()).unwrap()
}

/// The words without the folder's name, which differs from run to run.
fn without(folder: &Path, words: &str) -> String {
    words.replace(&format!("{}/", folder.display()), "")
}

#[tokio::test]
async fn check_says_what_is_wrong_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let checked = check(&foundation(folder.path(), "", TROUBLED)).await.unwrap();
    assert_eq!((checked.faults, checked.warnings), (8, 1), "{}", checked.report);
    let (_, sources) = checked.report.split_once('\n').unwrap();
    insta::assert_snapshot!(without(folder.path(), sources));
}

#[tokio::test]
async fn check_finds_nothing_where_nothing_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let checked = check(&foundation(folder.path(), AUTH, "")).await.unwrap();
    assert_eq!((checked.faults, checked.warnings), (0, 0));
    assert!(checked.report.ends_with("source `generated-1`: Placement: 5 rows\nall is as it should be\n"));
    let folder = tempfile::tempdir().unwrap();
    let checked = check(&foundation(folder.path(), "", "")).await.unwrap();
    assert_eq!((checked.faults, checked.warnings), (0, 1));
    assert!(checked.report.ends_with("nothing is wrong; 1 warning\n"), "{}", checked.report);
}

#[tokio::test]
async fn check_counts_the_rows_that_break_a_rule() {
    let folder = tempfile::tempdir().unwrap();
    let foundation = foundation(folder.path(), AUTH, "");
    let source = rusqlite::Connection::open(folder.path().join("generated-1.sqlite")).unwrap();
    let change = "UPDATE placement SET outflow = 'nowhere' WHERE id <= 2; \
                  UPDATE placement SET ended_on = date(started_on, '-1 day') WHERE id = 3;";
    source.execute_batch(change).unwrap();
    let checked = check(&foundation).await.unwrap();
    assert_eq!((checked.faults, checked.warnings), (0, 2), "{}", checked.report);
    for told in ["placement.outflow: 2 rows of CODE_UNKNOWN\n", "placement.ended_on: 1 row of ENDS_BEFORE_START\n"] {
        assert!(checked.report.contains(told), "{}", checked.report);
    }
}

#[tokio::test]
async fn a_start_tells_of_the_same_sources_in_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    let foundation = foundation(folder.path(), AUTH, TROUBLED);
    let app = App::start(foundation.setup().unwrap()).await.unwrap();
    let report = check(&foundation).await.unwrap().report;
    let troubles = troubles(&foundation, &app).await;
    assert_eq!(troubles.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["drifted", "folder", "missing", "words"]);
    for (name, words) in troubles {
        let start = if name == "drifted" { words.split(": does").next().unwrap() } else { &words };
        assert!(report.lines().any(|line| line.starts_with(start)), "{words}");
    }
    // Put right, it answers without another start.
    fs::remove_file(folder.path().join("words.txt")).unwrap();
    assert!(super::troubles(&foundation, &app).await[3].1.ends_with("words.txt cannot be opened: no such file"));
    let file = folder.path().join("drifted.sqlite");
    fs::copy(folder.path().join("generated-1.sqlite"), file).unwrap();
    let after = super::troubles(&foundation, &app).await;
    assert_eq!(after.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["folder", "missing", "words"]);
}
