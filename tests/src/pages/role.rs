//! The page of a role: its claim, what it may see of each dataset, and a token to try it with.

use entities::{Dataset, datasets};
use regiograph::{
    graphql::model::Model,
    policy::{PUBLIC, Part, Role, Scope},
};

use super::{Shown, codes, head, path_of, row, said, shown_from};
use crate::matrix::{INVESTIGATION, code};

pub(super) fn page(role: &Role, model: &Model) -> String {
    let mut sections = vec![facts(role), datasets_of(role), fields_of(role, model), token(role)];
    sections.retain(|it| !it.is_empty());
    format!("# {}\n\n{}", role.name, sections.join("\n"))
}

fn facts(role: &Role) -> String {
    let claim = role.claim.map_or_else(
        || "none".to_owned(),
        |claim| {
            let name = claim.name();
            format!("`{name}`, the code of a {}, such as `{}`", claim.table(), code(name))
        },
    );
    let purposes: Vec<_> = role.purposes().collect();
    let purposes = if purposes.is_empty() { "none".to_owned() } else { codes(purposes) };
    let mut facts = vec![("claim", claim), ("purposes", purposes)];
    if !role.acr.is_empty() {
        facts.push(("`acr` of its token", codes(role.acr.iter().map(|it| &**it))));
    }
    let releases = if role.releases { "all, as everyone who sees them" } else { "none" };
    facts.push(("releases (protected tables)", releases.to_owned()));
    if let Some(age) = role.stale {
        let words = format!("up to {} s old, where a source is away", age.as_secs());
        facts.push(("stale answers", words));
    }
    facts.push(("beside reading (later)", role.writes.as_deref().unwrap_or("nothing").to_owned()));
    head(&["", ""]) + &facts.iter().map(|(title, text)| row(&[title, text])).collect::<String>()
}

fn datasets_of(role: &Role) -> String {
    let mut text = "## What it may see\n\nReference data, plans and code lists, as everyone.\n\n".to_owned();
    let seen: Vec<_> = datasets().iter().filter(|it| !role.parts(it).is_empty()).collect();
    if seen.is_empty() {
        return text + "No row of any dataset.\n";
    }
    text += &head(&["dataset", "which rows, how far", "rule"]);
    for dataset in seen {
        for part in role.parts(dataset) {
            text += &row(&[&link(dataset), &said(role, part, dataset), &format!("`{}`", part.rule)]);
        }
    }
    text
}

fn link(dataset: &Dataset) -> String {
    format!("[{}](../{})", dataset.name, path_of(dataset))
}

/// The fields that each part shows, without the lists of linked rows; what no part shows is not in the role's schema.
fn fields_of(role: &Role, model: &Model) -> String {
    let mut text = String::new();
    for dataset in datasets() {
        let parts: Vec<_> = role.parts(dataset).iter().filter(|part| role.reads_by(part, dataset)).collect();
        for (place, part) in parts.iter().enumerate() {
            if place == 0 {
                text += &format!("### {}\n\n", dataset.name);
            }
            text += &format!("- On {}: {}\n", part.whose(dataset), fields(dataset, part, model));
        }
        if !parts.is_empty() {
            text.push('\n');
        }
    }
    if text.is_empty() { text } else { format!("## The fields that it sees\n\n{}\n", text.trim_end()) }
}

fn fields(dataset: &'static Dataset, part: &Part, model: &Model) -> String {
    let all = model.object(dataset.name).into_iter().flat_map(|object| object.fields.values());
    let seen = all.filter(|field| match shown_from(dataset, field) {
        Shown::From(described) => described.tier <= part.tier,
        Shown::Always => true,
        Shown::AsItsRows => false,
    });
    codes(seen.map(|field| field.name.as_str()))
}

fn token(role: &Role) -> String {
    if *role.name == *PUBLIC {
        return "## A token\n\nIt has none: whoever asks without a token is `public`.\n".to_owned();
    }
    let mut command = format!("cargo run --release -- token --role {}", role.name);
    if let Some(claim) = role.claim {
        let name = claim.name();
        command += &format!(" --{} {}", name.replace('_', "-"), code(name));
    }
    let mut text = format!("## A token\n\nOf the demonstration's own issuer:\n\n    {command}\n");
    if datasets().iter().flat_map(|it| role.parts(it)).any(|part| part.scope == Scope::Inquiry) {
        text += &format!("    {command} --purpose {INVESTIGATION}\n");
    }
    if let Some(scope) = role.token_scope() {
        text +=
            &format!("\nFederation routers look for `{scope}` in its `scope`; a real issuer's tokens carry it too.\n");
    }
    text
}
