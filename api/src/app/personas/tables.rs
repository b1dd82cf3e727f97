//! Tables worth running in the playground: over one's own rows where a role has them, and released ones for everyone who
//! sees releases. Flat groups, as what draws charts takes them.

use std::fmt::Write as _;

use entities::{Bucket, Dataset, Field, FieldId, Kind};

use crate::{
    graphql::{
        axis::{Axis, axes},
        name,
    },
    http::Example,
    policy::Grant,
};

/// What a role's own tables are about: the first that it has rows of, not only about youths that it now has.
const FIRST_OF: [&str; 8] = [
    "Placement",
    "RestraintMeasure",
    "CareEpisode",
    "RetCase",
    "EducationArrangement",
    "Consultation",
    "Referral",
    "CapacityReport",
];

/// What open rows are broken down by: the first that a dataset has.
const TELLING: [&str; 5] = ["authorisation", "care_form", "applicant", "form", "region"];

/// Of the newest year.
const BY_SUPRA_REGION: &str = "{
  placementStatistics(
    view: RELEASED
    groupBy: [SUPRA_REGION, STARTED_ON_YEAR]
    orderBy: [{ youths: DESC }]
  ) {
    groups {
      supraRegionCode
      supraRegionLabel(language: NL)
      startedOnYear
      startedOnYearLabel(language: NL)
      rows
      youths
      closedDays { average median }
      suppressed
    }
    release { id }
  }
}
";

/// Of the newest year: quarters have no municipalities.
const BY_MUNICIPALITY: &str = "{
  careEpisodeStatistics(
    view: RELEASED
    groupBy: [MUNICIPALITY]
    orderBy: [{ youths: DESC }]
    first: 25
  ) {
    groups {
      municipalityCode
      municipalityLabel(language: NL)
      rows
      youths
      suppressed
    }
    release { id }
  }
}
";

/// Of the newest year: few cells of a month have a crowd.
const BY_YEAR_AND_FORM: &str = "{
  careEpisodeStatistics(
    view: RELEASED
    groupBy: [STARTED_ON_YEAR, CARE_FORM]
    orderBy: [{ startedOnYear: ASC }, { youths: DESC }]
  ) {
    groups {
      startedOnYear
      startedOnYearLabel(language: NL)
      careForm
      careFormLabel(language: NL)
      rows
      youths
      suppressed
    }
    release { id }
  }
}
";

/// The tables of a role: its own, then released ones.
pub(super) fn tables(role: &str, tables: &[&Grant], sees_releases: bool) -> Vec<Example> {
    let about = |name: &&str| tables.iter().find(|grant| grant.dataset().name == *name && grant.stands_alone());
    let grant = FIRST_OF.iter().find_map(about);
    let has_persons = grant.is_some_and(|grant| grant.dataset().youth().is_some());
    let mut examples: Vec<_> = grant.iter().flat_map(|grant| [inflow(grant), stock(grant)]).flatten().collect();
    if sees_releases {
        examples.push(released("placements by supra-region and year", BY_SUPRA_REGION));
        match role {
            "municipality_analyst" => examples.push(released("care episodes by municipality", BY_MUNICIPALITY)),
            _ if !has_persons => examples.push(released("care episodes by year and form of care", BY_YEAR_AND_FORM)),
            _ => {}
        }
    }
    examples
}

fn released(what: &str, query: &str) -> Example {
    Example { name: format!("Released: {what}"), query: query.to_owned() }
}

/// What began, in each bucket of 2025.
fn inflow(grant: &Grant) -> Option<Example> {
    let dataset = grant.dataset();
    let began = dataset.period?.from;
    let date = &dataset.fields[began];
    let seen = |bucket: &Bucket| date.bucket_tier(*bucket) <= grant.tier();
    let bucket = [Bucket::Month, Bucket::Quarter, Bucket::Year].into_iter().find(seen)?;
    let axis = axes(dataset).iter().find(|axis| axis.field == began && axis.bucket == Some(bucket))?;
    let (value, shown, field) = (axis.value(), axis.shown(), name::field(date));
    let filter = if grant.sees(began) {
        format!("    filter: {{ {field}: {{ gte: \"2025-01-01\", lt: \"2026-01-01\" }} }}\n")
    } else {
        String::new()
    };
    let mut query = format!(
        "{{\n  {}Statistics(\n    view: OWN\n    groupBy: [{value}]\n{filter}    fillBuckets: true\n    \
         orderBy: [{{ {shown}: ASC }}]\n  ) {{\n    groups {{\n      {shown}\n      {shown}Label(language: NL)\n",
        name::one(dataset)
    );
    query.push_str(counts(dataset));
    if let Some(measured) = measured(grant) {
        let _ = writeln!(query, "      {} {{ average median p90 }}", name::field(measured));
    }
    query.push_str("    }\n    publishable\n    completeness { complete }\n  }\n}\n");
    Some(Example { name: format!("Table: {} by {}", name::many(dataset), bucket.name()), query })
}

/// What was open at the start of each quarter of 2025, by what tells most of it.
fn stock(grant: &Grant) -> Option<Example> {
    let dataset = grant.dataset();
    let period = dataset.period?;
    let axis = dimension(grant)?;
    if !period.until.is_some_and(|until| grant.sees(until) && grant.sees(period.from)) {
        return None;
    }
    let (value, shown) = (axis.value(), axis.shown());
    let code = if matches!(axis.kind, Kind::Reference(_)) { format!("{shown}Code") } else { shown.clone() };
    let mut query = format!(
        "{{\n  {}Statistics(\n    view: OWN\n    openOn: [\"2025-01-01\", \"2025-04-01\", \"2025-07-01\", \"2025-10-01\"]\n    \
         groupBy: [{value}]\n    orderBy: [{{ openOn: ASC }}, {{ rows: DESC }}]\n    first: 40\n  ) {{\n    groups {{\n      \
         openOn\n      {code}\n      {shown}Label(language: NL)\n",
        name::one(dataset)
    );
    query.push_str(counts(dataset));
    query.push_str("    }\n    publishable\n    completeness { complete }\n  }\n}\n");
    Some(Example { name: format!("Table: open {} by {}", name::many(dataset), axis.name.replace('_', " ")), query })
}

/// What tells most of open rows and is shown on all of them; else where they come from.
fn dimension(grant: &Grant) -> Option<&'static Axis> {
    let named = |name: &&str| axes(grant.dataset()).iter().find(|axis| axis.name == *name);
    TELLING.iter().filter_map(named).find(|axis| grant.always_sees(axis.field))
}

fn measured(grant: &Grant) -> Option<&'static Field> {
    let sees = |(field, it): &(FieldId, &Field)| it.kind == Kind::Int && it.unit.is_none() && grant.sees(*field);
    grant.dataset().fields.iter().enumerate().find(sees).map(|(_, field)| field)
}

fn counts(dataset: &Dataset) -> &'static str {
    if dataset.youth().is_some() { "      rows\n      youths\n" } else { "      rows\n" }
}
