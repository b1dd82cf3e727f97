//! Holds the embedded reference data together: as many rows as the sources have, and no link that leads nowhere.

use std::collections::{BTreeSet, HashMap};

use entities::{
    Kind, by_name,
    code::{AREA_KIND, BUDGET_LINE_KIND, CERTAINTY, PARTNERSHIP_SECTOR, SETTING},
    reference::{Reference, load, tables},
};
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait, Value};

/// Every row of a table as its columns' values.
type Rows = Vec<HashMap<&'static str, Value>>;

fn rows<M: ModelTrait>(models: &[M]) -> Rows {
    let columns = || <M::Entity as EntityTrait>::Column::iter();
    models.iter().map(|model| columns().map(|it| (it.as_str(), model.get(it))).collect()).collect()
}

fn reference() -> Reference {
    load().expect("the embedded files are readable")
}

fn by_type(it: &Reference) -> HashMap<&'static str, Rows> {
    HashMap::from([
        ("SupraRegion", rows(&it.supra_regions)),
        ("Region", rows(&it.regions)),
        ("Province", rows(&it.provinces)),
        ("Municipality", rows(&it.municipalities)),
        ("Membership", rows(&it.memberships)),
        ("Provider", rows(&it.providers)),
        ("Location", rows(&it.locations)),
        ("Unit", rows(&it.units)),
        ("Partnership", rows(&it.partnerships)),
        ("Postcode", rows(&it.postcodes)),
        ("Coverage", rows(&it.coverages)),
        ("School", rows(&it.schools)),
        ("ExpertiseNetwork", rows(&it.expertise_networks)),
        ("NetworkRegion", rows(&it.network_regions)),
        ("Institution", rows(&it.institutions)),
        ("Figure", rows(&it.plans.figures)),
        ("Plan", rows(&it.plans.plans)),
        ("Target", rows(&it.plans.targets)),
        ("PlanAction", rows(&it.plans.actions)),
        ("PlanActionYear", rows(&it.plans.action_years)),
        ("Milestone", rows(&it.plans.milestones)),
        ("BudgetLine", rows(&it.plans.budget_lines)),
        ("PlanPart", rows(&it.plans.parts)),
        ("Contradiction", rows(&it.plans.contradictions)),
    ])
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => text.as_deref(),
        _ => None,
    }
}

#[test]
fn there_are_as_many_rows_as_the_sources_have() {
    let it = reference();
    assert_eq!((it.supra_regions.len(), it.regions.len(), it.provinces.len()), (3, 42, 12));
    assert_eq!((it.municipalities.len(), it.memberships.len(), it.postcodes.len()), (342, 342, 4_043));
    assert_eq!(by_type(&it).len(), tables().len());
    assert!(by_type(&it).iter().all(|(name, rows)| by_name(name).is_some() && !rows.is_empty()));
}

#[test]
fn keys_are_unique() {
    for (name, rows) in by_type(&reference()) {
        let table = by_name(name).expect("all types are known");
        let key = table.fields[table.key()].column;
        let keys: BTreeSet<_> = rows.iter().filter_map(|it| text(&it[key])).collect();
        assert_eq!(keys.len(), rows.len(), "{name}");
    }
}

#[test]
fn every_link_in_the_data_resolves() {
    let types = by_type(&reference());
    for (name, rows) in &types {
        for field in &by_name(name).expect("all types are known").fields {
            let Kind::Reference(target) = field.kind else { continue };
            let table = by_name(target).expect("all links lead somewhere");
            let key = table.fields[table.key()].column;
            let keys: BTreeSet<_> = types[target].iter().filter_map(|it| text(&it[key])).collect();
            for row in rows {
                let told = format!("{name}.{}: {:?}", field.name, row[field.column]);
                assert!(text(&row[field.column]).map_or(field.nullable, |it| keys.contains(it)), "{told}");
            }
        }
    }
}

#[test]
fn nine_regions_belong_to_three_supra_regions() {
    let it = reference();
    let of = |code: &str| -> Vec<_> {
        it.regions.iter().filter(|it| it.supra_region.as_deref() == Some(code)).map(|it| it.code.as_str()).collect()
    };
    assert_eq!(of("ZW"), ["JZ34", "JZ36", "JZ38"]);
    assert_eq!(of("NHN"), ["JZ03", "JZ05", "JZ06"]);
    assert_eq!(of("NO"), ["JZ01", "JZ02", "JZ04"]);
    assert_eq!(it.regions.iter().filter(|it| it.supra_region.is_none()).count(), 33);
}

#[test]
fn a_municipality_can_lie_in_two_partnerships_and_counts_its_postcodes_once_per_sector() {
    let mut sums: HashMap<&str, (Vec<&str>, i32, i32)> = HashMap::new();
    let it = reference();
    for row in &it.coverages {
        let (secondary, of_primary, of_secondary) = sums.entry(&row.municipality).or_default();
        if row.partnership.starts_with("VO") {
            secondary.push(&row.partnership);
            *of_secondary += row.postcodes;
        } else {
            *of_primary += row.postcodes;
        }
    }
    assert!(sums.values().any(|(secondary, ..)| secondary.len() > 1));
    assert!(sums.values().all(|(_, of_primary, of_secondary)| of_primary == of_secondary));
}

#[test]
fn codes_are_of_their_lists() {
    let it = reference();
    assert!(it.units.iter().all(|it| SETTING.by_code(&it.setting).is_some() && (4..=8).contains(&it.places)));
    assert!(it.partnerships.iter().all(|it| PARTNERSHIP_SECTOR.by_code(&it.sector).is_some()));
    assert!(it.partnerships.iter().all(|it| it.code.starts_with(&it.sector)));
}

#[test]
fn what_no_source_names_says_that_it_is_made_up() {
    let it = reference();
    let known: Vec<_> = it.providers.iter().filter(|it| !it.fictional).map(|it| it.code.as_str()).collect();
    assert_eq!(known, ["ALMATA", "HORIZON", "ELKER", "JHF"]);
    assert_eq!(it.locations.iter().filter(|it| !it.fictional).count(), 2);
    assert_eq!(it.schools.iter().filter(|it| !it.fictional).count(), 1);
    assert!(it.units.iter().all(|it| it.fictional) && it.institutions.iter().all(|it| it.fictional));
}

#[test]
fn plans_hold_what_their_sources_print() {
    let it = reference().plans;
    let cited = it.figures.iter().filter(|it| !it.code.starts_with("CBS-")).count();
    assert_eq!((cited, it.milestones.len(), it.actions.len(), it.action_years.len()), (78, 52, 13, 65));
    assert_eq!((it.plans.len(), it.budget_lines.len()), (3, 10));
    assert!(it.milestones.iter().all(|it| it.period_start.is_some() && it.due_on.is_some()));
    let unread = it
        .figures
        .iter()
        .filter(|it| it.value.as_deref().is_some_and(|it| it != ".") && it.lower.or(it.upper).is_none());
    assert_eq!(
        unread.filter_map(|it| it.value.as_deref()).collect::<Vec<_>>(),
        ["24%"],
        "a share where the unit is places"
    );
    let undated = it.figures.iter().filter(|it| it.period_start.is_none());
    assert_eq!(undated.map(|it| it.period.as_str()).collect::<Vec<_>>(), ["op weg naar 2030"]);
    let codes = it.budget_lines.iter().all(|it| BUDGET_LINE_KIND.by_code(&it.kind).is_some())
        && it.actions.iter().all(|it| CERTAINTY.by_code(&it.certainty).is_some())
        && it.figures.iter().all(|it| AREA_KIND.by_code(&it.area_kind).is_some());
    assert!(codes);
}
