//! The threat model names tests that there are.

use std::{fs, path::Path};

/// The names of tests that a text has: `file::test` in backticks.
fn named(text: &str) -> Vec<(&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|it| it.split_once("::")).collect()
}

/// The text of a file of promises and of all files in its folder.
fn source(file: &str) -> String {
    let promises = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/promises");
    let mut folders = vec![promises.join(file)];
    let mut text = fs::read_to_string(promises.join(format!("{file}.rs"))).unwrap_or_default();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text += &fs::read_to_string(path).unwrap_or_default();
            }
        }
    }
    text
}

#[test]
fn every_test_that_the_threat_model_rests_on_is_there() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/threat-model.md"));
    let page = page.expect("the page is there");
    let named = named(&page);
    assert!(named.len() > 20, "the page names {} tests", named.len());
    let absent: Vec<_> = named.iter().filter(|(file, test)| !source(file).contains(&format!("fn {test}("))).collect();
    assert!(absent.is_empty(), "the threat model names tests that are not there: {absent:?}");
}
