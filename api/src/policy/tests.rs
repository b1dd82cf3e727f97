//! The matrix grants what it says, and nothing else.

mod coverage;
mod relations;
mod tables;

use entities::{Bucket, Datum, Field, FieldId, Held, Kind, Tier};
use proptest::prelude::*;

use super::*;
use crate::{
    query::{Holder, Operand, Predicate, Test},
    reference::Reference,
};

fn dataset(name: &'static str, held: Held, fields: &[(&'static str, Kind, Tier)]) -> &'static Dataset {
    let field = |(name, kind, tier): &(&'static str, Kind, Tier)| Field {
        column: name,
        name,
        doc: "",
        kind: *kind,
        nullable: true,
        tier: *tier,
        sorts: false,
        buckets: Vec::new(),
        groups: false,
        unit: None,
    };
    Box::leak(Box::new(Dataset {
        name,
        doc: "",
        told: None,
        table: "",
        held,
        fields: fields.iter().map(field).collect(),
        period: None,
        closed: Vec::new(),
        lists: Vec::new(),
        hidden: Vec::new(),
        undescribed: Vec::new(),
    }))
}

const ID: (&str, Kind, Tier) = ("id", Kind::Id, Tier::Open);
const YOUTH: (&str, Kind, Tier) = ("youth", Kind::Youth, Tier::Pseudonymous);
const REGION: (&str, Kind, Tier) = ("region", Kind::Reference("Region"), Tier::Open);
const INSTITUTION: (&str, Kind, Tier) = ("institution", Kind::Reference("Institution"), Tier::Open);
const DAY: (&str, Kind, Tier) = ("day", Kind::Date, Tier::Indirect);
const NOTE: (&str, Kind, Tier) = ("note", Kind::Text, Tier::Sensitive);

fn placement() -> &'static Dataset {
    dataset("Placement", Held::Provider, &[ID, REGION, INSTITUTION, DAY, YOUTH, NOTE])
}

fn ret_case() -> &'static Dataset {
    dataset("RetCase", Held::Region, &[ID, REGION, DAY, YOUTH, NOTE])
}

fn capacity_report() -> &'static Dataset {
    dataset("CapacityReport", Held::Provider, &[ID, REGION, DAY])
}

fn education_arrangement() -> &'static Dataset {
    dataset("EducationArrangement", Held::Partnership, &[ID, REGION, DAY, YOUTH])
}

fn territory() -> Territory {
    Territory::new([("ZW", vec!["JZ34", "JZ36"])], [("BEN", vec!["JZ36", "JZ38"])])
}

#[test]
fn the_territory_comes_from_reference_data() {
    let code = ("code", Kind::Text, Tier::Open);
    let supra_region = ("supra_region", Kind::Reference("SupraRegion"), Tier::Open);
    let network = ("network", Kind::Reference("ExpertiseNetwork"), Tier::Open);
    let regions = dataset("Region", Held::Reference, &[code, supra_region]);
    let joined = dataset("NetworkRegion", Held::Reference, &[code, network, REGION]);
    let row =
        |texts: &[&str]| texts.iter().map(|text| if text.is_empty() { Datum::Null } else { (*text).into() }).collect();
    let reference = Reference::new([
        (regions, vec![row(&["JZ36", "ZW"]), row(&["JZ34", "ZW"]), row(&["JZ01", "NO"]), row(&["JZ05", ""])]),
        (joined, vec![row(&["BEN-JZ36", "BEN", "JZ36"]), row(&["BEN-JZ38", "BEN", "JZ38"])]),
    ]);
    let territory = Territory::from_reference(&reference);
    let grant = |role, scope, dataset| Policy::embedded().grant(&caller(role, Some(scope)), dataset, &territory);
    let coordinator = grant("coordinator", "ZW", capacity_report()).unwrap();
    let Rows::Where(rows) = &coordinator.clauses()[0].rows else { panic!("L is not every row") };
    assert_eq!(*rows, among(capacity_report(), &["JZ34", "JZ36"]));
    let network = grant("expertise_network", "BEN", ret_case()).unwrap();
    let own = Predicate::HeldBy(Holder::Network("BEN".into()));
    assert_eq!(network.rows(), Predicate::Or(vec![among(ret_case(), &["JZ36", "JZ38"]), own]));
    assert!(grant("expertise_network", "JENN", ret_case()).is_none());
    assert!(
        Policy::embedded()
            .grant(&caller("expertise_network", Some("BEN")), ret_case(), &Territory::default())
            .is_none()
    );
}

fn caller(role: &str, scope: Option<&str>) -> Caller {
    if role == PUBLIC {
        return Caller::public();
    }
    let organisation = scope.unwrap_or("somewhere").into();
    Caller {
        role: role.into(),
        scope: scope.map(Into::into),
        organisation,
        purpose: Some("monitoring".into()),
        ..Caller::public()
    }
}

