//! Holds the contract together: every column is described, every link leads somewhere, every code is what its origin says.

use std::collections::{BTreeMap, BTreeSet};

use entities::{
    Bucket, Dataset, Field, Held, Kind, Tier, by_name,
    code::{CODE_LISTS, CodeList},
    datasets, placement,
    reference::tables,
};

fn all() -> impl Iterator<Item = &'static Dataset> {
    datasets().iter().chain(tables())
}

#[test]
fn every_column_is_described_or_hidden_on_purpose() {
    for dataset in all() {
        assert_eq!(dataset.undescribed, Vec::<String>::new(), "{}", dataset.name);
    }
}

#[test]
fn the_key_comes_first_and_no_two_fields_share_a_name() {
    for dataset in all() {
        let key = &dataset.fields[dataset.key()];
        let is_code = matches!(key.kind, Kind::Text | Kind::Reference(_));
        let is_key = if dataset.is_reference() { key.sorts && is_code } else { key.kind == Kind::Id };
        assert!(is_key && !key.nullable && key.tier == Tier::Open, "{}", dataset.name);
        let fields = dataset.fields.iter().map(|it| it.name);
        let names: Vec<_> = fields.chain(dataset.lists.iter().map(|it| it.name)).collect();
        assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "{}: {names:?}", dataset.name);
    }
    let names: BTreeSet<_> = all().map(|it| it.name).collect();
    assert_eq!(names.len(), all().count());
}

#[test]
fn every_link_leads_to_a_reference_table_or_to_rows_of_the_same_holders() {
    for dataset in all() {
        for field in &dataset.fields {
            let told = format!("{}.{}", dataset.name, field.name);
            match field.kind {
                Kind::Reference(target) => assert!(by_name(target).is_some_and(Dataset::is_reference), "{told}"),
                Kind::Row(target) => assert!(by_name(target).is_some_and(|it| it.held == dataset.held), "{told}"),
                _ => {}
            }
        }
    }
}

#[test]
fn every_list_comes_back_by_a_link() {
    for dataset in all() {
        for list in &dataset.lists {
            let told = format!("{}.{}", dataset.name, list.name);
            let target = by_name(list.target);
            let link = |name| target.and_then(|it| it.field(name).map(|id| it.fields[id].kind));
            assert_eq!(link(list.back), Some(Kind::Reference(dataset.name)), "{told}");
            if let Some(through) = list.through {
                assert!(matches!(link(through), Some(Kind::Reference(_))), "{told}");
            }
        }
    }
}

#[test]
fn reference_data_are_open_and_only_they_have_lists() {
    for dataset in all() {
        assert!(dataset.is_reference() || dataset.lists.is_empty(), "{}", dataset.name);
        assert!(!dataset.is_reference() || dataset.fields.iter().all(|it| it.tier == Tier::Open), "{}", dataset.name);
    }
}

#[test]
fn rows_about_persons_carry_the_hash_of_the_pseudonym_and_others_do_not() {
    for dataset in all() {
        assert_eq!(dataset.youth().is_some(), dataset.hidden.contains(&"youth_key"), "{}", dataset.name);
    }
    let about_youths: Vec<_> = datasets().iter().filter(|it| it.youth().is_some()).map(|it| it.name).collect();
    assert_eq!(
        about_youths,
        [
            "Referral",
            "CareEpisode",
            "RetCase",
            "Consultation",
            "ExplanatoryAnalysis",
            "Placement",
            "RestraintMeasure",
            "Incident",
            "EducationArrangement"
        ]
    );
}

#[test]
fn tiers_are_the_decided_ones() {
    let tier = |dataset: &str, field: &str| {
        by_name(dataset).and_then(|it| it.field(field).map(|id| it.fields[id].tier)).unwrap_or(Tier::Sensitive)
    };
    for dataset in datasets() {
        assert_eq!(tier(dataset.name, "region"), Tier::Open);
        for field in &dataset.fields {
            let told = format!("{}.{}", dataset.name, field.name);
            let is_indirect_at_least = field.kind != Kind::Date || field.tier >= Tier::Indirect;
            assert!(dataset.youth().is_none() || is_indirect_at_least, "{told}");
            assert!(field.kind != Kind::Youth || field.tier == Tier::Pseudonymous, "{told}");
            let sensitive = match dataset.name {
                "RestraintMeasure" => !["id", "youth", "region", "kind"].contains(&field.name),
                "Incident" => !["id", "youth", "region"].contains(&field.name),
                _ => [
                    "RetCase.problem_areas",
                    "RetCase.summary",
                    "ExplanatoryAnalysis.theme",
                    "RecurringPattern.description",
                ]
                .contains(&told.as_str()),
            };
            assert_eq!(field.tier == Tier::Sensitive, sensitive, "{told}");
        }
    }
    assert_eq!(tier("CapacityReport", "contracted_places"), Tier::Open);
    assert_eq!(tier("CapacityReport", "occupied_places"), Tier::Indirect);
    assert_eq!(tier("Placement", "municipality"), Tier::Indirect);
    for counted in ["waiting_youths", "median_days", "p90_days"] {
        assert_eq!(tier("WaitingTime", counted), Tier::Indirect);
    }
    assert_eq!(tier("RecurringPattern", "occurrences"), Tier::Indirect);
    assert_eq!(tier("EducationAgreement", "municipality"), Tier::Open);
}

#[test]
fn a_bucket_is_a_dates_and_a_coarser_one_is_no_more_telling() {
    for dataset in all() {
        for field in &dataset.fields {
            let told = format!("{}.{}", dataset.name, field.name);
            assert!(field.buckets.is_empty() || field.kind == Kind::Date, "{told}");
            let tiers: Vec<_> = Bucket::ALL.into_iter().map(|it| field.bucket_tier(it)).collect();
            assert!(tiers.is_sorted_by(|finer, coarser| finer >= coarser) && tiers[0] <= field.tier, "{told}");
        }
    }
}

