//! What a release counts and what it shows of it.

use std::collections::BTreeMap;

use entities::{Dataset, Date, Datum, FieldId};

/// One row of a person dataset, as a release counts it.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The youth's key.
    pub youth: i64,
    /// Who holds the row, by number: sources of one holder have one number, or that holder is left out by halves.
    pub source: usize,
    /// The row's region.
    pub region: Box<str>,
    /// The row's municipality; none where the dataset or the row has none.
    pub municipality: Option<Box<str>>,
    /// The first day on which the row holds.
    pub from: Date,
    /// The day on which it no longer does; none while it does, or where rows are of one day.
    pub until: Option<Date>,
    /// The values of [`Vocabulary::dimensions`]; one that the vocabulary lacks is in no cell.
    pub values: Box<[Datum]>,
    /// The values of [`Vocabulary::measures`].
    pub measures: Box<[Option<i64>]>,
}

/// What the tables of one dataset may be broken down by and what they measure.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// Each dimension with all values that it can have, null (not registered) last; a cell has one of them at most.
    pub dimensions: Vec<(FieldId, Vec<Datum>)>,
    /// The measured fields: whole numbers.
    pub measures: Vec<FieldId>,
}

/// The areas of a release, one nested hierarchy with one fixed membership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Geography {
    /// Each region's code, with the code of its supra-region where it is in one.
    pub regions: BTreeMap<Box<str>, Option<Box<str>>>,
    /// Each municipality's code, with its region's.
    pub municipalities: BTreeMap<Box<str>, Box<str>>,
}

/// A calendar quarter or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// Which rows of a period are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Those that begin in it.
    Begun,
    /// Those that are open on its last day; only of datasets whose rows have an end.
    Open,
}

/// Where youths come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// The whole country.
    Country,
    /// A supra-region, by code.
    SupraRegion(Box<str>),
    /// A region, by code.
    Region(Box<str>),
    /// A municipality, by code; in releases of a year only.
    Municipality(Box<str>),
}

/// One cell of a dataset's tables in one release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId {
    /// Which rows.
    pub counted: Counted,
    /// Of which area.
    pub area: Area,
    /// Of the country's rows that begin: only those of this month (its first day).
    pub month: Option<Date>,
    /// Only rows with this value of this field.
    pub by: Option<(FieldId, Datum)>,
}

/// What is shown of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Distinct youths, a multiple of 5 from 10 up.
    pub youths: u32,
    /// Rows, a multiple of 5 from 10 up; none where a few youths have most of them.
    pub rows: Option<u32>,
    /// What is shown of each of [`Vocabulary::measures`].
    pub measures: Box<[PublishedMeasure]>,
}

/// What is shown of a measure in a cell; never a sum or an extreme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishedMeasure {
    /// The average, on the measure's grid.
    pub average: Option<i64>,
    /// The midpoint of the median's class; from 20 youths.
    pub median: Option<i64>,
    /// The midpoint of the class of the ninth decile; from 100 youths.
    pub p90: Option<i64>,
}

/// Why nothing is shown of a cell. Told to nobody but whoever may read the cell's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hidden {
    /// It has fewer youths than a cell must have.
    FewYouths,
    /// The version before did not show it, and it has too few youths yet to come up.
    HeldBack,
    /// Its published value came out below that number.
    Drawn,
    /// Without one of its regions or holders too few youths would remain.
    Neighbour,
    /// Beside it there are too few youths: outside its value, or between it and a cell that it is nearly all of.
    Complement,
    /// Beside other published numbers it would give a hidden cell away.
    Audit,
}

/// All cells of a dataset's tables that have a row; every other cell of the vocabulary is hidden as these are.
pub type Cells = BTreeMap<CellId, Result<Published, Hidden>>;
