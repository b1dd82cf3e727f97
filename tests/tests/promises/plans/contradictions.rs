//! Each contradiction is worked out again from the published numbers, and no other is found.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{ask, items};

/// What a figure is worked out from.
struct Figures(Vec<Value>);

/// The four parts of the country of CBS, with their provinces.
const PARTS: [(&str, &[&str]); 4] = [
    ("Noord-Nederland (LD)", &["Groningen (PV)", "Fryslân (PV)", "Drenthe (PV)"]),
    ("Oost-Nederland (LD)", &["Overijssel (PV)", "Flevoland (PV)", "Gelderland (PV)"]),
    ("West-Nederland (LD)", &["Utrecht (PV)", "Noord-Holland (PV)", "Zuid-Holland (PV)", "Zeeland (PV)"]),
    ("Zuid-Nederland (LD)", &["Noord-Brabant (PV)", "Limburg (PV)"]),
];
const KINDS: [&str; 3] = ["reguliere voogdij", "voorlopige voogdij", "tijdelijke voogdij"];
const MEASURES: [&str; 4] =
    ["Ondertoezichtstelling", "Voorlopige ondertoezichtstelling", "Voogdij", "Voorlopige en tijdelijke voogdij"];

impl Figures {
    fn of(&self, citation: &str, indicator: &str, area: &str) -> Option<&Value> {
        let is = |it: &&Value| it["citation"] == citation && it["indicator"] == indicator && it["area"] == area;
        self.0.iter().find(is)
    }

    fn number(&self, citation: &str, indicator: &str, area: &str) -> Option<i64> {
        self.of(citation, indicator, area)?["value"].as_str()?.parse().ok()
    }

    /// All different texts of a member.
    fn all(&self, member: &str) -> BTreeSet<&str> {
        self.0.iter().filter_map(|it| it[member].as_str()).collect()
    }
}

/// The totals of CBS that are not the sum of what they are made of: the figure's code with that sum.
fn sums_that_differ(figures: &Figures) -> BTreeSet<(String, i64)> {
    let mut found = BTreeSet::new();
    let mut compare = |citation: &str, indicator: &str, area: &str, sum: Option<i64>| {
        let Some(total) = figures.of(citation, indicator, area) else { return };
        if let Some(sum) = sum.filter(|sum| total["value"].as_str() != Some(&sum.to_string())) {
            found.insert((total["code"].as_str().unwrap_or_default().to_owned(), sum));
        }
    };
    let statline =
        figures.all("citation").into_iter().filter(|it| it.starts_with("CBS StatLine") && !it.ends_with("85098NED"));
    for citation in statline {
        for indicator in figures.all("indicator") {
            let number = |area: &&str| figures.number(citation, indicator, area);
            compare(citation, indicator, "Nederland", PARTS.iter().map(|(part, _)| number(part)).sum());
            for (part, provinces) in PARTS {
                compare(citation, indicator, part, provinces.iter().map(number).sum());
            }
        }
    }
    for area in figures.all("area") {
        let citation = "CBS StatLine 82968NED";
        let sum = KINDS.iter().map(|kind| figures.number(citation, kind, area)).sum();
        compare(citation, "totaal voogdij", area, sum);
    }
    for citation in figures.all("citation").into_iter().filter(|it| it.starts_with("CBS longread jeugdbescherming")) {
        let number =
            |measure: &str, column: &str| figures.number(citation, &format!("{measure}, {column}"), "Nederland");
        for column in ["beginstand", "instroom", "uitstroom", "eindstand"] {
            let sum = MEASURES.iter().map(|measure| number(measure, column)).sum();
            compare(citation, &format!("Totaal, {column}"), "Nederland", sum);
        }
        for measure in MEASURES.iter().chain(&["Totaal"]) {
            let parts = [
                number(measure, "beginstand"),
                number(measure, "instroom"),
                number(measure, "uitstroom").map(|it| -it),
            ];
            compare(citation, &format!("{measure}, eindstand"), "Nederland", parts.into_iter().sum());
        }
    }
    found
}

const QUERY: &str = "{ figures { code indicator area period periodStart periodEnd value lower upper approximate citation \
                       contradictions { code } } \
                       contradictions { code stated recomputed note figure { code value } budgetLine { title amount } \
                       plan { budgetTotal } } }";

