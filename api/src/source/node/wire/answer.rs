//! An answer on its way, and its reading against the question: what was not asked for is no answer.

use std::{collections::HashSet, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use entities::{Dataset, Datum, FieldId, Kind};
use serde::{Deserialize, Serialize};

use super::{
    Answer, Ask, Told,
    partial::{self, PartialForm},
    value::{Scalar, kind},
};
use crate::{
    query::Operand,
    source::{Failure, Inspected, Meaningless, Record, Records, Select, node::link::Youths},
};

/// An [`Answer`]. What stands in it besides is of a later version, and adds to what is said here.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Rows(Vec<Vec<Scalar>>, Vec<Box<str>>),
    Count(u64),
    Counts(Vec<(Scalar, u64)>),
    Table(PartialForm),
    Check(Vec<InspectedForm>),
    Failure(FailureForm),
}

/// A [`Failure`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FailureForm {
    /// After so many milliseconds.
    TimedOut(u64),
    Unreachable,
    Drifted(Box<str>),
    TooMany(usize),
    Malformed(Box<str>),
    Refused,
    Looped,
    Busy,
    Resting(Option<Box<str>>),
}

/// A [`Meaningless`]: its field, its rows, and its codes with theirs.
type MeaninglessForm = (Box<str>, u64, Vec<(Box<str>, u64)>);

/// An [`Inspected`].
#[derive(Serialize, Deserialize)]
struct InspectedForm {
    dataset: Box<str>,
    rows: u64,
    #[serde(default)]
    missing: Vec<Box<str>>,
    #[serde(default)]
    mistyped: Vec<Box<str>>,
    #[serde(default)]
    of_another_type: Vec<(Box<str>, u64)>,
    #[serde(default)]
    against_facts: Vec<(Box<str>, u64)>,
    #[serde(default)]
    meaningless: Vec<MeaninglessForm>,
    #[serde(default)]
    repeated: u64,
}

/// The longest name of what a node lacks, and the longest of its reasons, that are handed on.
const LONGEST: usize = 200;

/// The answer as a body.
pub(super) fn write(answer: &Answer, ask: &Ask, youths: &Youths) -> Vec<u8> {
    let form = match (&answer.told, ask) {
        (Err(failure), _) => Form::Failure(failure.into()),
        (Ok(Told::Rows(records)), Ask::Rows(select)) => write_rows(records, select, youths),
        (Ok(Told::Count(count)), Ask::Count(_)) => Form::Count(*count),
        (Ok(Told::Counts(counts)), Ask::Counts(select)) => {
            let kind = link_kind(select);
            Form::Counts(counts.iter().map(|(key, count)| (Scalar::of(key, kind, youths), *count)).collect())
        }
        (Ok(Told::Table(table)), Ask::Table(tabulate)) => Form::Table(partial::write(table, tabulate, youths)),
        (Ok(Told::Check(all)), Ask::Check(_)) => Form::Check(all.iter().map(InspectedForm::from).collect()),
        _ => Form::Failure(FailureForm::Malformed("an answer to another question".into())),
    };
    serde_json::to_vec(&form).expect("it is made of names, numbers and texts")
}

fn write_rows(records: &Records, select: &Select, youths: &Youths) -> Form {
    let kinds = kinds(select);
    let row = |record: &Record| {
        let id = Scalar::of(&record.id, Some(Kind::Id), youths);
        let values = record.values.iter().zip(&kinds).map(|(datum, kind)| Scalar::of(datum, *kind, youths));
        std::iter::once(id).chain(values).collect()
    };
    Form::Rows(records.iter().map(row).collect(), records.lacking.clone())
}

/// The answer of a body.
pub(super) fn read(body: &[u8], ask: &Ask, youths: &Youths) -> Answer {
    let form = serde_json::from_slice(body).map_err(|_| unreadable("no JSON of an answer"));
    Answer { told: form.and_then(|form| told(form, ask, youths)) }
}

