//! The seam to a regional data source: rows and counts of one holder. Knows no token, no role and no GraphQL type.

#[cfg(test)]
pub(crate) mod fixture;
mod failure;
mod inspected;
pub mod node;
pub mod observed;
mod postgres;
mod record;
pub mod resilient;
mod settings;
mod sql;
mod sqlite;
mod terms;

use std::{hash::Hash, sync::Arc, time::Duration};

use entities::{Dataset, Date, Datum};
use futures_util::future::BoxFuture;

use self::resilient::Health;
pub use self::{
    failure::Failure,
    inspected::{Inspected, Meaningless},
    postgres::{BadServer, Refused, Server},
    record::{Record, Records},
    settings::{Database, Kept, Settings},
    sql::Mappings,
    terms::Terms,
};
use crate::{
    policy::OnBehalf,
    query::{Direction, Facts, Holder, Operand, Predicate},
    telemetry::SourceLoad,
};

/// Takes the settings of a source in. Opens nothing yet, so that it cannot fail: see [`Source::check`].
#[must_use]
pub fn open(settings: Settings) -> Arc<dyn Source> {
    let (terms, kept) = settings.into_parts();
    match kept {
        Kept::Database(Database::Sqlite(path)) => Arc::new(sqlite::SqliteSource::open(terms, path)),
        Kept::Database(Database::Postgres(server)) => Arc::new(postgres::PostgresSource::open(terms, server)),
        Kept::Node(node) => Arc::new(node::NodeSource::open(terms, node)),
    }
}

/// One holder's data. Every answer is bounded in time by its caller; dropping the future stops the work.
pub trait Source: Send + Sync {
    /// Does it find out for itself what the caller may see? Then it is told on whose behalf it is asked.
    fn is_remote(&self) -> bool {
        false
    }

    /// What it was told of itself.
    fn terms(&self) -> &Terms;

    /// The configured name; unique, and the second key of the total order.
    fn name(&self) -> &str {
        self.terms().name()
    }

    /// Who holds it.
    fn holder(&self) -> &Holder {
        self.terms().holder()
    }

    /// How long it may take to answer.
    fn deadline(&self) -> Duration {
        self.terms().deadline()
    }

    /// Does it hold rows of this dataset?
    fn holds(&self, dataset: &Dataset) -> bool {
        self.terms().holds(dataset)
    }

    /// What is known of all its rows of a dataset, without asking.
    fn facts(&self, dataset: &Dataset) -> &Facts {
        self.terms().facts(dataset)
    }

    /// Rows in the order asked for.
    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>>;

    /// How many rows match, whatever the bounds and the limit.
    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>>;

    /// The same for each value of [`Select::per`]; those without rows are left out.
    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>>;

    /// A partial table over the rows that match.
    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>>;

    /// The statement that answers `rows`, for people to read.
    fn explain(&self, select: &Select) -> String;

    /// The statements that answer `table`, for people to read; nothing where there are none to show.
    fn explain_table(&self, _: &Tabulate) -> String {
        String::new()
    }

