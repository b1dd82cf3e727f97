//! What `keys` tells of keys, and what it makes.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use regiograph::demo::{Generate, generate};

use crate::printing::run;

fn said(config: &Path, arguments: &[&str]) -> String {
    let ended = run(config, arguments, true);
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap()
}

#[test]
fn keys_are_told_by_name_age_and_place_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 10, whole: false }).unwrap();
    let file = folder.path().join("data/master.key");
    assert!(said(&made.config, &["keys"]).contains("not made yet"));
    assert!(!file.exists(), "to look is not to make");

    let rotated = said(&made.config, &["keys", "rotate", "--overlap", "90d"]);
    assert!(
        rotated.contains("version 2 is used from the next start on; version 1 opens what it made until "),
        "{rotated}"
    );
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let keys: Vec<_> = text.split_whitespace().filter(|word| word.len() == 64).collect();
    assert_eq!((text.lines().count(), keys.len()), (2, 2), "one a line");

    let told = said(&made.config, &["keys"]);
    let of_master: Vec<_> = told.lines().filter(|line| line.starts_with("master")).collect();
    assert!(of_master.len() == 2 && of_master[0].contains("in use") && of_master[1].contains("opens until"), "{told}");
    for key in keys {
        assert!(!told.contains(&key[..8]) && !rotated.contains(&key[..8]), "a part of a key is told");
    }

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let told = said(&made.config, &["keys"]);
    assert!(told.contains("refused: ") && told.contains("chmod 600"), "{told}");
}

#[test]
fn the_secret_that_tokens_are_exchanged_with_is_among_them_without_an_id() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    write("client.secret", "a word that nobody is to read");
    write("node.key", &"5a17".repeat(16));
    let config = write(
        "regiograph.toml",
        "[[source]]\nname = \"far\"\nkind = \"node\"\ngateway = \"national\"\nurl = \"https://node.example\"\nkey_file = \"node.key\"\nholder = { region = \"JZ36\" }\n\
         datasets = [\"Referral\"]\ntoken_exchange = { endpoint = \"https://login.example/token\", client_id = \"gateway\", \
         client_secret_file = \"client.secret\" }\n",
    );
    let told = said(&config, &["keys"]);
    let row = told.lines().find(|line| line.starts_with("exchange far")).unwrap_or_else(|| panic!("{told}"));
    assert!(row.contains("in use") && row.contains("client.secret") && row.contains("at the issuer"), "{row}");
    assert!(!told.contains("nobody"), "{told}");
    fs::remove_file(folder.path().join("client.secret")).unwrap();
    assert!(said(&config, &["keys"]).contains("refused: "));
}
