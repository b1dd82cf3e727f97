//! The pages of `docs/`: the policy, and one page for each dataset and role. Made from the descriptors, the schema that
//! they make and the policy file; knows nothing else, so that the pages stay true.

mod dataset;
mod dpia;
mod policy;
mod role;

use std::collections::BTreeMap;

use entities::{Dataset, datasets};
use regiograph::{
    graphql::model::Field,
    policy::{Part, Policy, Role},
};

use crate::{selection::camel, visible};

/// Stands at the head of every page.
const MADE: &str = "<!-- Made from descriptors and policy; a test compares it. \
                    `INSTA_UPDATE=always cargo test -p regiograph-tests docs` writes it anew. -->\n\n";

/// All pages by their path within `docs/`.
#[must_use]
pub fn all(program: &Policy) -> BTreeMap<String, String> {
    let model = visible::union();
    let of_datasets = datasets().iter().map(|it| (path_of(it), dataset::page(it, program, &model)));
    let of_roles = program.roles().iter().map(|it| (format!("roles/{}.md", it.name), role::page(it, &model)));
    let others =
        [("README.md", index(program)), ("policy.md", policy::page(program)), ("dpia.md", dpia::page(program))];
    let others = others.map(|(path, text)| (path.to_owned(), text));
    let pages = of_datasets.chain(of_roles).chain(others);
    pages.map(|(path, text)| (path, format!("{MADE}{}\n", text.trim_end()))).collect()
}

fn index(policy: &Policy) -> String {
    let mut text = "# Reference\n\n\
        What rows mean and who sees them. The schema itself, with a description of every type and field, is what \
        `regiograph sdl` prints and what the playground shows.\n\n\
        - [The policy matrix](policy.md)\n\
        - [Annex to a DPIA](dpia.md): which data on youths, to whom, why and how long\n\
        - [Threat model](threat-model.md), and [what to do when a key or token leaks](leaks.md)\n\
        - [Running it](operations.md), [sources of another schema](mapping.md)\n\n## Datasets\n\n| dataset | a row is |\n|---|---|\n"
        .to_owned();
    for dataset in datasets() {
        text += &row(&[&format!("[{}]({})", dataset.name, path_of(dataset)), dataset.doc]);
    }
    text += "\n## Roles\n\n| role | held for |\n|---|---|\n";
    for role in policy.roles() {
        let claim = role.claim.map_or("–", |claim| claim.table());
        text += &row(&[&format!("[{0}](roles/{0}.md)", role.name), claim]);
    }
    text
}

/// `datasets/ret_case.md`.
fn path_of(dataset: &Dataset) -> String {
    format!("datasets/{}.md", dataset.table)
}

/// What it takes to be shown a field of a dataset's type.
enum Shown {
    /// A grant on rows that reaches the tier of this column.
    From(&'static entities::Field),
    /// Any grant on rows.
    Always,
    /// A grant on the rows of another dataset that link here.
    AsItsRows,
}

fn shown_from(dataset: &'static Dataset, field: &Field) -> Shown {
    let described = dataset.fields.iter().find(|it| camel(it.name) == field.name);
    match described {
        Some(described) => Shown::From(described),
        None if field.ty.to_string().ends_with("Connection") => Shown::AsItsRows,
        None => Shown::Always,
    }
}

/// A line of a table.
fn row(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|it| it.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
fn head(titles: &[&str]) -> String {
    format!("{}|{}\n", row(titles), "---|".repeat(titles.len()))
}

/// What a part of a role's cell says of a dataset; where it grants no row, that it does not.
fn said(role: &Role, part: &Part, dataset: &'static Dataset) -> String {
    let none = if part.is_for_tables() || role.reads_by(part, dataset) { "" } else { " (none: others hold such rows)" };
    part.words(dataset) + none
}

/// Names as code: `a`, `b`.
fn codes<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}
