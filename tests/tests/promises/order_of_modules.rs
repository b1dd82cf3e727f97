//! The modules of the program stand in the order of a request's way, and each uses only those below it; none knows what
//! it must not know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The program's sources.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src")
}

/// The modules, in the order in which `lib.rs` has them.
fn modules() -> Vec<String> {
    let text = fs::read_to_string(root().join("lib.rs")).expect("the program has a lib.rs");
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(ToOwned::to_owned).collect()
}

/// All files of a module without its tests.
fn files(module: &str) -> Vec<PathBuf> {
    let mut files = vec![root().join(format!("{module}.rs"))];
    let mut folders = vec![root().join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_test = path.file_stem().is_some_and(|it| it == "tests" || it == "fixture");
            match path.extension() {
                _ if is_test => {}
                Some(extension) if extension == "rs" => files.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    files
}

/// The lines of a file that are code and no test, with their numbers.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("the program's files can be read");
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| line.split("//").next().unwrap_or_default().to_owned());
    (1..).zip(lines).collect()
}

/// The modules that a file names after `crate::`, each with the line.
fn used(path: &Path) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut depth = None;
    for (number, line) in code(path) {
        let mut rest = line.as_str();
        loop {
            if let Some(open) = depth {
                // Within `use crate::{ ... }`: the names at its first level.
                let (names, left, deep) = group(rest, open);
                out.extend(names.into_iter().map(|name| (number, name)));
                (rest, depth) = (left, deep);
            }
            let Some((_, after)) = rest.split_once("crate::").filter(|_| depth.is_none()) else { break };
            rest = after;
            if let Some(inner) = after.strip_prefix('{') {
                (rest, depth) = (inner, Some(1));
            } else {
                out.push((number, word(after)));
            }
        }
    }
    out
}

fn word(text: &str) -> String {
    text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
}

/// The names at the first level of a group of which `depth` braces are open; what comes after it, or how many are open.
fn group(text: &str, mut depth: usize) -> (Vec<String>, &str, Option<usize>) {
    let (mut names, mut fresh) = (Vec::new(), true);
    for (place, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return (names, &text[place + 1..], None),
            '}' => depth -= 1,
            ',' => fresh = true,
            it if it.is_whitespace() => {}
            _ => {
                if depth == 1 && fresh {
                    names.push(word(&text[place..]));
                }
                fresh = false;
            }
        }
    }
    (names, "", Some(depth))
}

#[test]
fn every_module_uses_only_those_below_it() {
    let modules = modules();
    let place = |name: &str| modules.iter().position(|it| it == name);
    let mut wrong = Vec::new();
    let mut uses = 0;
    for module in &modules {
        for path in files(module) {
            for (line, name) in used(&path) {
                uses += 1;
                if place(&name).is_none_or(|other| Some(other) < place(module)) {
                    let file = path.strip_prefix(root()).unwrap_or(&path).display();
                    wrong.push(format!("api/src/{file}:{line}: {module} uses {name}, which stands above it"));
                }
            }
        }
    }
    assert!(uses > 100, "the uses were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_module_knows_what_it_must_not_know() {
    let mut wrong = Vec::new();
    for (module, unknown) in [
        ("federation", &["graphql", "auth::", "Caller", "Role", "rusqlite", "axum"][..]),
        ("source", &["graphql", "auth::", "Caller", "Role", "axum"]),
        ("query", &["graphql", "rusqlite", "axum", "Caller"]),
        ("policy", &["graphql", "rusqlite", "axum", "sqlite"]),
        ("opaque", &["graphql", "rusqlite", "axum", "sqlite"]),
        ("graphql", &["sqlite", "sea_orm", "sql::", "SELECT", "axum", "Authorization"]),
        ("http", &["rusqlite", "sea_orm", "federation", "entities", "SELECT"]),
    ] {
        for path in files(module) {
            for (line, text) in code(&path) {
                if let Some(word) = unknown.iter().find(|word| text.contains(**word)) {
                    let file = path.strip_prefix(root()).unwrap_or(&path).display();
                    wrong.push(format!("api/src/{file}:{line}: {module} knows of {word}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What makes releases, and a node for the releases of a gateway that it lets read for them; and `check` looks on.
#[test]
fn only_releases_are_made_from_all_rows() {
    let mut wrong = Vec::new();
    for module in modules().iter().filter(|it| !["release", "policy", "node"].contains(&it.as_str())) {
        for path in files(module) {
            for (line, text) in code(&path) {
                let asks = ["for_release", "OnBehalf::release"].iter().any(|it| text.contains(it));
                if asks || (module != "app" && text.contains("OnBehalf::inspection")) {
                    let file = path.strip_prefix(root()).unwrap_or(&path).display();
                    wrong.push(format!("api/src/{file}:{line}: {module} asks for a grant that no policy gives"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
