//! Tells a youth, or whoever asks for it, who saw its data, when and for what, in words that need no knowledge of this
//! program. Reads no log: it is given what stands there.

mod phrases;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, fmt::Write as _};

use chrono::{DateTime, Datelike, Timelike, Utc};
use entities::reference::{self, LoadError};

use self::phrases::{kind_of, of_scope, of_tier};
use crate::{
    audit::{LOG_DATASET, Sighting},
    clock::MONTHS,
    policy::{self, Policy, Purpose},
    query::Holder,
    source::Settings,
};

/// The name under which the log keeps that it was asked whether there is anything about a youth.
const YOUTH: &str = "Youth";

/// The language in which it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

/// What names mean to people.
pub(super) struct Words<'w> {
    policy: &'w Policy,
    language: Language,
    /// Who holds a source, by the source's name.
    holders: HashMap<Box<str>, Holder>,
    /// What codes are called, by the reference table and the code.
    names: HashMap<(&'static str, String), String>,
}

impl<'w> Words<'w> {
    pub(super) fn new(policy: &'w Policy, sources: &[Settings], language: Language) -> Result<Self, LoadError> {
        let reference = reference::load()?;
        let mut names = HashMap::new();
        names.extend(reference.regions.into_iter().map(|it| (("Region", it.code), it.name)));
        names.extend(reference.supra_regions.into_iter().map(|it| (("SupraRegion", it.code), it.name)));
        names.extend(reference.providers.into_iter().map(|it| (("Provider", it.code), it.name)));
        names.extend(reference.municipalities.into_iter().map(|it| (("Municipality", it.code), it.name)));
        names.extend(reference.institutions.into_iter().map(|it| (("Institution", it.code), it.name)));
        names.extend(reference.expertise_networks.into_iter().map(|it| (("ExpertiseNetwork", it.code), it.name)));
        names.extend(reference.partnerships.into_iter().map(|it| (("Partnership", it.code.clone()), it.code)));
        let holders = sources.iter().map(|it| (it.name.clone(), it.holder.clone())).collect();
        Ok(Self { policy, language, holders, names })
    }

    /// One of two, by the language.
    fn pick<'t>(&self, dutch: &'t str, english: &'t str) -> &'t str {
        match self.language {
            Language::Nl => dutch,
            Language::En => english,
        }
    }

    /// What is said of these, the oldest first.
    pub(super) fn tell(&self, sightings: &[Sighting]) -> String {
        let mut answers: Vec<Vec<&Sighting>> = Vec::new();
        for it in sightings {
            match answers.last_mut().filter(|answer| answer.iter().any(|other| other.operation == it.operation)) {
                Some(answer) => answer.push(it),
                None => answers.push(vec![it]),
            }
        }
        let mut out = self.beginning(answers.len());
        for (number, answer) in (1..).zip(&answers) {
            self.answer(&mut out, number, answer);
        }
        let last = self.pick(
            "\nDat dit overzicht is gemaakt, is nu ook opgeschreven.\n",
            "\nThat this overview was made is now written down as well.\n",
        );
        out + last
    }

    fn beginning(&self, number: usize) -> String {
        let begin = match (self.language, number) {
            (Language::Nl, 0) => {
                return "Nergens is opgeschreven dat iemand gegevens over deze jongere heeft bekeken of opgevraagd.\n"
                    .to_owned();
            }
            (Language::En, 0) => {
                return "Nowhere is it written down that anyone looked at data about this youth, or asked for them.\n"
                    .to_owned();
            }
            (Language::Nl, 1) => "Gegevens over deze jongere zijn één keer bekeken of opgevraagd.".to_owned(),
            (Language::En, 1) => "Data about this youth were looked at or asked for once.".to_owned(),
            (Language::En, 2) => "Data about this youth were looked at or asked for twice.".to_owned(),
            (Language::Nl, number) => format!("Gegevens over deze jongere zijn {number} keer bekeken of opgevraagd."),
            (Language::En, number) => format!("Data about this youth were looked at or asked for {number} times."),
        };
        let never = self.pick(
            "Namen, adressen en burgerservicenummers staan niet in deze gegevens.",
            "There are no names, addresses or citizen service numbers in these data.",
        );
        format!("{begin}\n{never}\n")
    }

    /// One answer, with all kinds of data in it.
    fn answer(&self, out: &mut String, number: usize, answer: &[&Sighting]) {
        let Some(first) = answer.first() else { return };
        let _ = writeln!(out, "\n{number}. {}", self.moment(first.at));
        let _ = writeln!(out, "   {}: {}", self.pick("Wie", "Who"), self.who(first));
        let _ = writeln!(out, "   {}: {}", self.pick("Waarvoor", "What for"), self.what_for(first));
        for it in answer {
            let _ = writeln!(out, "   {}: {}", self.pick("Welke gegevens", "Which data"), self.what(&it.dataset));
            if let Some(from) = self.holders(&it.sources) {
                let _ = writeln!(out, "   {}: {from}", self.pick("Bijgehouden door", "Kept by"));
            }
            for may in self.may_see(it) {
                let _ = writeln!(out, "   {}: {may}", self.pick("Mocht zien", "Was allowed to see"));
            }
        }
        if let Some(issuer) = &first.issuer {
            let _ = writeln!(out, "   {}: {issuer}", self.pick("Ingelogd bij", "Logged in at"));
        }
        if let Some(gateway) = &first.gateway {
            let _ =
                writeln!(out, "   {}: {gateway}", self.pick("Gevraagd via het systeem", "Asked through the system"));
        }
    }