fn grant(role: &str, scope: Option<&str>, dataset: &'static Dataset) -> Option<Grant> {
    Policy::embedded().grant(&caller(role, scope), dataset, &territory())
}

fn is(dataset: &Dataset, field: &str, code: &str) -> Predicate {
    Predicate::is(dataset.field(field).unwrap(), Test::Eq(code.into()))
}

fn among(dataset: &Dataset, codes: &[&str]) -> Predicate {
    let codes = codes.iter().map(|code| (*code).into()).collect();
    Predicate::is(dataset.field("region").unwrap(), Test::In(codes))
}

#[test]
fn every_row() {
    let grant = grant("youth_authority", None, capacity_report()).unwrap();
    assert_eq!((grant.rows(), grant.tier()), (Predicate::All, Tier::Indirect));
    let grant = self::grant(PUBLIC, None, capacity_report()).unwrap();
    assert_eq!((grant.rows(), grant.tier()), (Predicate::All, Tier::Open));
    assert!(!grant.sees(2), "a date is indirect");
}

#[test]
fn rows_of_a_region_show_months() {
    let grant = grant("region_analyst", Some("JZ36"), placement()).unwrap();
    assert_eq!(grant.rows(), is(placement(), "region", "JZ36"));
    assert!(grant.clauses()[0].months && grant.tier() == Tier::Indirect);
    assert_eq!(&*grant.clauses()[0].rule, "R/indirect");
    let Operand::Shown(shown) = grant.shown(placement().field("day").unwrap()) else { panic!("a month is not stored") };
    assert!(shown.bucket == Some(Bucket::Month) && shown.when == Predicate::All);
    let grant = self::grant("ret_member", Some("JZ36"), ret_case()).unwrap();
    assert!(grant.clauses()[0].months && grant.tier() == Tier::Sensitive);
}

#[test]
fn rows_of_a_supra_region_and_of_a_network() {
    let dataset = dataset("Consultation", Held::Region, &[ID, REGION, DAY, YOUTH]);
    let coordinator = grant("placement_coordinator", Some("ZW"), dataset).unwrap();
    assert_eq!(coordinator.rows(), among(dataset, &["JZ34", "JZ36"]));
    assert!(!coordinator.clauses()[0].months, "L is shown days");
    let network = grant("expertise_network", Some("BEN"), dataset).unwrap();
    let own = Predicate::HeldBy(Holder::Network("BEN".into()));
    assert_eq!(network.rows(), Predicate::Or(vec![among(dataset, &["JZ36", "JZ38"]), own]));
    assert!(network.clauses()[0].months);
    assert!(grant("placement_coordinator", Some("NO"), dataset).is_none(), "unknown supra-region");
    assert!(grant("expertise_network", Some("JENN"), dataset).is_none(), "unknown network");
}

#[test]
fn rows_that_an_organisation_holds() {
    let provider = grant("provider", Some("ALMATA"), placement()).unwrap();
    assert_eq!(provider.rows(), Predicate::HeldBy(Holder::Provider("ALMATA".into())));
    assert!(!provider.clauses()[0].months && provider.tier() == Tier::Sensitive);
    let partnership = grant("education_partnership", Some("VO3001"), education_arrangement()).unwrap();
    assert_eq!(partnership.rows(), Predicate::HeldBy(Holder::Partnership("VO3001".into())));
    let elsewhere = grant("provider", Some("ALMATA"), education_arrangement()).unwrap();
    assert_eq!(elsewhere.rows(), Predicate::None, "held by others, and nobody's youths are known yet");
    let elsewhere = grant("education_partnership", Some("VO3001"), placement()).unwrap();
    assert_eq!(elsewhere.rows(), Predicate::None, "held by others, and nobody's youths are known yet");
    let others = grant("education_partnership", Some("VO3001"), capacity_report()).unwrap();
    assert_eq!((others.rows(), others.clauses().len(), others.tier()), (Predicate::All, 1, Tier::Open));
}

#[test]
fn rows_of_wards() {
    let wards = grant("certified_institution", Some("GI01"), placement()).unwrap();
    assert_eq!((wards.rows(), wards.tier()), (is(placement(), "institution", "GI01"), Tier::Pseudonymous));
    let without = dataset("ExplanatoryAnalysis", Held::Region, &[ID, REGION, YOUTH]);
    let wards = grant("certified_institution", Some("GI01"), without).unwrap();
    assert!(wards.rows() == Predicate::None && wards.relations().count() == 1, "about youths that are now its wards");
}

