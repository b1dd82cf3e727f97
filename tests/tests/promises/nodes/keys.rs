//! A key is between two programs, for one of them that asks: a start with a key that is used twice is refused.

use std::{fs, path::Path};

use regiograph::app::{Foundation, World};
use regiograph_tests::node::{KEY, key_file};

/// A source at a node of this name, asked with the key in this file.
fn source(name: &str, node: &str, key: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\nkind = \"node\"\nurl = \"https://{node}.example\"\ngateway = \"national\"\n\
         key_file = \"{key}/link.key\"\nholder = {{ provider = \"ALMATA\" }}\ndatasets = [\"Placement\"]\n"
    )
}

/// A gateway of this name that may ask, known by the key in this file.
fn gateway(name: &str, key: &str) -> String {
    format!("[[gateway]]\nname = \"{name}\"\nkey_file = \"{key}/link.key\"\nsources = [\"a\"]\n")
}

/// Why a program with this configuration does not start.
fn refused(folder: &Path, text: &str) -> Option<String> {
    let file = folder.join("regiograph.toml");
    fs::write(&file, format!("data_dir = \"{}\"\n{text}", folder.display())).expect("the folder takes files");
    let foundation = Foundation::read(Some(&file), World::real()).expect("the configuration holds");
    foundation.setup().map(|_| ()).err().map(|error| error.to_string())
}

#[test]
fn a_key_that_is_used_twice_stops_the_start_and_is_said_where_and_not_shown() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    // The second file holds the key of the first, the third another.
    for (name, key) in [("one", KEY.to_owned()), ("copy", KEY.to_owned()), ("other", KEY.replace("f0", "e0"))] {
        fs::create_dir(folder.path().join(name)).expect("the folder takes folders");
        let _ = key_file(&folder.path().join(name), &key);
    }
    let is_refused = |text: String, whose: &str, other: &str| {
        let reason = refused(folder.path(), &text).unwrap_or_default();
        let said = format!("{whose}: key_file: it holds the key of {other} too");
        assert!(reason.contains(&said) && reason.contains("regiograph.toml:"), "{reason}");
        assert!(!reason.contains(KEY) && !reason.contains("e0f1"), "{reason}");
    };
    let here = source("a", "node", "other");
    is_refused(
        here.clone() + &gateway("first", "one") + &gateway("second", "copy"),
        "gateway `second`",
        "gateway `first`",
    );
    is_refused(source("a", "node", "one") + &gateway("first", "copy"), "source `a`", "gateway `first`");
    is_refused(
        source("a", "node", "one") + &source("b", "another", "copy"),
        "source `b`",
        "source `a`, which is at another node",
    );
    let two_of_one = source("a", "node", "one") + &source("b", "node", "copy");
    for good in [two_of_one, here + &gateway("first", "one")] {
        assert_eq!(refused(folder.path(), &good), None);
    }
}
