//! What a youth is told, line by line.

use chrono::{TimeZone, Utc};

use super::*;

fn sighting(operation: &str, dataset: &str) -> Sighting {
    Sighting {
        at: Utc.with_ymd_and_hms(2026, 11, 22, 12, 5, 0).unwrap(),
        operation: operation.to_owned(),
        is_kept: true,
        dataset: dataset.to_owned(),
        sources: String::new(),
        role: Some("region_analyst".to_owned()),
        issuer: None,
        organisation: Some("JZ36".to_owned()),
        purpose: Some("monitoring".to_owned()),
        rules: Some("Placement: R/indirect, RetCase: R/sensitive".to_owned()),
        gateway: None,
    }
}

/// As told under the policy that the program comes with, without sources.
fn told(sightings: &[Sighting], language: Language) -> String {
    let policy = Policy::embedded();
    Words::new(&policy, &[], language).unwrap().tell(sightings)
}

#[test]
fn one_answer_is_told_once_in_plain_dutch() {
    let dutch = told(&[sighting("a-1", "Placement"), sighting("a-1", "RetCase")], Language::Nl);
    let lines = [
        "één keer",
        "1. Op 22 november 2026 om 13:05 uur\n   Wie: een analist van een jeugdhulpregio (jeugdhulpregio ",
        "   Waarvoor: om te zien of ",
        "   Welke gegevens: een plaatsing: een verblijf bij een zorgaanbieder\n   Mocht zien: gegevens over jongeren uit de eigen regio; ",
        "   Welke gegevens: een casus van het regionaal expertteam, ",
        "ook gevoelige gegevens",
        "is nu ook opgeschreven",
    ];
    assert!(lines.iter().all(|it| dutch.contains(it)), "{dutch}");
    assert!(!dutch.contains("2. "), "{dutch}");
}

#[test]
fn several_answers_are_told_in_plain_english() {
    let investigation = Sighting {
        role: Some("inspectorate".to_owned()),
        organisation: Some("IGJ".to_owned()),
        purpose: Some("investigation:20260001".to_owned()),
        rules: Some("Incident: inquiry".to_owned()),
        sources: "gone".to_owned(),
        ..sighting("a-2", "Incident")
    };
    let looked_up = Sighting { role: None, organisation: None, purpose: None, ..sighting("a-3", LOG_DATASET) };
    let expired = Sighting { role: None, is_kept: false, rules: None, purpose: None, ..sighting("a-4", "Youth") };
    let english = told(&[sighting("a-1", "Placement"), investigation, looked_up, expired], Language::En);
    let lines = [
        "asked for 4 times",
        "1. On 22 November 2026 at 13:05\n   Who: an analyst of a youth care region (youth care region ",
        "   Who: an inspector of health and youth care (IGJ)\n   What for: To investigate ",
        " (investigation 20260001)\n   Which data: an incident: something grave that happened\n   Kept by: gone (takes part no more)\n",
        "   Was allowed to see: data of one care provider over one period, for an investigation; also sensitive data",
        "3. On 22 November 2026 at 13:05\n   Who: whoever runs this system\n   What for: to tell the youth or its parents",
        "   Who: that is written down no more\n   What for: that is written down no more\n   Which data: whether there is anything",
    ];
    for line in lines {
        assert!(english.contains(line), "{line} is not in {english}");
    }
}

#[test]
fn nothing_is_told_where_nothing_stands() {
    assert!(told(&[], Language::Nl).starts_with("Nergens"));
    assert!(told(&[], Language::En).starts_with("Nowhere"));
}

#[test]
fn every_role_purpose_and_kind_of_data_about_youths_has_words_in_both_languages() {
    let policy = Policy::embedded();
    for role in policy.roles() {
        assert!(role.called.is_some() && role.called_nl.is_some(), "{}", role.name);
    }
    for purpose in policy.purposes() {
        assert!(purpose.why_nl.is_some(), "{}", purpose.name);
    }
    for dataset in entities::datasets().iter().filter(|it| it.youth().is_some()) {
        assert!(dataset.told.is_some(), "{}", dataset.name);
    }
}
