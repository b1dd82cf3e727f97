//! What of the union of all schemas a role is to see: worked out from the policy file's cells and the descriptors alone.

mod tables;

use std::collections::BTreeSet;

use entities::{Dataset, Field, Kind, datasets, reference};
use regiograph::graphql::{
    model::{Model, Object, Type},
    schema::{self, Visible},
};

use crate::{matrix::Role, selection};

/// The union of all roles' schemas.
#[must_use]
pub fn union() -> Model {
    schema::model(&Visible::everything())
}

/// Is a member of a type (or with an empty member the type itself) to be seen by the role?
#[must_use]
pub fn is_visible(role: &Role, ty: &str, member: &str) -> bool {
    if let Some(is_seen) = linked_by(role, ty, member) {
        return is_seen;
    }
    if let Some((dataset, part)) = dataset_and_part(ty) {
        return of_dataset(role, dataset, part, member);
    }
    if ty.starts_with("Audit") {
        return reads_audit(role);
    }
    match ty {
        "Query" => of_query(role, member),
        "Release" => role.releases,
        "View" => member != "RELEASED" || role.releases,
        "Youth" | "YouthFilter" => sees_youths(role),
        _ => of_codes(role, ty),
    }
}

/// The dataset that a type is about, and what the type's name says beside it.
fn dataset_and_part(ty: &str) -> Option<(&'static Dataset, &str)> {
    let parts =
        ["", "Connection", "Edge", "Filter", "LinkFilter", "Order", "Statistics", "Group", "Dimension", "GroupOrder"];
    datasets().iter().find_map(|it| Some((it, ty.strip_prefix(it.name).filter(|part| parts.contains(part))?)))
}

fn of_dataset(role: &Role, dataset: &Dataset, part: &str, member: &str) -> bool {
    let field = dataset.fields.iter().find(|field| selection::camel(field.name) == member);
    let sees = |field: &Field| {
        let leads = |target| entities::by_name(target).is_some_and(|target| role.tier(target).is_some());
        role.sees(dataset, field) && if let Kind::Row(target) = field.kind { leads(target) } else { true }
    };
    match (part, field) {
        ("Statistics" | "Group" | "Dimension" | "GroupOrder", _) => tables::is_visible(role, dataset, part, member),
        ("Filter", Some(field)) => role.tier(dataset).is_some() && sees(field) || tables::filters(role, dataset, field),
        ("Filter", None) if role.tier(dataset).is_none() => tables::are_seen(role, dataset),
        ("Order", Some(field)) => field.sorts && sees(field),
        ("Order", None) => dataset.fields.iter().any(|field| field.sorts && sees(field)),
        ("", Some(field)) => sees(field),
        _ => role.tier(dataset).is_some(),
    }
}

/// Is a list of rows that link to a type to be seen there? Nothing where the member is no such list.
fn linked_by(role: &Role, ty: &str, member: &str) -> Option<bool> {
    let (name, arg) = member.split_once('(').unwrap_or((member, ""));
    let links = datasets().iter().flat_map(|dataset| dataset.fields.iter().map(move |field| (dataset, field)));
    let mut links = links.filter(|(_, field)| selection::target(field) == Some(ty));
    let (dataset, link) = links.find(|(dataset, field)| selection::linked_by(dataset, field) == name)?;
    let leads = ty == "Youth" || entities::by_name(ty).is_some_and(|it| it.is_reference() || role.tier(it).is_some());
    Some(leads && role.sees(dataset, link) && (arg != "orderBy)" || of_dataset(role, dataset, "Order", "")))
}

fn of_query(role: &Role, member: &str) -> bool {
    let (name, arg) = member.split_once('(').unwrap_or((member, ""));
    if let Some(dataset) = datasets().iter().find(|it| name == format!("{}Statistics", selection::one(it))) {
        return if arg == "release)" { role.sees_releases_of(dataset) } else { tables::are_seen(role, dataset) };
    }
    if name == "releases" {
        return role.releases;
    }
    if name == "auditEvents" {
        return reads_audit(role);
    }
    let of = datasets().iter().find(|it| [selection::one(it), selection::many(it)].iter().any(|it| it == name));
    match of {
        Some(dataset) if arg == "orderBy)" => of_dataset(role, dataset, "Order", ""),
        Some(dataset) => role.tier(dataset).is_some(),
        None => name != "youth" || sees_youths(role),
    }
}

