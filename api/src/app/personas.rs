//! Who can be asked as in the demonstration's playground: every role of the policy, each with a token of now and queries
//! worth running.

mod tables;

use std::{fmt::Write as _, time::Duration};

use entities::{Kind, Tier};

use super::App;
use crate::{
    auth::{DemoIssuer, Wanted},
    graphql::name,
    http::{Example, Persona},
    policy::{Caller, Claim, Grant, PUBLIC, Role, Subject},
};

/// The purpose that the demonstration's policy allows to every role.
const PURPOSE: &str = "monitoring";

/// How long a token of the playground is good for.
const TTL: Duration = Duration::from_secs(8 * 3_600);

/// The code that the demonstration's tokens carry for a claim.
#[must_use]
pub(super) fn code_for(claim: Claim) -> &'static str {
    match claim {
        Claim::Region => "JZ36",
        Claim::SupraRegion => "ZW",
        Claim::Network => "BEN",
        Claim::Provider => "ALMATA",
        Claim::Partnership => "VO3001",
        Claim::Municipality => "GM0748",
        Claim::Institution => "GI01",
    }
}

/// The personas, each with a token of now.
pub(super) fn personas(app: &App, issuer: &DemoIssuer) -> Vec<Persona> {
    let of = |role| purposes(app, role).into_iter().map(move |purpose| persona(app, issuer, role, &purpose));
    app.policy.roles().iter().flat_map(of).collect()
}

/// Monitoring; and for roles that may investigate, the investigations that the policy lists.
fn purposes(app: &App, role: &Role) -> Vec<String> {
    let named = app.policy.investigations().iter().map(|it| format!("investigation:{}", it.number));
    let admitted = named.filter(|purpose| role.admits(Some(purpose)));
    std::iter::once(PURPOSE.to_owned()).chain(admitted).collect()
}

fn persona(app: &App, issuer: &DemoIssuer, role: &Role, purpose: &str) -> Persona {
    let code = role.claim.map(|claim| (claim, code_for(claim)));
    let scopes: Vec<_> = code.into_iter().collect();
    let wanted = Wanted { role: &role.name, scopes: &scopes, organisation: None, purpose, ttl: TTL };
    // `public` has none.
    let token = issuer.token(&wanted, &app.policy, &|_, _| true, &app.world.random).ok();
    let mut words = role.name.replace('_', " ");
    if purpose != PURPOSE {
        let _ = write!(words, ", {purpose}");
    }
    let label = code.map_or_else(|| words.clone(), |(_, code)| format!("{words}, {code}"));
    let access = app.gateway.access(&caller_for(role, purpose)).ok();
    let grants: Vec<_> = access.iter().flat_map(|access| access.grants()).collect();
    let rules = grants.iter().map(|grant| {
        let mut rules: Vec<_> = grant.clauses().iter().map(|clause| &*clause.rule).collect();
        rules.dedup();
        format!("{} {}", grant.dataset().name, rules.join(", "))
    });
    let scope = match rules.collect::<Vec<_>>() {
        none if none.is_empty() => "reference data only".to_owned(),
        rules => rules.join("; "),
    };
    let mut examples: Vec<_> = grants.iter().map(|grant| list(grant.dataset(), grant.tier())).collect();
    examples.extend(youth(&grants));
    let own: Vec<_> = access.iter().flat_map(|access| access.tables()).collect();
    examples.extend(tables::tables(&role.name, &own, app.policy.releases(&caller_for(role, purpose))));
    examples.extend([plan(), regions(), viewer()]);
    Persona { role: role.name.to_string(), label, scope, token, examples }
}

/// The caller that a role's token in the demonstration makes, for a purpose.
pub(super) fn caller_for(role: &Role, purpose: &str) -> Caller {
    if *role.name == *PUBLIC {
        return Caller::public();
    }
    let scope: Option<Box<str>> = role.claim.map(|claim| code_for(claim).into());
    Caller {
        role: role.name.clone(),
        organisation: scope.clone().unwrap_or_else(|| "demonstration".into()),
        scope,
        purpose: Some(purpose.into()),
        subject: Subject::default(),
    }
}

/// The latest rows of a dataset, with what the tier shows of them.
fn list(dataset: &'static entities::Dataset, tier: Tier) -> Example {
    let seen = |field: &&entities::Field| field.tier <= tier;
    let order = dataset.fields.iter().filter(seen).find(|field| field.sorts);
    let order = order.map_or_else(String::new, |field| format!(", orderBy: {{ {}: DESC }}", name::field(field)));
    let mut query = format!("{{\n  {}(first: 10{order}) {{\n    totalCount\n    nodes {{\n", name::many(dataset));
    for field in dataset.fields.iter().filter(seen) {
        let selection = match field.kind {
            Kind::Reference("Unit") => " { name location { name provider { name } } }",
            Kind::Reference("Partnership" | "Postcode") => " { code }",
            Kind::Reference(_) => " { name }",
            Kind::Youth => " { pseudonym }",
            Kind::Row(_) => continue,
            _ => "",
        };
        let _ = writeln!(query, "      {}{selection}", name::field(field));
    }
    query.push_str("    }\n    completeness { complete sources { source { name } status } }\n  }\n}\n");
    Example { name: format!("The latest rows of {}", name::many(dataset)), query }
}

/// Some youths, each with all that is held on it anywhere, where the role is shown youths.
fn youth(grants: &[&Grant]) -> Option<Example> {
    let about = grants.iter().filter(|grant| grant.dataset().youth().is_some_and(|youth| grant.sees(youth)));
    let about: Vec<_> = about.collect();
    let first = name::many(about.first()?.dataset());
    let mut query = format!("{{\n  {first}(first: 3) {{\n    nodes {{\n      youth {{\n        pseudonym\n");
    for grant in about {
        let dataset = grant.dataset();
        let dates = dataset.fields.iter().enumerate().filter(|(field, it)| it.kind == Kind::Date && grant.sees(*field));
        let dates = dates.take(2).map(|(_, field)| name::field(field)).collect::<Vec<_>>().join(" ");
        let many = name::many(dataset);
        let _ = writeln!(query, "        {many}(first: 5) {{ totalCount nodes {{ source {{ name }} {dates} }} }}");
    }
    query.push_str("      }\n    }\n  }\n}\n");
    Some(Example { name: "All that is held on a youth".to_owned(), query })
}

fn plan() -> Example {
    let query = "{\n  plan(supraRegion: \"ZW\") {\n    supraRegion { name }\n    budgetTotal\n    \
                 budget { title amount period }\n    actions { title statuses { year status } }\n    \
                 figures { indicator area period value unit citation }\n    contradictions { title stated recomputed }\n  }\n}\n";
    Example { name: "The plan of Zuidwest".to_owned(), query: query.to_owned() }
}

fn regions() -> Example {
    let query = "{\n  supraRegions {\n    name\n    regions { code name municipalities { code name } }\n  }\n}\n";
    Example { name: "Regions and their municipalities".to_owned(), query: query.to_owned() }
}

fn viewer() -> Example {
    let query = "{\n  viewer {\n    role scope purpose demonstration\n    grants { dataset rule relation tier monthsOnly }\n  }\n  sources { name datasets }\n}\n";
    Example { name: "Who am I, what may I see".to_owned(), query: query.to_owned() }
}
