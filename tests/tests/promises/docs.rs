//! The pages of `docs/` say what the descriptors and the policy say, and the command `policy` says it too.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regiograph::{app::commands, policy::Policy};
use regiograph_tests::{matrix::POLICY, pages};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The pages that stand in a folder of `docs/`, as paths within it.
fn standing(folder: &str) -> BTreeSet<String> {
    let files = fs::read_dir(docs().join(folder)).into_iter().flatten().flatten();
    files.filter_map(|it| it.file_name().into_string().ok()).map(|it| format!("{folder}/{it}")).collect()
}

#[test]
fn the_pages_are_what_descriptors_and_policy_say() {
    let pages = pages::all(&Policy::embedded());
    let stray: Vec<_> =
        ["datasets", "roles"].iter().flat_map(|it| standing(it)).filter(|it| !pages.contains_key(it)).collect();
    if std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        for (path, text) in &pages {
            let path = docs().join(path);
            path.parent().map(fs::create_dir_all).transpose().expect("docs can be written");
            fs::write(&path, text).expect("docs can be written");
        }
        for path in &stray {
            fs::remove_file(docs().join(path)).expect("docs can be written");
        }
        return;
    }
    let stale = pages.iter().filter(|(path, text)| fs::read_to_string(docs().join(path)).ok().as_ref() != Some(text));
    let stale: Vec<_> = stale.map(|(path, _)| path).chain(&stray).collect();
    assert!(stale.is_empty(), "renew these pages with INSTA_UPDATE=always: {stale:?}");
}

#[test]
fn every_purpose_says_how_long_rows_are_kept_and_that_it_is_to_be_confirmed() {
    let policy = Policy::embedded();
    let page = &pages::all(&policy)["dpia.md"];
    for purpose in policy.purposes() {
        let kept = purpose.kept.as_deref().unwrap_or_else(|| panic!("`{}` does not say `kept`", purpose.name));
        let said = format!("{kept} (the policy's own rule, from no law: to be confirmed by the controllers)");
        assert!(page.contains(&said), "{}", purpose.name);
    }
    assert!(!page.contains("the policy does not say"));
    assert!(page.contains("5 years at least"), "as the configuration asks for");
}

#[test]
fn the_command_policy_prints_the_matrix_of_the_page() {
    let printed = commands::policy(&Policy::embedded(), None).expect("a matrix is always there");
    assert!(pages::all(&Policy::embedded())["policy.md"].contains(&printed), "{printed}");
    let title = "| role (claim) | referral, careEpisode | retCase | consultation, explanatoryAnalysis | placement | \
                 restraintMeasure, incident | educationArrangement | waitingTime, capacityReport, educationAgreement, \
                 recurringPattern | writes |";
    assert_eq!(printed.lines().next(), Some(title));
}

#[test]
fn another_policy_is_told_by_what_it_opens_and_closes() {
    let folder = tempfile::tempdir().expect("there is a place for files");
    let told = |text: &str| {
        let path = folder.path().join("other.toml");
        fs::write(&path, text).expect("the file can be written");
        commands::policy(&Policy::embedded(), Some(&path)).map_err(|it| it.to_string())
    };
    assert!(told(POLICY).is_ok_and(|it| it.ends_with("other.toml opens and closes nothing\n")));
    let opened = POLICY.replacen("placement = \"R/indirect\"", "placement = \"R/pseudonymous\"", 1);
    let opened = opened.replacen("referral = \"R/indirect\"\n", "", 1);
    let expected = "opens region_analyst: placement: rows of its region, up to pseudonymous, dates as months, was up to \
                    indirect (R/pseudonymous, was R/indirect)\n\
                    opens region_analyst: placement: the field youth\n\
                    closes region_analyst: referral: rows of its region, up to indirect, dates as months (R/indirect)\n\
                    closes region_analyst: referral: the fields id, region, municipality, ageBand, receivedOn, referrer, \
                    category, urgent, decidedOn, decision, updatedAt\n";
    assert_eq!(told(&opened), Ok(expected.to_owned()));
    assert!(told("version = 1").is_err_and(|it| it.contains("other.toml:1:")));
}