    /// Compares its tables with the contract and with the facts declared of them; one that finds out for itself what may be
    /// seen does so for an inspection alone.
    fn check(&self, on_behalf: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>>;

    /// How it does; none where nobody counts.
    fn health(&self) -> Option<&Health> {
        None
    }

    /// Hears what became of its answers; what stands around a source hands it on.
    fn note(&self, _: Noted<'_>) {}

    /// How it stands now, without being asked.
    fn load(&self) -> SourceLoad {
        SourceLoad::default()
    }
}

/// What became of an answer of a source.
#[derive(Clone, Copy, Debug)]
pub enum Noted<'a> {
    /// It came, or did not within its time.
    Asked {
        /// How long it took.
        spent: Duration,
        /// Why there is none.
        failure: Option<&'a Failure>,
    },
    /// Its rows were not in the order asked for, and were cut.
    Disordered,
}

/// What one source is asked: a projection, a condition, an order, bounds and a limit.
#[derive(Clone, Debug, Hash)]
pub struct Select {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// The values wanted; `None` is null on every row of this source.
    pub columns: Vec<Option<Operand>>,
    /// Which rows; holds no [`Predicate::Source`] or [`Predicate::HeldBy`] any more.
    pub filter: Predicate,
    /// The places in `columns` of the order's keys, each with its direction; null sorts lowest.
    pub order: Vec<(usize, Direction)>,
    /// The direction of the last key, the row's id.
    pub id_direction: Direction,
    /// Only rows after this, in the order above.
    pub after: Option<Bound>,
    /// Only rows before this, in the order above.
    pub before: Option<Bound>,
    /// The most rows.
    pub limit: usize,
    /// The link that rows are taken apart by, where they are: bounds and limit hold for each of its values.
    pub per: Option<Links>,
    /// On whose behalf it is asked; only a source that finds out for itself what may be seen opens it.
    pub on_behalf: OnBehalf,
}

/// What one source is asked for a table: a projection and a condition, and how rows are put together.
#[derive(Clone, Debug, Hash)]
pub struct Tabulate {
    /// The condition, and the values that are put together: first the parts of the group, then the measures (whole
    /// numbers). No bounds, no order, no limit.
    pub select: Select,
    /// How many of the columns are parts of the group.
    pub groups: usize,
    /// Where rows are counted on each of some days: the days, and the first and last day of a row as they are tested. The
    /// day is then a part of the group of its own, the first.
    pub open_on: Option<OpenOn>,
    /// Are the distinct youths of each group wanted?
    pub youths: bool,
    /// For each measure: are all its values wanted, each with its number?
    pub values: Vec<bool>,
    /// The most groups that are read; beyond them the answer is [`Failure::TooMany`].
    pub groups_most: usize,
    /// The same of the youths of all groups, and of the values of each measure.
    pub entries_most: usize,
}

/// A row is open on a day where it began by then and has no end, or one after that day.
#[derive(Clone, Debug, Hash)]
pub struct OpenOn {
    /// The days, none twice.
    pub days: Arc<[Date]>,
    /// The first day. Where it is null on every row of a source, that source is not asked.
    pub from: Operand,
    /// The day on which the row no longer holds; none where it is null on every row of the source.
    pub until: Option<Operand>,
}

/// What one source gives to a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partial {
    /// The groups that have rows, none twice: the day where rows are counted on days, then the parts.
    pub groups: Vec<Box<[Datum]>>,
    /// For each group the number of rows.
    pub rows: Vec<u64>,
    /// For each group and measure what its values come to: `groups x measures`, group by group.
    pub sums: Vec<Sum>,
    /// Each distinct youth of each group: the group's place, and the youth's key.
    pub youths: Vec<(u32, i64)>,
    /// For each measure whose values are wanted (none for the others): group's place, value, number of rows.
    pub values: Vec<Vec<(u32, i64, u64)>>,
}

/// What the values of a measure come to in one group; nulls do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many values there are.
    pub count: u64,
    /// Their sum.
    pub sum: i64,
    /// The lowest and the highest; none where there are no values.
    pub range: Option<(i64, i64)>,
}

/// The rows of many parents: those whose link has one of some values, value by value in any order of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Links {
    /// The place of the link in [`Select::columns`].
    pub place: usize,
    /// Its values, none twice.
    pub keys: Arc<[Datum]>,
}

impl OpenOn {
    /// The most days on which rows are counted in one table.
    pub const DAYS_MOST: usize = 400;
}

impl Links {
    /// The most rows that are asked for at once, of each parent a page; and the most parents.
    pub const ROWS_MOST: usize = 100_000;
}

impl Select {
    /// All that is asked but for the number of rows, to tell questions apart by.
    pub(crate) fn without_limit(&self) -> impl Hash {
        let bounds = (&self.after, &self.before, &self.per);
        (self.dataset, &self.columns, &self.filter, &self.order, self.id_direction, bounds)
    }

    /// The first rows in the order of ids, so many at most, with all their fields as they are stored.
    #[must_use]
    pub fn whole(dataset: &'static Dataset, limit: usize) -> Self {
        Self {
            dataset,
            columns: (0..dataset.fields.len()).map(|field| Some(Operand::Field(field))).collect(),
            filter: Predicate::All,
            order: Vec::new(),
            id_direction: Direction::Ascending,
            after: None,
            before: None,
            limit,
            per: None,
            on_behalf: OnBehalf::default(),
        }
    }
}

/// Where the rows begin or end, for one source: the three forms of a cursor, by where the source stands to the cursor's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bound {
    /// The values of the order's keys.
    pub keys: Vec<Datum>,
    /// What of the rows that are equal in all keys.
    pub ties: Ties,
}

/// Which of the rows equal in all keys to a bound lie within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ties {
    /// All of them.
    Within,
    /// None of them.
    Without,
    /// Those on the inner side of this id: after it for [`Select::after`], before it for [`Select::before`], both in the
    /// direction of ids.
    Beyond(Datum),
}