fn told(form: Form, ask: &Ask, youths: &Youths) -> Result<Told, Failure> {
    Ok(match (form, ask) {
        (Form::Failure(failure), _) => return Err(failure.into()),
        (Form::Rows(rows, lacking), Ask::Rows(select)) => Told::Rows(read_rows(rows, &lacking, select, youths)?),
        (Form::Count(count), Ask::Count(_)) => Told::Count(count),
        (Form::Counts(counts), Ask::Counts(select)) => Told::Counts(read_counts(counts, select, youths)?),
        (Form::Table(table), Ask::Table(tabulate)) => Told::Table(partial::read(table, tabulate, youths)?),
        (Form::Check(all), Ask::Check(datasets)) => {
            Told::Check(datasets.iter().map(|dataset| InspectedForm::find(&all, dataset)).collect())
        }
        _ => return Err(unreadable("an answer to another question")),
    })
}

fn read_rows(
    rows: Vec<Vec<Scalar>>,
    lacking: &[Box<str>],
    select: &Select,
    youths: &Youths,
) -> Result<Records, Failure> {
    let kinds = kinds(select);
    let parents = select.per.as_ref().map_or(1, |links| links.keys.len());
    if rows.len() > select.limit.saturating_mul(parents) {
        return Err(unreadable("more rows than asked for"));
    }
    let record = |row: Vec<Scalar>| {
        if row.len() != kinds.len() + 1 {
            return Err(unreadable("rows of another width"));
        }
        let mut row = row.into_iter();
        let id = row.next().and_then(|id| id.read(Some(Kind::Id), youths)).filter(|id| !id.is_null());
        let id = id.ok_or_else(|| Failure::malformed(select.dataset, select.dataset.key()))?;
        let values = row.enumerate().map(|(place, scalar)| match (kinds[place], &select.columns[place]) {
            (Some(kind), Some(operand)) => {
                let field = || Failure::malformed(select.dataset, operand.field());
                scalar.read(Some(kind), youths).ok_or_else(field)
            }
            _ => Ok(Datum::Null),
        });
        Ok(Record { id, values: values.collect::<Result<_, _>>()? })
    };
    let all = rows.into_iter().map(record).collect::<Result<Vec<_>, _>>()?;
    let asked: HashSet<String> = select.columns.iter().flatten().map(|it| column(select, it)).collect();
    let lacking = lacking.iter().filter(|name| asked.contains(&***name)).map(|name| shown(name));
    Ok(Records { all, lacking: lacking.collect() })
}

/// A column as it is named where it is lacking.
fn column(select: &Select, operand: &Operand) -> String {
    let dataset = select.dataset;
    format!("{}.{}", dataset.table, dataset.fields[operand.field()].column)
}

fn read_counts(counts: Vec<(Scalar, u64)>, select: &Select, youths: &Youths) -> Result<Vec<(Datum, u64)>, Failure> {
    let kind = link_kind(select);
    let mut seen = HashSet::new();
    let count = |(key, count): (Scalar, u64)| {
        let key = key.read(kind, youths).filter(|key| seen.insert(key.clone()));
        Ok((key.ok_or_else(|| unreadable("numbers of what was not asked for"))?, count))
    };
    counts.into_iter().map(count).collect()
}

/// The kind of each column's values; none where they are null on all rows.
pub(super) fn kinds(select: &Select) -> Vec<Option<Kind>> {
    select.columns.iter().map(|it| kind(select.dataset, it.as_ref())).collect()
}

fn link_kind(select: &Select) -> Option<Kind> {
    let link = select.per.as_ref().and_then(|links| select.columns.get(links.place))?;
    kind(select.dataset, link.as_ref())
}

pub(super) fn unreadable(reason: &str) -> Failure {
    Failure::Malformed(reason.to_owned())
}

