//! What is wrong is said with file, line, key and source, by `check` and at start alike.

use std::{fs, path::Path};

use chrono::DateTime;

use entities::{Datum, by_name};

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

const AUTH: &str = "[[issuer]]\nissuer = \"https://login.example.org\"\naudience = \"regiograph\"\n\
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
    let lines: Vec<_> = checked.report.lines().collect();
    assert!(lines.contains(&"source `generated-1`: Placement: 5 rows"), "{}", checked.report);
    assert!(lines.iter().any(|line| line.starts_with("| Placement | generated-1 | 5 | 20")), "{}", checked.report);
    assert_eq!(lines.last(), Some(&"all is as it should be"));
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

/// The warehouse of the worked example, with the traps of its codes in it.
const WAREHOUSE: &str = "
    CREATE TABLE jeugdige (nr integer PRIMARY KEY, pseudoniem text, gemeente text);
    CREATE TABLE verzoek (verzoek_nr integer PRIMARY KEY, jeugdige_nr integer, ontvangen text, verwijzer text,
        spoed text, besluit_datum text, besluit text, gewijzigd text);
    CREATE TABLE cbs_traject (volgnummer integer PRIMARY KEY, pseudoniem text, hulpvorm text, verwijzer text,
        datum_aanvang_jeugdhulp text, datum_einde_jeugdhulp text, reden_beeindiging_jeugdhulp text, minuten integer,
        datum_aanlevering text);
    INSERT INTO jeugdige VALUES (1, 'a', '0748'), (2, 'b', NULL);
    INSERT INTO verzoek VALUES
        (1, 1, '20230600', '08', 'J', '05-07-2023', 'T', '2023-07-05 23:59:59'),
        (2, 2, '20230615', '07', 'N', NULL, 'X', '2023-06-15T08:00:00');
    WITH RECURSIVE n(it) AS (SELECT 1 UNION ALL SELECT it + 1 FROM n WHERE it < 12)
        INSERT INTO cbs_traject SELECT it, 'a', '04', '07', '20230000', '20231231', '03', 150, '20240115' FROM n;
    INSERT INTO cbs_traject VALUES (13, 'c', '04', '02', '99999999', '', '31', NULL, '20240115');";

#[tokio::test]
async fn the_worked_example_is_read_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("regiograph.toml");
    fs::write(&file, include_str!("../../../../examples/warehouse/regiograph.toml")).unwrap();
    let warehouse = rusqlite::Connection::open(folder.path().join("warehouse.sqlite")).unwrap();
    warehouse.execute_batch(WAREHOUSE).unwrap();
    let without_key = Foundation::read(Some(&file), world()).unwrap().setup().map(|_| ()).unwrap_err().to_string();
    assert!(without_key.starts_with("keys.youth_key_file: cannot read "), "{without_key}");
    let key = folder.path().join("youth.key");
    crate::secret_file::read_or_create(&key, || Ok("0123456789abcdef".repeat(4))).unwrap();
    let foundation = Foundation::read(Some(&file), world()).unwrap();
    let checked = check(&foundation).await.unwrap();
    insta::assert_snapshot!(without(folder.path(), checked.report.split_once('\n').unwrap().1));

    let app = App::start(foundation.setup().unwrap()).await.unwrap();
    let source = app.gateway.parts().sources.iter().next().unwrap();
    let read = async |name: &str, row: usize, fields: &[&str]| {
        let dataset = by_name(name).unwrap();
        let records = source.rows(Arc::new(Select::whole(dataset, 100))).await.unwrap();
        let value = |field: &&str| records[row].values[dataset.field(field).unwrap()].clone();
        fields.iter().map(value).collect::<Vec<_>>()
    };
    let day = |text: &str| Datum::Date(text.parse().unwrap());
    let fields = ["id", "received_on", "referrer", "municipality", "urgent", "decided_on", "decision", "updated_at"];
    // The first of all ids is 2, the request's; 3 comes from the delivery to CBS.
    let court = [2.into(), day("2023-06-01"), "08".into(), "GM0748".into(), true.into(), day("2023-07-05")];
    let court = court.into_iter().chain(["GRANTED".into(), day("2023-07-05")]).collect::<Vec<_>>();
    assert_eq!(read("Referral", 0, &fields).await, court);
    assert_eq!(read("Referral", 1, &fields[..3]).await, [3.into(), day("2023-01-01"), Datum::Null]);
    assert_eq!(read("Referral", 2, &fields[2..4]).await, [Datum::Null, Datum::Null]);
    let ended = read("CareEpisode", 0, &["end_reason", "planned_volume", "volume_unit", "started_on"]).await;
    assert_eq!(ended, ["32".into(), 3.into(), "04".into(), day("2023-01-01")]);
}