/// One role alone reads the audit log.
fn reads_audit(role: &Role) -> bool {
    role.name == "privacy_officer"
}

fn sees_youth(role: &Role, dataset: &Dataset) -> bool {
    dataset.youth().is_some_and(|youth| role.sees(dataset, &dataset.fields[youth]))
}

fn sees_youths(role: &Role) -> bool {
    datasets().iter().any(|it| sees_youth(role, it))
}

/// An enumeration and the filters over it are seen where a field with such codes is; every other type always.
fn of_codes(role: &Role, ty: &str) -> bool {
    let tables = || datasets().iter().chain(reference::tables());
    let fields = || tables().flat_map(|table| table.fields.iter().map(move |field| (table, field)));
    let is_of = |kind: Kind| match kind {
        Kind::Code(list) => ty == list.name || ty == format!("{}Filter", list.name),
        Kind::Codes(list) => ty == list.name || ty == format!("{}ListFilter", list.name),
        _ => false,
    };
    let mut of = fields().filter(|(_, field)| is_of(field.kind)).peekable();
    let tabled = |table: &Dataset, field: &Field| {
        let is_released = field.groups && role.sees_releases_of(table);
        is_released || role.table_tier(table).is_some_and(|tier| field.tier <= tier)
    };
    of.peek().is_none() || of.any(|(table, field)| role.sees(table, field) || tabled(table, field))
}

/// The types that can be got to from the query type, through what `keep` keeps.
fn reachable(model: &Model, keep: impl Fn(&str, &str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::from(["Query".to_owned()]);
    let mut next = vec!["Query".to_owned()];
    while let Some(name) = next.pop() {
        let mut to = |ty: &str| {
            if found.insert(ty.to_owned()) {
                next.push(ty.to_owned());
            }
        };
        match &model.types[&name] {
            Type::Object(object) | Type::Interface(object) => {
                for field in object.fields.values().filter(|it| keep(&name, &it.name)) {
                    to(field.ty.type_name());
                    let args = field.args.iter().filter(|arg| keep(&name, &format!("{}({})", field.name, arg.name)));
                    args.for_each(|arg| to(arg.ty.type_name()));
                }
            }
            Type::Input(input) => {
                input.fields.values().filter(|it| keep(&name, &it.name)).for_each(|it| to(it.ty.type_name()));
            }
            Type::Union(_) | Type::Enum(_) | Type::Scalar(_) => {}
        }
        next.retain(|ty| model.types.contains_key(ty));
    }
    found
}

/// All that introspection can show of the union: `Placement`, `Placement.startedOn`, `Query.placements(first)`,
/// `Setting=CLOSED`, `Node<Placement`, `_Entity<Placement`. What `keep` keeps of it.
#[must_use]
pub fn coordinates(model: &Model, keep: impl Fn(&str, &str) -> bool) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let reachable = reachable(model, &keep);
    for (name, ty) in model.types.iter().filter(|(name, _)| keep(name, "") && reachable.contains(*name)) {
        out.insert(name.clone());
        let mut members = |it: Vec<String>| {
            let kept = it.into_iter().filter(|member| keep(name, member));
            out.extend(kept.map(|member| format!("{name}.{member}")));
        };
        match ty {
            Type::Object(object) | Type::Interface(object) => members(fields(object)),
            Type::Input(input) => members(input.fields.keys().cloned().collect()),
            Type::Enum(list) => {
                let kept = list.values.keys().filter(|value| keep(name, value));
                out.extend(kept.map(|value| format!("{name}={value}")));
            }
            Type::Union(_) | Type::Scalar(_) => {}
        }
        if let Type::Object(Object { node: true, .. }) = ty {
            out.extend([format!("Node<{name}"), format!("_Entity<{name}")]);
        }
    }
    out
}

fn fields(object: &Object) -> Vec<String> {
    let arguments = |name: &String| {
        let of = object.fields[name].args.iter();
        of.map(|arg| format!("{name}({})", arg.name)).collect::<Vec<_>>()
    };
    object.fields.keys().flat_map(|name| [vec![name.clone()], arguments(name)].concat()).collect()
}