/// What a node says of itself, as it may be shown to clients: names and plain words, and not many.
fn shown(text: &str) -> Box<str> {
    let is_plain = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | ',' | '-' | ' ');
    text.chars().filter(is_plain).take(LONGEST).collect::<String>().into()
}

impl From<&Failure> for FailureForm {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::TimedOut(after) => Self::TimedOut(u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
            Failure::Unreachable | Failure::Unconnected => Self::Unreachable,
            Failure::Drifted(names) => Self::Drifted(names.as_str().into()),
            Failure::TooMany(most) => Self::TooMany(*most),
            Failure::Malformed(reason) => Self::Malformed(reason.as_str().into()),
            Failure::Refused => Self::Refused,
            Failure::Looped => Self::Looped,
            Failure::Busy => Self::Busy,
            Failure::Resting(until) => {
                Self::Resting(until.map(|it| it.to_rfc3339_opts(SecondsFormat::Millis, true).into()))
            }
        }
    }
}

impl From<FailureForm> for Failure {
    fn from(form: FailureForm) -> Self {
        match form {
            FailureForm::TimedOut(after) => Self::TimedOut(Duration::from_millis(after)),
            FailureForm::Unreachable => Self::Unreachable,
            FailureForm::Drifted(names) => Self::Drifted(shown(&names).into()),
            FailureForm::TooMany(most) => Self::TooMany(most),
            FailureForm::Malformed(reason) => Self::Malformed(shown(&reason).into()),
            FailureForm::Refused => Self::Refused,
            FailureForm::Looped => Self::Looped,
            FailureForm::Busy => Self::Busy,
            FailureForm::Resting(until) => {
                let moment = |it: Box<str>| Some(DateTime::parse_from_rfc3339(&it).ok()?.with_timezone(&Utc));
                Self::Resting(until.and_then(moment))
            }
        }
    }
}

impl From<&Inspected> for InspectedForm {
    fn from(it: &Inspected) -> Self {
        let name = |field: FieldId| it.dataset.fields[field].column.into();
        let numbers = |all: &[(FieldId, u64)]| all.iter().map(|(field, count)| (name(*field), *count)).collect();
        Self {
            dataset: it.dataset.name.into(),
            rows: it.rows,
            missing: it.missing.iter().map(|it| it.as_str().into()).collect(),
            mistyped: it.mistyped.iter().map(|field| name(*field)).collect(),
            of_another_type: numbers(&it.of_another_type),
            against_facts: numbers(&it.against_facts),
            meaningless: it.meaningless.iter().map(|it| (name(it.field), it.rows, it.codes.clone())).collect(),
            repeated: it.repeated,
        }
    }
}

impl InspectedForm {
    /// What is said of a dataset; that it is missing, where nothing is. Of fields that are not known here nothing is asked.
    fn find(all: &[Self], dataset: &'static Dataset) -> Inspected {
        let Some(it) = all.iter().find(|it| *it.dataset == *dataset.name) else {
            return Inspected { missing: vec![dataset.table.to_owned()], ..Inspected::new(dataset) };
        };
        let field = |name: &str| dataset.fields.iter().position(|field| field.column == name);
        let numbers = |all: &[(Box<str>, u64)]| {
            all.iter().filter_map(|(name, count)| Some((field(name)?, *count))).collect::<Vec<_>>()
        };
        let meaningless = |(name, rows, codes): &MeaninglessForm| {
            let codes = codes.iter().map(|(code, rows)| (shown(code), *rows)).collect();
            Some(Meaningless { field: field(name)?, rows: *rows, codes })
        };
        Inspected {
            dataset,
            rows: it.rows,
            missing: it.missing.iter().map(|name| shown(name).into()).collect(),
            mistyped: it.mistyped.iter().filter_map(|name| field(name)).collect(),
            of_another_type: numbers(&it.of_another_type),
            against_facts: numbers(&it.against_facts),
            meaningless: it.meaningless.iter().filter_map(meaningless).collect(),
            repeated: it.repeated,
        }
    }
}
