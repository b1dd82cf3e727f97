//! The page of a dataset: what a row is, its fields, their codes, and who sees them.

use entities::{Bucket, Dataset, Field, Held, Kind};
use regiograph::{graphql::model::Model, policy::Policy};

use super::{Shown, codes, head, row, said, shown_from};
use crate::selection::{camel, many, one};

pub(super) fn page(dataset: &'static Dataset, policy: &Policy, model: &Model) -> String {
    let mut sections = vec![facts(dataset), fields(dataset, model), code_lists(dataset), roles(dataset, policy)];
    sections.retain(|it| !it.is_empty());
    format!("# {}\n\n{}\n\n{}", dataset.name, dataset.doc, sections.join("\n"))
}

/// Whose sources hold rows of a dataset.
pub(super) fn holders(dataset: &Dataset) -> &'static str {
    match dataset.held {
        Held::Reference => "the gateway's own store",
        Held::Region => "regions and their expert teams (Dutch: jeugdhulpregio, RET)",
        Held::Provider => "providers (Dutch: jeugdhulpaanbieder)",
        Held::Partnership => "education partnerships (Dutch: samenwerkingsverband)",
        Held::RegionOrNetwork => "regions and expertise networks (Dutch: jeugdhulpregio, expertisenetwerk)",
    }
}

fn facts(dataset: &Dataset) -> String {
    let about = if dataset.youth().is_some() { "one youth" } else { "no person" };
    let name = |field: usize| format!("`{}`", camel(dataset.fields[field].name));
    let dated = dataset.period.map_or_else(
        || "not dated".to_owned(),
        |period| match period.until {
            Some(until) => format!("from {} until {}, null while it lasts", name(period.from), name(until)),
            None => format!("on {}", name(period.from)),
        },
    );
    let asked = format!("`{}(id)`, `{}(filter, orderBy, first, after, last, before)`", one(dataset), many(dataset));
    let facts = [
        ("held by", holders(dataset).to_owned()),
        ("a row is about", about.to_owned()),
        ("holds", dated),
        ("asked as", asked),
        ("table of a source", format!("`{}`", dataset.table)),
    ];
    head(&["", ""]) + &facts.iter().map(|(title, text)| row(&[title, text])).collect::<String>()
}

/// The fields as the schema of someone who sees all of them has them.
fn fields(dataset: &'static Dataset, model: &Model) -> String {
    let mut text = "## Fields\n\n".to_owned() + &head(&["field", "type", "tier", "order by", "what it says"]);
    for field in model.object(dataset.name).iter().flat_map(|object| object.fields.values()) {
        let (tier, sorts) = match shown_from(dataset, field) {
            Shown::From(it) => (tier(it), it.sorts),
            Shown::Always => ("open".to_owned(), false),
            Shown::AsItsRows => ("as its rows".to_owned(), false),
        };
        let sorts = if sorts { "yes" } else { "" };
        text += &row(&[&format!("`{}`", field.name), &format!("`{}`", field.ty), &tier, sorts, &field.doc]);
    }
    text
}

/// The tier, and of a date the buckets that are less telling.
fn tier(field: &Field) -> String {
    let less = Bucket::ALL.iter().filter(|it| field.kind == Kind::Date && field.bucket_tier(**it) < field.tier);
    let less = less.map(|it| format!("; its {} {}", it.name(), field.bucket_tier(*it).name()));
    field.tier.name().to_owned() + &less.collect::<String>()
}

fn code_lists(dataset: &Dataset) -> String {
    let mut text = String::new();
    let mut seen = Vec::new();
    for field in &dataset.fields {
        let Some(list) = field.kind.codes().filter(|list| !seen.contains(&list.name)) else { continue };
        seen.push(list.name);
        let fields = dataset.fields.iter().filter(|it| it.kind.codes() == Some(list)).map(|it| camel(it.name));
        let fields: Vec<_> = fields.collect();
        let fields = codes(fields.iter().map(String::as_str));
        let origin = list.origin.map_or(String::new(), |origin| format!(" Codes and Dutch labels of {origin}."));
        text += &format!("### {}\n\nOf {fields}. {}{origin}\n\n", list.name, list.doc);
        text += &head(&["value", "code at sources", "English", "Dutch"]);
        for code in list.codes {
            text += &row(&[&format!("`{}`", code.value), &format!("`{}`", code.code), code.english, code.dutch]);
        }
        text.push('\n');
    }
    if text.is_empty() { text } else { format!("## Codes\n\n{}\n", text.trim_end()) }
}

fn roles(dataset: &'static Dataset, policy: &Policy) -> String {
    let mut text = "## Who sees it\n\n".to_owned() + &head(&["role", "which rows, how far", "rule"]);
    let mut blind = Vec::new();
    for role in policy.roles() {
        let link = format!("[{0}](../roles/{0}.md)", role.name);
        let parts = role.parts(dataset);
        if parts.is_empty() {
            blind.push(&*role.name);
        }
        for part in parts {
            text += &row(&[&link, &said(role, part, dataset), &format!("`{}`", part.rule)]);
        }
    }
    if blind.is_empty() { text } else { format!("{text}\nNot in the schema of {}.\n", codes(blind)) }
}
