//! Care relations and inquiries: whose youths, and until when.

use super::*;

#[test]
fn a_care_relation_grants_rows_about_the_youths_that_stand_in_it_and_until_then_none() {
    for (role, scope, dataset, of) in [
        ("ret_member", "JZ36", placement(), &["RetCase"][..]),
        ("placement_coordinator", "ZW", ret_case(), &["Consultation", "Placement"]),
        ("provider", "ALMATA", education_arrangement(), &["Placement"]),
        ("provider", "ALMATA", placement(), &["Placement"]),
        ("education_partnership", "VO3001", placement(), &["EducationArrangement"]),
    ] {
        let grant = grant(role, Some(scope), dataset).unwrap();
        let relations: Vec<_> = grant.relations().collect();
        let [relation] = relations[..] else { panic!("{role} has one relation") };
        let known = of.iter().filter(|name| entities::by_name(name).is_some());
        assert!(relation.rows.iter().map(|related| related.dataset.name).eq(known.copied()), "{role}");
        assert!(relation.rows.iter().all(|related| related.rows != Predicate::All), "{role}");
        let youth = dataset.youth().unwrap();
        let about = Predicate::is(youth, Test::In(["one".into(), "two".into()].into()));
        let resolved = grant.resolved(|_| ["one".into(), "two".into()].into());
        assert_eq!(resolved.relations().count(), 0);
        assert_eq!(resolved.rows(), Predicate::or([grant.rows(), about]), "{role}");
        assert_eq!(grant.resolved(|_| [].into()).rows().conditions(), resolved.rows().conditions(), "{role}");
    }
    for (role, scope) in [("coordinator", Some("ZW")), ("inspectorate", None)] {
        assert!(grant(role, scope, placement()).is_none(), "{role}");
    }
    assert!(grant("provider", Some("ALMATA"), capacity_report()).unwrap().relations().next().is_none(), "no youths");
}

#[test]
fn a_row_makes_a_relation_while_it_is_open() {
    let grant = grant("ret_member", Some("JZ36"), placement()).unwrap();
    let related = &grant.relations().next().unwrap().rows[0];
    let today: entities::Date = "2026-11-22".parse().unwrap();
    let stands = |registered_on: &str, closed_on: Option<&str>, status: &str, holder: &str, region: &str| {
        let date = |text: &str| Datum::Date(text.parse().unwrap());
        let of = |name: &str| match name {
            "registered_on" => date(registered_on),
            "closed_on" => closed_on.map_or(Datum::Null, date),
            "status" => status.into(),
            "region" => region.into(),
            _ => Datum::Null,
        };
        let values: Vec<_> = related.dataset.fields.iter().map(|field| of(field.name)).collect();
        related
            .open_on(today)
            .iter()
            .any(|open| open.holds(&|field| &values[field], ("source", &Holder::Region(holder.into()))))
    };
    let holds = |closed_on, status, holder, region| stands("2026-11-22", closed_on, status, holder, region);
    assert!(holds(None, "REGISTERED", "JZ36", "JZ36"));
    assert!(!stands("2026-11-23", None, "REGISTERED", "JZ36", "JZ36"), "it begins tomorrow");
    assert!(!holds(None, "AFGESLOTEN", "JZ36", "JZ36"), "nobody knows whether that is open");
    assert!(holds(Some("2026-11-23"), "ADVISED", "JZ36", "JZ36"), "it closes later");
    assert!(!holds(Some("2026-11-22"), "ADVISED", "JZ36", "JZ36"), "it closed today");
    assert!(!holds(None, "CLOSED", "JZ36", "JZ36"), "its status says so");
    assert!(!holds(None, "REGISTERED", "JZ34", "JZ36"), "another region holds it");
    assert!(!holds(None, "REGISTERED", "JZ36", "JZ34"), "of another region");
}

#[test]
fn an_inquiry_reads_one_provider_and_one_period_for_its_purpose_alone() {
    let dataset = entities::by_name("Placement").unwrap();
    let inspectorate = |purpose: &str| {
        let caller = Caller { purpose: Some(purpose.into()), ..caller("inspectorate", None) };
        Policy::embedded().grant(&caller, dataset, &territory())
    };
    assert!(inspectorate("monitoring").is_none());
    assert!(inspectorate("investigation:17").is_none(), "an investigation that nobody listed");
    let grant = inspectorate("investigation:20260001").unwrap();
    assert_eq!(grant.tier(), Tier::Sensitive);
    let holds = |from: &str, until: Option<&str>, holder: &str| {
        let date = |text: &str| Datum::Date(text.parse().unwrap());
        let of = |name: &str| match name {
            "started_on" => date(from),
            "ended_on" => until.map_or(Datum::Null, date),
            _ => Datum::Null,
        };
        let values: Vec<_> = dataset.fields.iter().map(|field| of(field.name)).collect();
        grant.rows().holds(&|field| &values[field], ("source", &Holder::Provider(holder.into())))
    };
    assert!(holds("2025-03-01", None, "ALMATA") && holds("2026-05-31", Some("2026-06-02"), "ALMATA"));
    assert!(holds("2025-03-01", Some("2026-01-02"), "ALMATA"), "its last day is the period's first");
    assert!(!holds("2025-03-01", Some("2026-01-01"), "ALMATA"), "over before the period");
    assert!(!holds("2026-06-01", None, "ALMATA"), "after the period");
    assert!(!holds("2026-02-01", None, "HORIZON"), "another provider");
}
