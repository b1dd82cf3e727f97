//! Reads the rows that a release counts from every source that holds them: complete, or not at all. Rows come without
//! pseudonyms, so many at a time that memory stays bounded however many a source holds.

use std::{future::Future, sync::Arc, time::Duration};

use chrono::Days;
use entities::{Bucket, Dataset, Date, Datum, FieldId};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::timeout;

use super::{NotMade, Observation, Period, Vocabulary};
use crate::{
    federation::Sources,
    policy::{Grant, OnBehalf},
    query::{Operand, Predicate, Test},
    source::{Failure, Partial, Select, Source, Tabulate},
};

/// How long a source may take for each question.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many sources are asked at the same time.
const TOGETHER: usize = 4;
/// The most rows that are read at once; few in tests, so that these read in many parts.
const ROWS_MOST: usize = if cfg!(test) { 20 } else { 50_000 };
/// No row of the contract is older.
const EARLIEST: &str = "0001-01-01";

/// Which rows are read: those that begin in one of the periods, and those that are open on the last day of one.
#[derive(Clone, Copy)]
struct Span {
    first: Date,
    /// The last day of the first period to end.
    ends: Date,
    last: Date,
}

/// Where the values of an observation stand in a row that was read.
struct Columns {
    fields: Vec<FieldId>,
    region: usize,
    municipality: Option<usize>,
    from: usize,
    until: Option<usize>,
    /// The first dimension; the measures follow the dimensions.
    dimensions: usize,
}

/// All rows granted of a dataset that tables of these periods count, source by source.
pub(super) async fn observe(
    vocabulary: &Vocabulary,
    periods: &[Period],
    sources: &Sources,
    grant: &Grant,
) -> Result<Vec<Observation>, NotMade> {
    let dataset = vocabulary.dataset;
    let Some(span) = Span::of(periods) else { return Ok(Vec::new()) };
    let may_hold = |source: &dyn Source| {
        let known = (source.name(), source.holder());
        source.holds(dataset) && grant.may_be_held_by(known, source.facts(dataset), |it| source.holds(it))
    };
    // A holder's number is the place of its first source.
    let number = |source: &dyn Source| sources.iter().position(|it| it.holder() == source.holder());
    let holding = sources.iter().filter(|source| may_hold(*source)).filter_map(|it| Some((number(it)?, it)));
    let read = holding.map(|(holder, source)| of_source((holder, source), vocabulary, span, grant));
    let read: Vec<_> = stream::iter(read.collect::<Vec<_>>()).buffered(TOGETHER).try_collect().await?;
    Ok(read.into_iter().flatten().collect())
}

