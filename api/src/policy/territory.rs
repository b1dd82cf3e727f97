//! Which regions a supra-region and a network have, as the policy needs it.

use std::{collections::HashMap, sync::Arc};

use entities::Datum;

use crate::reference::Reference;

/// The regions of supra-regions and of networks, all by code.
#[derive(Clone, Debug, Default)]
pub struct Territory {
    supra_regions: HashMap<Box<str>, Arc<[Datum]>>,
    networks: HashMap<Box<str>, Arc<[Datum]>>,
}

impl Territory {
    /// From pairs of a code and the codes of its regions: supra-regions, then networks.
    #[must_use]
    pub fn new<'a, R: IntoIterator<Item = &'a str>>(
        supra_regions: impl IntoIterator<Item = (&'a str, R)>,
        networks: impl IntoIterator<Item = (&'a str, R)>,
    ) -> Self {
        let regions = |(code, regions): (&'a str, R)| (code.into(), regions.into_iter().map(Datum::from).collect());
        Self {
            supra_regions: supra_regions.into_iter().map(regions).collect(),
            networks: networks.into_iter().map(regions).collect(),
        }
    }

    /// From the reference tables `Region` and `NetworkRegion`.
    #[must_use]
    pub fn from_reference(reference: &Reference) -> Self {
        let supra_regions = pairs(reference, "Region", "supra_region", "code");
        Self { supra_regions, networks: pairs(reference, "NetworkRegion", "network", "region") }
    }

    /// None where there is no such supra-region.
    pub(super) fn regions_of_supra_region(&self, code: &str) -> Option<&Arc<[Datum]>> {
        self.supra_regions.get(code)
    }

    /// None where there is no such network.
    pub(super) fn regions_of_network(&self, code: &str) -> Option<&Arc<[Datum]>> {
        self.networks.get(code)
    }
}

/// Of every row of a table: `region`, gathered under `by`.
fn pairs(reference: &Reference, table: &str, by: &str, region: &str) -> HashMap<Box<str>, Arc<[Datum]>> {
    let Some(table) = reference.table(table) else {
        return HashMap::new();
    };
    let (Some(by), Some(region)) = (table.dataset.field(by), table.dataset.field(region)) else {
        return HashMap::new();
    };
    let mut gathered: HashMap<Box<str>, Vec<Datum>> = HashMap::new();
    for row in table.rows() {
        if let Some(code) = row[by].as_text() {
            gathered.entry(code.into()).or_default().push(row[region].clone());
        }
    }
    gathered.into_iter().map(|(code, regions)| (code, regions.into())).collect()
}
