//! What of the types of exact tables a role is to see.

use entities::{Bucket, Dataset, Field, Kind, Tier};

use crate::matrix::Role;

/// What links lead to, each by the field that it is found by.
const LED: [(&str, &[&str]); 5] = [
    ("supra_region", &["region"]),
    ("province", &["municipality"]),
    ("setting", &["unit"]),
    ("location", &["unit"]),
    ("provider", &["location", "unit"]),
];

/// Is a member of such a type, or with an empty member the type itself, to be seen?
pub(super) fn is_visible(role: &Role, dataset: &Dataset, part: &str, member: &str) -> bool {
    if !are_seen(role, dataset) {
        return false;
    }
    let member = member.split('(').next().unwrap_or_default();
    if (part, member) == ("Statistics", "release") {
        return role.sees_releases_of(dataset);
    }
    if part == "Statistics" || ["", "openOn", "rows", "youths", "suppressed"].contains(&member) {
        return true;
    }
    let name = if part == "Dimension" { member.to_lowercase() } else { snake(member) };
    let measure = |name: &str| {
        let field = dataset.fields.iter().find(|field| field.kind == Kind::Int && field.name == name);
        let is_own = |field: &Field| role.table_tier(dataset).is_some_and(|tier| field.tier <= tier);
        field.is_some_and(|field| is_own(field) || role.sees_releases_of(dataset) && field.tier <= Tier::Indirect)
    };
    let without = |endings: &[&str]| endings.iter().find_map(|ending| name.strip_suffix(ending)).map(ToOwned::to_owned);
    if groups_by(role, dataset, &name) {
        return true;
    }
    match part {
        "Group" => measure(&name) || without(&["_label", "_code"]).is_some_and(|name| groups_by(role, dataset, &name)),
        "GroupOrder" => {
            let parts = ["_sum", "_average", "_median", "_p90", "_min", "_max"];
            without(&parts).is_some_and(|name| measure(&name))
        }
        _ => false,
    }
}

/// Are tables of a dataset seen, over own rows or released?
pub(super) fn are_seen(role: &Role, dataset: &Dataset) -> bool {
    role.table_tier(dataset).is_some() || role.sees_releases_of(dataset)
}

/// Is a field to be filtered by where no row is seen, and so no id and no youth known?
pub(super) fn filters(role: &Role, dataset: &Dataset, field: &Field) -> bool {
    let is_known = !matches!(field.kind, Kind::Id | Kind::Youth | Kind::Row(_));
    let is_own = role.table_tier(dataset).is_some_and(|tier| field.tier <= tier);
    let measured = field.kind == Kind::Int && field.tier <= Tier::Indirect;
    is_known && (is_own || role.sees_releases_of(dataset) && (measured || is_released(dataset, field.name)))
}

/// Is it a dimension of releases?
fn is_released(dataset: &Dataset, name: &str) -> bool {
    let begins = dataset.period.map_or("", |period| dataset.fields[period.from].name);
    let buckets = ["month", "quarter", "year"].map(|bucket| format!("{begins}_{bucket}"));
    let own = dataset.fields.iter().find(|field| field.name == name);
    let is_area = ["region", "municipality"].contains(&name) && own.is_some();
    name == "supra_region" || is_area || own.is_some_and(|field| field.groups) || buckets.iter().any(|it| it == name)
}

fn groups_by(role: &Role, dataset: &Dataset, name: &str) -> bool {
    let Some((field, bucket)) = dimension(dataset, name) else { return false };
    let is_shown = |bucket| bucket >= Bucket::Month || field.tier != Tier::Indirect || !role.tables_by_months(dataset);
    let tier = bucket.map_or(field.tier, |bucket| field.bucket_tier(bucket));
    let is_own = role.table_tier(dataset).is_some_and(|highest| tier <= highest) && bucket.is_none_or(is_shown);
    is_own || role.sees_releases_of(dataset) && is_released(dataset, name)
}

fn dimension<'d>(dataset: &'d Dataset, name: &str) -> Option<(&'d Field, Option<Bucket>)> {
    let field = |name: &str| dataset.fields.iter().find(|field| field.name == name);
    let is_own = |field: &&Field| matches!(field.kind, Kind::Boolean | Kind::Code(_) | Kind::Reference(_));
    let own = field(name).filter(is_own);
    if own.is_some() {
        return own.map(|field| (field, None));
    }
    let of_date = |bucket: Bucket| {
        let field = field(name.strip_suffix(&format!("_{}", bucket.name()))?)?;
        (field.kind == Kind::Date).then_some((field, Some(bucket)))
    };
    let led = || {
        let (_, by) = LED.iter().find(|(led, _)| *led == name)?;
        by.iter().find_map(|by| field(by)).map(|field| (field, None))
    };
    Bucket::ALL.into_iter().find_map(of_date).or_else(led)
}

/// `started_on` for `startedOn`.
fn snake(camel: &str) -> String {
    let letters = camel.chars().flat_map(|letter| {
        let is_upper = letter.is_ascii_uppercase();
        is_upper.then_some('_').into_iter().chain([letter.to_ascii_lowercase()])
    });
    letters.collect()
}
