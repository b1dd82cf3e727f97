//! Who gets exact tables over which rows, and who sees releases.

use entities::{Bucket, Dataset, Held, Tier};

use super::{DAY, ID, NOTE, REGION, YOUTH, among, caller, dataset, grant, placement, territory};
use crate::{
    policy::{Grant, PUBLIC, Policy},
    query::{Operand, Predicate},
};

fn tables(role: &str, scope: Option<&str>, dataset: &'static Dataset) -> Option<Grant> {
    Policy::embedded().tables(&caller(role, scope), dataset, &territory())
}

fn restraint_measure() -> &'static Dataset {
    dataset("RestraintMeasure", Held::Provider, &[ID, REGION, DAY, YOUTH, NOTE])
}

#[test]
fn an_agreement_gives_tables_and_no_row() {
    assert!(grant("coordinator", Some("ZW"), placement()).is_none());
    let agreed = tables("coordinator", Some("ZW"), placement()).unwrap();
    assert_eq!(agreed.rows(), among(placement(), &["JZ34", "JZ36"]));
    assert_eq!(agreed.tier(), Tier::Indirect);
    let inspectorate = tables("inspectorate", None, restraint_measure()).unwrap();
    assert_eq!(inspectorate.rows(), Predicate::All);
}

#[test]
fn tables_by_agreement_and_of_a_region_are_made_of_months() {
    for (role, scope) in [("coordinator", "ZW"), ("region_analyst", "JZ36")] {
        let tables = tables(role, Some(scope), placement()).unwrap();
        let day = placement().field("day").unwrap();
        assert!(tables.shows_months(day), "{role}");
        let shown = |bucket| match tables.bucketed(day, bucket) {
            Operand::Shown(shown) => shown.bucket,
            Operand::Field(_) => None,
        };
        assert_eq!(
            Bucket::ALL.map(shown).map(Option::unwrap),
            [Bucket::Month, Bucket::Month, Bucket::Month, Bucket::Quarter, Bucket::Year,]
        );
    }
}

#[test]
fn whoever_reads_rows_has_tables_over_exactly_those() {
    let (rows, tables) = (grant("provider", Some("P"), placement()), tables("provider", Some("P"), placement()));
    assert_eq!(rows.unwrap().rows(), tables.unwrap().rows());
}

#[test]
fn without_rows_and_agreement_there_are_no_tables() {
    for role in [PUBLIC, "ministry", "researcher", "youth_authority"] {
        assert!(tables(role, None, placement()).is_none(), "{role}");
    }
    assert!(tables("region_analyst", Some("JZ36"), restraint_measure()).is_none());
}

#[test]
fn everyone_sees_releases_but_the_privacy_officer_and_whoever_is_not_who_its_role_asks_for() {
    let policy = Policy::embedded();
    assert!(policy.releases(&caller(PUBLIC, None)) && policy.releases(&caller("ministry", None)));
    assert!(policy.releases(&caller("region_analyst", Some("JZ36"))));
    assert!(!policy.releases(&caller("privacy_officer", None)));
    assert!(!policy.releases(&caller("region_analyst", None)), "no region is claimed");
    assert!(!policy.releases(&caller("nobody", None)));
}