#[test]
fn two_parts_show_a_field_where_one_covers_it() {
    let dataset = capacity_report();
    let grant = grant("region_analyst", Some("JZ36"), dataset).unwrap();
    assert_eq!(grant.rows(), Predicate::All);
    let day = dataset.field("day").unwrap();
    let Operand::Shown(shown) = grant.shown(day) else { panic!("a date is not shown on all rows") };
    assert_eq!(shown.when, is(dataset, "region", "JZ36"));
    assert!(shown.bucket.is_none(), "no row is about a person");
    assert_eq!(grant.shown(dataset.field("region").unwrap()), Operand::Field(1));
}

#[test]
fn nothing_is_granted_by_default() {
    let unknown = dataset("Unheard", Held::Region, &[ID, REGION]);
    let reference = dataset("CapacityReport", Held::Reference, &[ID, REGION]);
    let plain = dataset("Placement", Held::Provider, &[ID]);
    for role in Policy::embedded().roles() {
        let scope = role.claim.map(|_| "JZ36");
        assert!(grant(&role.name, scope, unknown).is_none(), "no column");
        assert!(grant(&role.name, scope, reference).is_none(), "reference data needs no grant");
    }
    assert!(grant("region_analyst", Some("JZ36"), plain).is_none(), "no region");
    assert!(grant("region_analyst", None, capacity_report()).is_none(), "no claim");
    assert!(grant("region_analyst", Some(""), capacity_report()).is_none(), "empty claim");
    assert!(grant("ministry", Some("JZ36"), capacity_report()).is_none(), "a claim that the role does not have");
    assert!(grant("admin", Some("JZ36"), capacity_report()).is_none(), "no such role");
    assert!(grant("privacy_officer", None, capacity_report()).is_none());
    let purposes = |purpose: Option<&str>| {
        let caller = Caller { purpose: purpose.map(Into::into), ..caller("inspectorate", None) };
        Policy::embedded().grant(&caller, capacity_report(), &territory()).is_some()
    };
    assert!(purposes(Some("monitoring")) && purposes(Some("investigation:17")));
    for refused in
        [None, Some(""), Some("research"), Some("investigation:"), Some("investigation:x1"), Some("investigation:1 ")]
    {
        assert!(!purposes(refused), "{refused:?}");
    }
    let public = Caller { purpose: Some("monitoring".into()), ..Caller::public() };
    assert!(Policy::embedded().grant(&public, capacity_report(), &territory()).is_none());
}

/// What each rule means, said once more and differently.
fn is_granted((role, scope): (&str, &str), rule: &str, region: &str, institution: &str, holder: &Holder) -> bool {
    match rule.split('/').next().unwrap() {
        "A" => true,
        "R" => region == scope,
        "L" => scope == "ZW" && ["JZ34", "JZ36"].contains(&region),
        "N" => scope == "BEN" && (["JZ36", "JZ38"].contains(&region) || *holder == Holder::Network("BEN".into())),
        "own" => role == "provider" && *holder == Holder::Provider(scope.into()),
        "own wards" => institution == scope,
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_row_is_granted_where_a_rule_of_the_role_says_so(
        role in 0..16_usize,
        scope in prop::sample::select(vec!["JZ34", "JZ36", "ZW", "BEN", "ALMATA", "GI01", "VO3001"]),
        region in prop::sample::select(vec!["JZ34", "JZ36", "JZ38", "JZ01"]),
        institution in prop::sample::select(vec!["GI01", "GI02"]),
        holder in prop::sample::select(vec![
            Holder::Provider("ALMATA".into()), Holder::Provider("JZ36".into()), Holder::Network("BEN".into()),
            Holder::Region("ZW".into()), Holder::Partnership("ALMATA".into()),
        ]),
        which in 0..2_usize,
    ) {
        let policy = Policy::embedded();
        let role = &policy.roles()[role];
        let dataset = [placement(), capacity_report()][which];
        let caller = caller(&role.name, role.claim.map(|_| scope));
        let grant = policy.grant(&caller, dataset, &territory());
        let values: Vec<Datum> = dataset.fields.iter().map(|field| match field.name {
            "region" => region.into(),
            "institution" => institution.into(),
            _ => "2025-03-14".parse::<entities::Date>().unwrap().into(),
        }).collect();
        let row = |field: FieldId| &values[field];
        let rules = role.cell(&column(dataset)).iter();
        let mut expected = rules.filter(|part| is_granted((&role.name, scope), &part.rule, region, institution, &holder));
        let found = grant.as_ref().is_some_and(|grant| grant.rows().holds(&row, ("source", &holder)));
        prop_assert_eq!(found, expected.clone().next().is_some());
        let Some(grant) = grant.filter(|_| found) else { return Ok(()) };
        let day = dataset.field("day").unwrap();
        let shown = grant.shown(day).value(&row, ("source", &holder));
        let is_covered = expected.any(|part| part.tier >= Tier::Indirect);
        prop_assert_eq!(!shown.is_null(), is_covered);
    }
}
