//! A release in memory: what it was made of, and what is shown of each cell. Knows no store.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use entities::{Bucket, Dataset, Date};

use super::{
    CellId, Geography, Period, Published, Vocabulary,
    period::named,
    record::{Contributor, Header, from_areas, from_code_lists, from_datasets, from_sources},
};
use crate::{federation::Sources, reference::Reference};

/// All releases that verify, the newest first.
#[derive(Debug, Default)]
pub struct Releases {
    all: Vec<Arc<Released>>,
    unverified: Vec<Box<str>>,
}

/// One release.
#[derive(Debug)]
pub struct Released {
    /// Its id: the period's name, such as `2025Q4`, and from the second version on its version, as in `2025Q4v2`.
    pub id: Box<str>,
    /// The quarter or year.
    pub period: Period,
    /// Which release of its period it is, from 1 on.
    pub version: u32,
    /// The day from which on it could be made.
    pub cut_off: Date,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The version of the program that made it.
    pub program_version: Box<str>,
    /// What it was made with, in the order of names.
    pub sources: Vec<Contributor>,
    /// The datasets that it has tables of.
    pub datasets: Vec<&'static Dataset>,
    /// What tells the signing key from others.
    pub key_id: Box<str>,
    /// The signature, base64.
    pub signature: Box<str>,
    /// The areas that it was made with; none where it was made before releases kept them.
    pub(super) areas: Option<Arc<Geography>>,
    /// The reference data with these areas, where they are others by now.
    pub(super) amended: OnceLock<Option<Reference>>,
    /// What its tables are broken down by; none where it was made before releases kept that.
    vocabularies: Option<Vec<Vocabulary>>,
    tables: HashMap<&'static str, Table>,
}

/// The cells of one dataset that are shown, in order.
#[derive(Debug)]
pub(super) struct Table(Box<[(CellId, Published)]>);

/// A release says nothing of the sources that the gateway has now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("release `{release}` was made with other sources of {dataset} than there are now")]
pub struct OtherSources {
    /// The release's id.
    pub release: Box<str>,
    /// The dataset's type name.
    pub dataset: &'static str,
}

impl Releases {
    pub(super) fn new(all: Vec<Arc<Released>>, unverified: Vec<Box<str>>) -> Self {
        Self { all, unverified }
    }

    /// All of them, the newest first: by last day, a quarter before the year that ends with it, and of one period the last
    /// version first.
    #[must_use]
    pub fn list(&self) -> &[Arc<Released>] {
        &self.all
    }

    /// The release that is named by a period, or by a period and a version: `2025Q4` is the last version with tables of
    /// the dataset, `2025Q4v1` the first of all.
    #[must_use]
    pub fn by_name(&self, name: &str, dataset: &Dataset) -> Option<&Arc<Released>> {
        let (period, version) = named(name)?;
        let is_it = |it: &&Arc<Released>| it.period == period && version.is_none_or(|version| it.version == version);
        self.all.iter().filter(is_it).find(|it| it.has(dataset))
    }

    /// The release of exactly that id, such as `2025Q4` (the first version) or `2025Q4v2`.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Arc<Released>> {
        self.all.iter().find(|it| *it.id == *id)
    }

    /// The newest release of a quarter or of a year, where that is said, with tables of a dataset.
    #[must_use]
    pub fn newest(&self, dataset: &Dataset, length: Option<Bucket>) -> Option<&Arc<Released>> {
        let fits = |it: &&Arc<Released>| it.has(dataset) && length.is_none_or(|length| it.period.kind() == length);
        self.all.iter().find(fits)
    }

    /// The ids of those in the store that do not verify. They are not served.
    #[must_use]
    pub fn unverified(&self) -> &[Box<str>] {
        &self.unverified
    }
}

impl Released {
    /// None where the stored form is none; what is signed is always one.
    pub(super) fn new(header: &Header, signature: String, tables: HashMap<&'static str, Table>) -> Option<Self> {
        let areas = header.areas.as_deref().map(|text| from_areas(text).map(Arc::new));
        let vocabularies = header.code_lists.as_deref().map(from_code_lists);
        Some(Self {
            id: header.id.as_str().into(),
            version: header.version.try_into().ok()?,
            areas: if let Some(areas) = areas { Some(areas?) } else { None },
            amended: OnceLock::new(),
            vocabularies: if let Some(vocabularies) = vocabularies { Some(vocabularies?) } else { None },
            period: Period { from: header.first_day.parse().ok()?, until: header.last_day.parse().ok()? },
            cut_off: header.cut_off.parse().ok()?,
            made_at: DateTime::parse_from_rfc3339(&header.made_at).ok()?.to_utc(),
            program_version: header.program_version.as_str().into(),
            sources: from_sources(&header.sources)?,
            datasets: from_datasets(&header.datasets)?,
            key_id: header.key_id.as_str().into(),
            signature: signature.into(),
            tables,
        })
    }

    /// Has it tables of the dataset? A dataset that no source held has none.
    #[must_use]
    pub fn has(&self, dataset: &Dataset) -> bool {
        self.datasets.contains(&dataset)
    }

    /// What its tables of a dataset are broken down by: the code lists that it was made with. One that kept none has those
    /// of this program.
    #[must_use]
    pub fn vocabulary(&self, dataset: &'static Dataset) -> Vocabulary {
        let kept = self.vocabularies.iter().flatten().find(|it| it.dataset.name == dataset.name);
        kept.cloned().unwrap_or_else(|| Vocabulary::of(dataset))
    }

    /// What is shown of a cell; none where it is hidden or has no rows, which look alike.
    #[must_use]
    pub fn cell(&self, dataset: &Dataset, id: &CellId) -> Option<&Published> {
        let cells = self.cells(dataset);
        cells.binary_search_by(|(known, _)| known.cmp(id)).ok().map(|place| &cells[place].1)
    }

    /// All cells of a dataset that are shown, in order.
    #[must_use]
    pub fn cells(&self, dataset: &Dataset) -> &[(CellId, Published)] {
        self.tables.get(dataset.name).map_or(&[], |table| &table.0)
    }

    /// Was it made with the sources that hold the dataset now: the same names, the same holders?
    ///
    /// # Errors
    /// Where it was not; names the release.
    pub fn is_of(&self, sources: &Sources, dataset: &Dataset) -> Result<(), OtherSources> {
        let then = self.sources.iter().filter(|it| it.datasets.iter().any(|name| **name == *dataset.name));
        let then = then.map(|it| (&*it.name, &it.holder));
        let now = sources.iter().filter(|it| it.holds(dataset)).map(|it| (it.name(), it.holder()));
        if then.eq(now) { Ok(()) } else { Err(OtherSources { release: self.id.clone(), dataset: dataset.name }) }
    }
}

impl Table {
    /// Takes cells in, whatever their order.
    pub(super) fn new(mut cells: Vec<(CellId, Published)>) -> Self {
        cells.sort_by(|a, b| a.0.cmp(&b.0));
        Self(cells.into())
    }
}