#[tokio::test]
async fn rounded_totals_of_cbs_do_not_add_up_and_each_says_so() {
    let data = ask(QUERY).await;
    let figures = Figures(items(&data, "figures").to_vec());
    let mut told = BTreeSet::new();
    for it in
        items(&data, "contradictions").iter().filter(|it| it["code"].as_str().is_some_and(|it| it.starts_with("CBS-")))
    {
        assert_eq!(it["stated"], it["figure"]["value"], "what is printed is not repaired");
        let sum = it["recomputed"].as_str().and_then(|it| it.parse().ok()).expect("a sum is a number");
        assert!(it["note"].as_str().is_some_and(|note| note.contains(&format!("= {sum};"))), "{it}");
        told.insert((it["figure"]["code"].as_str().unwrap_or_default().to_owned(), sum));
    }
    let found = sums_that_differ(&figures);
    assert_eq!(told, found);
    assert!(found.contains(&("CBS-82968NED-totaal-voogdij-nederland-2020-12-31".to_owned(), 10_090)));
    let with: BTreeMap<_, _> = figures
        .0
        .iter()
        .map(|it| (it["code"].as_str().unwrap_or_default(), items(it, "contradictions").len()))
        .collect();
    assert!(found.iter().all(|(code, _)| with[code.as_str()] > 0), "the figure itself shows it");
}

#[tokio::test]
async fn what_the_plan_says_twice_differently_comes_out_of_its_own_numbers() {
    let data = ask(QUERY).await;
    let figure = |code: &str| items(&data, "figures").iter().find(|it| it["code"] == code).expect("a figure");
    let number = |code: &str| figure(code)["lower"].as_f64().expect("a number");
    let told = |code: &str| items(&data, "contradictions").iter().find(|it| it["code"] == code).expect("it is told");
    let years = |code: &str| {
        let year = |day: &Value| day.as_str().and_then(|it| it[..4].parse::<f64>().ok()).expect("a year");
        (year(&figure(code)["periodStart"]), year(&figure(code)["periodEnd"]))
    };
    let mut beds = number("ZW-gebruik-nodig-bedden-2020");
    for rate in ["ZW-afname-gebruik-per-jaar-2020-2023", "ZW-afname-gebruik-per-jaar-2024-2025"] {
        let (first, last) = years(rate);
        // The stock of 2020 is what it starts from: the first year that takes away is 2021.
        beds -= number(rate) * (last - first.max(2021.0) + 1.0);
    }
    let it = told("ZW-beds-2025");
    assert_eq!((beds, &it["stated"], &it["figure"]["value"]), (30.0, &"24".into(), &"24".into()));
    assert_eq!(it["recomputed"], "30");
    let it = told("ZW-funding-80");
    let (funding, total) = (it["budgetLine"]["amount"].as_f64(), it["plan"]["budgetTotal"].as_f64());
    let share = funding.zip(total).map(|(funding, total)| 100.0 * funding / total).expect("both are printed");
    assert_eq!((it["stated"].as_str(), it["recomputed"].as_str()), (Some("80%"), Some(&*format!("{share:.1}%"))));
    assert_eq!((it["budgetLine"]["title"].as_str(), &*format!("{share:.1}")), (Some("SPUK 80%"), "58.8"));
}

#[tokio::test]
async fn one_occupancy_rate_is_not_its_youths_over_its_places() {
    let data = ask(QUERY).await;
    let figures = items(&data, "figures");
    let on = |indicator: &str, day: &Value| {
        let is = |it: &&Value| it["indicator"] == indicator && it["period"] == *day && it["approximate"] == false;
        figures.iter().find(is).and_then(|it| it["lower"].as_f64())
    };
    let mut differing = Vec::new();
    for rate in figures.iter().filter(|it| it["indicator"] == "bezettingsgraad") {
        let (youths, places) = (on("bezetting", &rate["period"]), on("capaciteit gesloten plaatsen", &rate["period"]));
        let Some((youths, places)) = youths.zip(places) else { continue };
        let share = 100.0 * youths / places;
        if rate["lower"].as_f64() != Some(share.round()) {
            differing.push((&rate["code"], format!("{share:.1}")));
        }
    }
    let told =
        items(&data, "contradictions").iter().filter(|it| it["figure"]["code"] == "NL-bezettingsgraad-2025-06-30");
    let told: Vec<_> =
        told.map(|it| (&it["figure"]["code"], it["recomputed"].as_str().unwrap_or_default().to_owned())).collect();
    assert_eq!((differing.len(), differing), (1, told));
}
