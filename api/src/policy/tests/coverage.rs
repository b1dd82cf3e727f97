//! Areas are covered whole or not at all.

use super::*;

fn regions(codes: &[&str]) -> Extent {
    Extent::Regions(codes.iter().map(|code| (*code).into()).collect())
}

const ZW: [&str; 2] = ["JZ34", "JZ36"];

#[test]
fn a_region_a_supra_region_and_a_network_cover_theirs_up_to_their_tier() {
    let analyst = grant("region_analyst", Some("JZ36"), placement()).unwrap();
    assert!(analyst.covers(&regions(&["JZ36"]), Tier::Indirect));
    assert!(!analyst.covers(&regions(&["JZ36"]), Tier::Pseudonymous));
    assert!(!analyst.covers(&regions(&["JZ34"]), Tier::Open));
    assert!(!analyst.covers(&regions(&ZW), Tier::Open), "all of its regions or none");
    assert!(!analyst.covers(&regions(&[]), Tier::Open), "nowhere is no area");
    assert!(!analyst.covers(&Extent::Everywhere, Tier::Open));
    let network = grant("expertise_network", Some("BEN"), ret_case()).unwrap();
    assert!(network.covers(&regions(&["JZ36", "JZ38"]), Tier::Indirect));
    assert!(!network.covers(&regions(&ZW), Tier::Open) && !network.covers(&Extent::Everywhere, Tier::Open));
    let public = grant("region_analyst", Some("JZ36"), capacity_report()).unwrap();
    assert!(public.covers(&Extent::Everywhere, Tier::Open) && public.covers(&regions(&["JZ01"]), Tier::Open));
    assert!(!public.covers(&Extent::Everywhere, Tier::Indirect), "indirect of its region only");
    assert!(public.covers(&regions(&["JZ36"]), Tier::Indirect) && !public.covers(&regions(&ZW), Tier::Indirect));
}

#[test]
fn who_holds_rows_or_knows_their_youths_covers_no_area() {
    for (role, scope, dataset) in [
        ("provider", "ALMATA", placement()),
        ("education_partnership", "VO3001", placement()),
        ("ret_member", "JZ36", placement()),
        ("placement_coordinator", "ZW", ret_case()),
        ("certified_institution", "GI01", placement()),
    ] {
        let grant = grant(role, Some(scope), dataset).unwrap();
        for grant in [&grant, &grant.resolved(|_| ["one".into()].into())] {
            assert!(!grant.covers(&regions(&["JZ36"]), Tier::Open), "{role}");
            assert!(!grant.covers(&Extent::Everywhere, Tier::Open), "{role}");
            assert!(grant.covered(&["JZ36".into()], Tier::Open).is_none(), "{role}");
        }
    }
}

#[test]
fn what_is_covered_is_granted_alone() {
    let network = grant("expertise_network", Some("BEN"), ret_case()).unwrap();
    let covered = network.covered(&["JZ36".into(), "JZ01".into()], Tier::Indirect).unwrap();
    let region = ret_case().field("region").unwrap();
    assert_eq!(covered.rows(), Predicate::is(region, Test::In(["JZ36".into()].into())));
    assert!(covered.shows_months(ret_case().field("day").unwrap()), "as it is shown them");
    assert!(network.covered(&["JZ36".into()], Tier::Sensitive).is_none());
    assert!(network.covered(&["JZ01".into()], Tier::Open).is_none());
}

/// Conditions on region and institution of every form that clauses have.
fn conditions() -> impl Strategy<Value = Predicate> {
    let value = prop_oneof![Just(Datum::Null), Just("JZ36".into()), Just("JZ34".into()), Just("JZ01".into())];
    let test = prop_oneof![
        value.clone().prop_map(Test::Eq),
        prop::collection::vec(value, 0..3).prop_map(|values| Test::In(values.into())),
        Just(Test::Null),
    ];
    let field = prop_oneof![Just("region"), Just("institution")];
    let is = (field, test).prop_map(|(field, test)| Predicate::is(placement().field(field).unwrap(), test));
    let held = Just(Predicate::HeldBy(Holder::Provider("ALMATA".into())));
    let leaf = prop_oneof![4 => is, 1 => held, 1 => Just(Predicate::All), 1 => Just(Predicate::None)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::And),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::Or),
            inner.prop_map(|it| Predicate::Not(Box::new(it))),
        ]
    })
}

proptest! {
    #[test]
    fn every_row_of_a_covered_region_is_granted_and_what_is_covered_is_no_more(
        conditions in prop::collection::vec((conditions(), prop::bool::ANY), 1..3),
        institution in prop::sample::select(vec![Datum::Null, "JZ36".into(), "GI01".into()]),
        holder in prop::sample::select(vec!["ALMATA", "HORIZON"]),
    ) {
        let placement = placement();
        let clause = |(rows, reaches): &(Predicate, bool)| Clause {
            rows: Rows::Where(rows.clone()),
            tier: if *reaches { Tier::Indirect } else { Tier::Open },
            months: false,
            rule: "any".into(),
        };
        let grant = Grant::for_test(placement, conditions.iter().map(clause).collect());
        let reaching = Predicate::or(conditions.iter().filter(|(_, reaches)| *reaches).map(|(rows, _)| rows.clone()));
        let holder = Holder::Provider(holder.into());
        let holds = |rows: &Predicate, region: &Datum| {
            let value = |field: FieldId| match placement.fields[field].name {
                "region" => region,
                "institution" => &institution,
                _ => &Datum::Null,
            };
            rows.holds(&value, ("source", &holder))
        };
        prop_assert!(!grant.covers(&Extent::Everywhere, Tier::Open));
        let all = ["JZ36", "JZ34", "JZ01"];
        let covered = grant.covered(&all.map(Into::into), Tier::Indirect).map_or(Predicate::None, |it| it.rows());
        for region in all {
            let is_covered = grant.covers(&regions(&[region]), Tier::Indirect);
            prop_assert!(!is_covered || holds(&reaching, &region.into()));
            prop_assert_eq!(is_covered, holds(&covered, &region.into()), "in full or not at all");
        }
        prop_assert!(!holds(&covered, &Datum::Null));
    }
}