    /// The moment, as clocks in Amsterdam show it.
    fn moment(&self, at: DateTime<Utc>) -> String {
        let at = at.with_timezone(&chrono_tz::Europe::Amsterdam);
        let (dutch, english) = MONTHS[at.month0() as usize % MONTHS.len()];
        let (day, month, year) = (at.day(), self.pick(dutch, english), at.year());
        let (hour, minute) = (at.hour(), at.minute());
        match self.language {
            Language::Nl => format!("Op {day} {month} {year} om {hour:02}:{minute:02} uur"),
            Language::En => format!("On {day} {month} {year} at {hour:02}:{minute:02}"),
        }
    }

    fn who(&self, it: &Sighting) -> String {
        let Some(role) = &it.role else {
            let keeper = ("wie dit systeem beheert", "whoever runs this system");
            let unknown = ("dat staat niet meer opgeschreven", "that is written down no more");
            let (dutch, english) = if it.is_kept && it.dataset == LOG_DATASET { keeper } else { unknown };
            return self.pick(dutch, english).to_owned();
        };
        let known = self.policy.role(role);
        let called = known.and_then(|role| match self.language {
            Language::Nl => role.called_nl.as_deref(),
            Language::En => role.called.as_deref(),
        });
        let called = called.map_or_else(|| role.replace('_', " "), ToOwned::to_owned);
        let Some(organisation) = &it.organisation else { return called };
        let table = known.and_then(|role| role.claim).map(policy::Claim::table);
        let organisation = table.map_or_else(|| organisation.clone(), |table| self.name(table, organisation));
        format!("{called} ({organisation})")
    }

    /// What a code of a reference table is called, with what it is.
    fn name(&self, table: &'static str, code: &str) -> String {
        let (dutch, english) = kind_of(table);
        match self.names.get(&(table, code.to_owned())) {
            Some(name) => format!("{} {name}", self.pick(dutch, english)),
            None => code.to_owned(),
        }
    }

    fn what_for(&self, it: &Sighting) -> String {
        if it.dataset == LOG_DATASET {
            let why = self.pick(
                "om de jongere of de ouders te vertellen wie de gegevens heeft bekeken",
                "to tell the youth or its parents who looked at the data",
            );
            return why.to_owned();
        }
        let Some(name) = &it.purpose else {
            return self.pick("dat staat niet meer opgeschreven", "that is written down no more").to_owned();
        };
        match self.policy.purpose(name) {
            Some(purpose) => self.why(purpose, name),
            None => name.clone(),
        }
    }

    /// Why, with the number of an investigation.
    fn why(&self, purpose: &Purpose, name: &str) -> String {
        let why = match self.language {
            Language::Nl => purpose.why_nl.as_deref().unwrap_or(&purpose.why),
            Language::En => &purpose.why,
        };
        let number = name.split_once(':').map(|(_, number)| number);
        let number = number.map(|number| format!(" ({} {number})", self.pick("onderzoek", "investigation")));
        why.to_owned() + &number.unwrap_or_default()
    }

    fn what(&self, dataset: &str) -> String {
        let told = entities::by_name(dataset).and_then(|it| it.told);
        match (dataset, told) {
            (_, Some(told)) => self.pick(told.dutch, told.english).to_owned(),
            (LOG_DATASET, _) => self
                .pick("dit overzicht van wie gegevens heeft bekeken", "this overview of who looked at data")
                .to_owned(),
            (YOUTH, _) => {
                self.pick("of er iets over deze jongere is", "whether there is anything about this youth").to_owned()
            }
            _ => self.pick("gegevens die hier niet meer voorkomen", "data that are no longer kept here").to_owned(),
        }
    }

    /// Who holds these sources; none where none is named.
    fn holders(&self, sources: &str) -> Option<String> {
        let mut all: Vec<String> = Vec::new();
        for source in sources.split(", ").filter(|it| !it.is_empty()) {
            let holder = match self.holders.get(source) {
                Some(Holder::Region(code)) => self.name("Region", code),
                Some(Holder::Provider(code)) => self.name("Provider", code),
                Some(Holder::Partnership(code)) => self.name("Partnership", code),
                Some(Holder::Network(code)) => self.name("ExpertiseNetwork", code),
                None => format!("{source} ({})", self.pick("doet niet meer mee", "takes part no more")),
            };
            if !all.contains(&holder) {
                all.push(holder);
            }
        }
        let several = self.pick("een of meer van deze: ", "one or more of these: ");
        let several = if all.len() > 1 { several } else { "" };
        (!all.is_empty()).then(|| format!("{several}{}", all.join(", ")))
    }

    /// What the rules by which it was given allow.
    fn may_see(&self, it: &Sighting) -> Vec<String> {
        let rules = it.rules.as_deref().unwrap_or_default();
        let of_dataset = rules.split(", ").filter_map(|rule| rule.strip_prefix(&*it.dataset)?.strip_prefix(": "));
        let parts = of_dataset.filter_map(policy::Part::read);
        let said = parts.map(|part| {
            let ((rows, rows_en), (depth, depth_en)) = (of_scope(part.scope), of_tier(part.tier));
            format!("{}; {}", self.pick(rows, rows_en), self.pick(depth, depth_en))
        });
        said.collect()
    }
}
