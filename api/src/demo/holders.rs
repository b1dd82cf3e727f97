//! Which sources the demonstration has, who holds each and what is in it.

use std::path::{Path, PathBuf};

use entities::{Dataset, by_name, reference::Reference};

use super::areas::Areas;
use crate::query::{self, Facts, Holder};

/// One source of the demonstration: one SQLite file.
#[derive(Clone, Debug)]
pub struct DemoSource {
    /// Its name, such as `dashboard-jz36`.
    pub name: String,
    /// Who holds it.
    pub holder: Holder,
    /// The SQLite file.
    pub path: PathBuf,
    /// The datasets that it holds rows of.
    pub datasets: Vec<&'static Dataset>,
    /// What is known of all its rows, per dataset by name.
    pub facts: Vec<(&'static str, Facts)>,
}

impl DemoSource {
    /// Its holder's code.
    pub(crate) fn code(&self) -> &str {
        match &self.holder {
            Holder::Region(code) | Holder::Provider(code) | Holder::Partnership(code) | Holder::Network(code) => code,
        }
    }
}

/// What each kind of source holds.
const DASHBOARD: [&str; 3] = ["Referral", "CareEpisode", "WaitingTime"];
const MONITOR: [&str; 4] = ["RetCase", "Consultation", "ExplanatoryAnalysis", "RecurringPattern"];
const PROVIDER: [&str; 4] = ["CapacityReport", "Placement", "RestraintMeasure", "Incident"];
const PARTNERSHIP: [&str; 2] = ["EducationArrangement", "EducationAgreement"];

/// All sources: dashboards, expert teams' monitors, providers, partnerships and networks, their files in that folder.
pub(crate) fn sources(folder: &Path, areas: &Areas<'_>, reference: &Reference) -> Vec<DemoSource> {
    let source = |kind: &str, holder: Holder, code: &str, datasets: &[&str]| {
        let name = format!("{kind}-{}", code.to_lowercase());
        let path = folder.join(format!("{name}.sqlite"));
        let datasets: Vec<_> = datasets.iter().filter_map(|it| by_name(it)).collect();
        let facts = datasets.iter().map(|it| (it.name, query::facts(&holder, it, reference))).collect();
        DemoSource { name, holder, path, datasets, facts }
    };
    let regions = || areas.regions.iter().map(|it| it.code);
    let dashboards = regions().map(|it| source("dashboard", Holder::Region(it.into()), it, &DASHBOARD));
    let monitors = regions().map(|it| source("ret", Holder::Region(it.into()), it, &MONITOR));
    let providers = reference.providers.iter().map(|it| it.code.as_str());
    let providers = providers.map(|it| source("provider", Holder::Provider(it.into()), it, &PROVIDER));
    let partnerships = areas.partnerships.iter().copied();
    let partnerships = partnerships.map(|it| source("partnership", Holder::Partnership(it.into()), it, &PARTNERSHIP));
    let networks = areas.networks.iter().map(|(it, _)| *it);
    let networks = networks.map(|it| source("network", Holder::Network(it.into()), it, &["RecurringPattern"]));
    dashboards.chain(monitors).chain(providers).chain(partnerships).chain(networks).collect()
}