#[test]
fn a_bucket_says_its_own_tier_and_is_else_as_telling_as_its_date() {
    let described = Dataset::of::<placement::Entity>("Placement", "", Held::Provider)
        .field(placement::Column::StartedOn, "", |it| it.bucket(Bucket::Year, Tier::Indirect))
        .done();
    let tiers = Bucket::ALL.map(|it| described.fields[0].bucket_tier(it));
    assert_eq!(tiers, [Tier::Sensitive, Tier::Sensitive, Tier::Sensitive, Tier::Sensitive, Tier::Indirect]);
}

#[test]
fn releases_break_down_by_telling_little_of_persons_and_every_dataset_that_can_has_a_dimension() {
    let may = |field: &Field| matches!(field.kind, Kind::Boolean | Kind::Code(_)) && field.tier <= Tier::Indirect;
    for dataset in all() {
        let mut marked = dataset.fields.iter().filter(|it| it.groups).peekable();
        let can = dataset.youth().is_some() && dataset.fields.iter().any(may);
        assert_eq!(marked.peek().is_some(), can, "{}", dataset.name);
        assert!(marked.all(may), "{}", dataset.name);
    }
    let without: Vec<_> = datasets().iter().filter(|it| it.youth().is_some() && !it.fields.iter().any(may)).collect();
    assert_eq!(without.iter().map(|it| it.name).collect::<Vec<_>>(), ["Incident"]);
}

#[test]
fn whoever_is_shown_a_number_is_shown_its_unit() {
    let mut of_units = 0;
    for dataset in all() {
        for (measure, field) in dataset.fields.iter().enumerate().filter(|(_, field)| field.unit.is_some()) {
            let unit = &dataset.fields[dataset.unit_of(measure).expect("the unit is a field")];
            assert!(matches!(unit.kind, Kind::Code(_)), "{}.{}", dataset.name, unit.name);
            assert!(unit.tier <= field.tier, "{}.{}", dataset.name, field.name);
            of_units += 1;
        }
    }
    assert_eq!(of_units, 2, "planned and delivered volume");
}

#[test]
fn lists_are_listed_by_name_and_those_of_our_own_are_in_use() {
    let names: Vec<_> = CODE_LISTS.iter().map(|it| it.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let used = all().flat_map(|it| &it.fields).filter_map(|it| it.kind.codes());
    let used: BTreeSet<_> = used.map(|it| it.name).collect();
    assert!(used.iter().all(|it| names.contains(it)), "{used:?}");
    let unused = CODE_LISTS.iter().filter(|it| !used.contains(it.name));
    for list in unused {
        assert!(list.origin.is_some(), "{} is our own and no field uses it", list.name);
    }
}

#[test]
fn values_are_names_and_stand_once_in_their_list() {
    for list in CODE_LISTS {
        for distinct in [|it: &entities::code::Code| it.code, |it: &entities::code::Code| it.value] {
            let distinct: BTreeSet<_> = list.codes.iter().map(distinct).collect();
            assert_eq!(distinct.len(), list.codes.len(), "{}", list.name);
        }
        for code in list.codes {
            let is_name = code.value.starts_with(|it: char| it.is_ascii_uppercase())
                && code.value.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
            assert!(is_name && !code.english.is_empty() && !code.dutch.is_empty(), "{}: {}", list.name, code.value);
        }
    }
}

#[test]
fn lists_with_an_origin_are_its_codes_and_dutch_labels_exactly() {
    let mut origins: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(include_str!("../data/codelijsten.csv").as_bytes());
    for record in reader.records() {
        let record = record.expect("the file is a CSV file");
        origins.entry(record[0].to_owned()).or_default().insert(record[2].to_owned(), record[3].to_owned());
    }
    let own = |it: &CodeList| it.codes.iter().map(|it| (it.code.to_owned(), it.dutch.to_owned())).collect();
    for list in CODE_LISTS {
        let Some(origin) = list.origin else {
            assert!(list.doc.contains("our own list") || list.name == "PartnershipSector", "{}", list.name);
            continue;
        };
        assert_eq!(origins.get(origin), Some(&own(list)), "{}", list.name);
    }
    let taken: BTreeSet<_> = CODE_LISTS.iter().filter_map(|it| it.origin).collect();
    assert_eq!(taken, origins.keys().map(String::as_str).collect(), "every list of the file is one of the contract");
    assert_eq!(CODE_LISTS.iter().filter(|it| it.origin.is_some()).map(|it| it.codes.len()).sum::<usize>(), 181);
}

#[test]
fn the_day_of_the_last_change_is_as_telling_as_the_day_of_what_was_written_down() {
    for dataset in datasets() {
        let tier = |field: &str| dataset.field(field).map(|field| dataset.fields[field].tier);
        let begins = dataset.period.map(|period| dataset.fields[period.from].tier);
        assert!(tier("updated_at") >= begins.max(Some(Tier::Indirect)), "{}", dataset.name);
    }
}

#[test]
fn what_a_youth_is_told_of_a_row_has_the_dutch_term_of_its_dataset() {
    for dataset in datasets() {
        assert_eq!(dataset.told.is_some(), dataset.youth().is_some(), "{}", dataset.name);
        let Some(told) = dataset.told else { continue };
        let (_, term) = dataset.doc.split_once("(Dutch: ").expect("every dataset has a Dutch term");
        let term = term.split([',', ')']).next().unwrap_or_default();
        assert!(told.dutch.contains(term), "{}: {term}", dataset.name);
        assert!(!told.english.is_empty(), "{}", dataset.name);
    }
}