/// Compares the datasets of persons that a source holds with the contract: a value that cannot be read must not be left
/// out in silence.
pub(super) async fn inspect(source: &dyn Source, datasets: &[&'static Dataset]) -> Result<(), NotMade> {
    let unanswered = |dataset: &str, failure| NotMade::unanswered(source, dataset, failure);
    let held: Vec<_> = datasets.iter().filter(|it| source.holds(it)).collect();
    let Some(first) = held.first() else { return Ok(()) };
    let inspected =
        in_time(source, source.check(OnBehalf::release())).await.map_err(|failure| unanswered(first.name, failure))?;
    let faulty = inspected.into_iter().find(|it| it.faults() > 0 && held.iter().any(|held| **held == it.dataset));
    faulty.map_or(Ok(()), |it| Err(NotMade::Faulty { source_name: source.name().into(), inspected: Box::new(it) }))
}

async fn of_source(
    (holder, source): (usize, &dyn Source),
    vocabulary: &Vocabulary,
    span: Span,
    grant: &Grant,
) -> Result<Vec<Observation>, NotMade> {
    let dataset = vocabulary.dataset;
    let unanswered = |failure| NotMade::unanswered(source, dataset.name, failure);
    let columns = Columns::of(vocabulary).ok_or_else(|| unanswered(undated(dataset)))?;
    refuse_empty(source, dataset, &columns, grant).await?;
    let mut read = Vec::new();
    let mut ranges = vec![(EARLIEST.parse().unwrap_or(span.first), span.last)];
    while let Some((from, until)) = ranges.pop() {
        let tabulate = columns.tabulate(dataset, span.filter(&columns, (from, until)), grant);
        match in_time(source, source.table(Arc::new(tabulate))).await {
            Ok(partial) => read.extend(columns.observations(holder, vocabulary, partial).map_err(unanswered)?),
            Err(Failure::TooMany(_)) if from < until => {
                let middle = halfway(from, until);
                ranges.extend([(middle.next(Bucket::Day), until), (from, middle)]);
            }
            Err(failure) => return Err(unanswered(failure)),
        }
    }
    Ok(read)
}

/// A row without a first day or a region would be in no table.
async fn refuse_empty(
    source: &dyn Source,
    dataset: &'static Dataset,
    columns: &Columns,
    grant: &Grant,
) -> Result<(), NotMade> {
    for field in [columns.fields[columns.from], columns.fields[columns.region]] {
        let filter = Predicate::and([grant.rows(), Predicate::is(field, Test::Null)]);
        let on_behalf = grant.on_behalf().clone();
        let select = Select { filter, on_behalf, ..Select::whole(dataset, 1) };
        let counted = in_time(source, source.count(Arc::new(select))).await;
        if counted.map_err(|failure| NotMade::unanswered(source, dataset.name, failure))? > 0 {
            return Err(NotMade::unanswered(source, dataset.name, Failure::malformed(dataset, field)));
        }
    }
    Ok(())
}

/// A day from the first up to but not with the last.
fn halfway(from: Date, until: Date) -> Date {
    let (from, until) = (from.to_chrono(), until.to_chrono());
    let days = until.signed_duration_since(from).num_days() / 2;
    Date::from_chrono(from.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(from))
}

async fn in_time<T>(source: &dyn Source, answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let patience = source.deadline().max(PATIENCE);
    timeout(patience, answer).await.unwrap_or(Err(Failure::TimedOut(patience)))
}

fn undated(dataset: &Dataset) -> Failure {
    Failure::Malformed(format!("{} has no region or no period", dataset.table))
}

impl Span {
    fn of(periods: &[Period]) -> Option<Self> {
        Some(Self {
            first: periods.iter().map(|it| it.from).min()?,
            ends: periods.iter().map(|it| it.until).min()?,
            last: periods.iter().map(|it| it.until).max()?,
        })
    }

    /// Those of its rows that begin within a range of days.
    fn filter(self, columns: &Columns, (from, until): (Date, Date)) -> Predicate {
        let began = columns.fields[columns.from];
        let begins = Predicate::is(began, Test::Gte(self.first.into()));
        let open = columns.until.map(|place| {
            let field = columns.fields[place];
            [Predicate::is(field, Test::Null), Predicate::is(field, Test::Gt(self.ends.into()))]
        });
        let counted = Predicate::or(std::iter::once(begins).chain(open.into_iter().flatten()));
        let within = [Test::Gte(from.into()), Test::Lte(until.into())].map(|test| Predicate::is(began, test));
        Predicate::and(within.into_iter().chain([counted]))
    }
}

impl Columns {
    /// None where rows have no region or no date.
    fn of(vocabulary: &Vocabulary) -> Option<Self> {
        let dataset = vocabulary.dataset;
        let period = dataset.period?;
        // Each row is a group of its own: its id comes first.
        let mut fields = vec![dataset.key()];
        let mut place = |field| {
            fields.push(field);
            fields.len() - 1
        };
        let region = place(dataset.field("region")?);
        let municipality = dataset.field("municipality").map(&mut place);
        let from = place(period.from);
        let until = period.until.map(&mut place);
        let dimensions = fields.len();
        fields.extend(vocabulary.dimensions.iter().map(|(field, _)| *field).chain(vocabulary.measures.iter().copied()));
        Some(Self { fields, region, municipality, from, until, dimensions })
    }

    fn tabulate(&self, dataset: &'static Dataset, filter: Predicate, grant: &Grant) -> Tabulate {
        let filter = Predicate::and([grant.rows(), filter]);
        let columns: Vec<Option<Operand>> = self.fields.iter().map(|field| Some(grant.shown(*field))).collect();
        Tabulate {
            groups: columns.len(),
            select: Select {
                columns,
                filter,
                on_behalf: grant.on_behalf().clone(),
                ..Select::whole(dataset, ROWS_MOST)
            },
            open_on: None,
            youths: true,
            values: Vec::new(),
            groups_most: ROWS_MOST,
            entries_most: ROWS_MOST,
        }
    }

    /// The rows of a partial table. What is not of its field's kind is an error that names the field.
    fn observations(
        &self,
        holder: usize,
        vocabulary: &Vocabulary,
        partial: Partial,
    ) -> Result<Vec<Observation>, Failure> {
        let dataset = vocabulary.dataset;
        let malformed = |place: usize| Failure::malformed(dataset, self.fields[place]);
        let mut youths = vec![None; partial.groups.len()];
        for (group, youth) in partial.youths {
            if let Some(of) = youths.get_mut(group as usize) {
                *of = Some(youth);
            }
        }
        let observation = |(row, youth): (Box<[Datum]>, Option<i64>)| {
            let text = |place: usize| row[place].as_text().map(Box::<str>::from);
            let date = |place: usize| match row[place] {
                Datum::Date(date) => Ok(Some(date)),
                Datum::Null => Ok(None),
                _ => Err(malformed(place)),
            };
            let (values, measures) = row[self.dimensions..].split_at(vocabulary.dimensions.len());
            let measure = |(place, value): (usize, &Datum)| match value {
                Datum::Int(number) => Ok(Some(*number)),
                Datum::Null => Ok(None),
                _ => Err(malformed(self.dimensions + values.len() + place)),
            };
            Ok(Observation {
                youth: youth.ok_or_else(|| Failure::Malformed(format!("{}.youth_key", dataset.table)))?,
                source: holder,
                region: text(self.region).ok_or_else(|| malformed(self.region))?,
                municipality: self.municipality.and_then(text),
                from: date(self.from)?.ok_or_else(|| malformed(self.from))?,
                until: self.until.map_or(Ok(None), date)?,
                values: values.into(),
                measures: measures.iter().enumerate().map(measure).collect::<Result<_, _>>()?,
            })
        };
        partial.groups.into_iter().zip(youths).map(observation).collect()
    }
}

#[cfg(test)]
mod tests;
