//! A question on its way: names for datasets and fields, places for columns.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use entities::{Dataset, Datum, Kind};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{
    Ask, Heard, Question, Unheard,
    condition::{Condition, Reader, Value, Writer, dataset_named},
    table::{self, TableForm},
    value::{Scalar, kind},
};
use crate::{
    policy::OnBehalf,
    query::{Direction, Operand},
    source::{Bound, Links, Select, Ties, node::link::Youths},
};

/// A [`Question`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    source: Box<str>,
    ask: AskForm,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    relates: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    vouched: Vec<(Box<str>, Vec<Scalar>)>,
    /// Milliseconds.
    within: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AskForm {
    Rows(SelectForm),
    Count(SelectForm),
    Counts(SelectForm),
    Table(TableForm),
    Check(Vec<DatasetForm>),
}

/// The kinds of questions that are known here.
const KINDS: [&str; 5] = ["rows", "count", "counts", "table", "check"];

/// A dataset, with the fields that the gateway knows of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatasetForm {
    dataset: Box<str>,
    fields: Vec<Box<str>>,
}

/// A [`Select`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SelectForm {
    dataset: Box<str>,
    columns: Vec<Option<Value>>,
    filter: Condition,
    order: Vec<(usize, Way)>,
    id: Way,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Edge>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Edge>,
    limit: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per: Option<Parents>,
}

/// A [`Direction`].
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    Ascending,
    Descending,
}

/// A [`Bound`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edge {
    keys: Vec<Scalar>,
    ties: TiesForm,
}

/// [`Ties`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TiesForm {
    Within,
    Without,
    Beyond(Scalar),
}

/// [`Links`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parents {
    place: usize,
    keys: Vec<Scalar>,
}

/// As much of a question as names its kind.
#[derive(Deserialize)]
struct Loose {
    ask: HashMap<Box<str>, IgnoredAny>,
}

/// The form of a question; nothing where a source is never asked such a thing.
pub(super) fn write(question: &Question, youths: &Youths) -> Option<Form> {
    let youth = |datum: &Datum| Scalar::of(datum, Some(Kind::Youth), youths);
    let vouched = question.vouched.iter().map(|(name, them)| (name.clone(), them.iter().map(youth).collect()));
    Some(Form {
        source: question.source.clone(),
        ask: match &question.ask {
            Ask::Rows(select) => AskForm::Rows(write_select(select, youths)?),
            Ask::Count(select) => AskForm::Count(write_select(select, youths)?),
            Ask::Counts(select) => AskForm::Counts(write_select(select, youths)?),
            Ask::Table(tabulate) => AskForm::Table(table::write(tabulate, youths)?),
            Ask::Check(datasets) => AskForm::Check(datasets.iter().map(|dataset| DatasetForm::of(dataset)).collect()),
        },
        relates: question.relates,
        vouched: vouched.collect(),
        within: u64::try_from(question.within.as_millis()).unwrap_or(u64::MAX),
    })
}

/// The question of a body.
pub(super) fn read(body: &[u8], youths: &Youths) -> Result<Heard, Unheard> {
    let form: Form = serde_json::from_slice(body).map_err(|_| unreadable(body))?;
    let mut lacking = Vec::new();
    let ask = match form.ask {
        AskForm::Rows(it) => Ask::Rows(read_select(it, youths, &mut lacking)?.into()),
        AskForm::Count(it) => Ask::Count(read_select(it, youths, &mut Vec::new())?.into()),
        AskForm::Counts(it) => Ask::Counts(read_select(it, youths, &mut Vec::new())?.into()),
        AskForm::Table(it) => Ask::Table(table::read(it, youths)?.into()),
        AskForm::Check(all) => {
            let known = all.into_iter().map(|it| it.read(&mut lacking));
            Ask::Check(known.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        }
    };
    let youth = |it: Scalar| it.read(Some(Kind::Youth), youths).filter(|it| !it.is_null()).ok_or(Unheard::Unreadable);
    let vouched = form.vouched.into_iter().map(|(name, them)| {
        let them: Vec<_> = them.into_iter().map(youth).collect::<Result<_, _>>()?;
        Ok((name, them.into()))
    });
    let vouched = vouched.collect::<Result<_, _>>()?;
    let within = Duration::from_millis(form.within);
    Ok(Heard { question: Question { source: form.source, ask, relates: form.relates, vouched, within }, lacking })
}

/// Why a body is no question: perhaps it is of a kind that is not known here.
fn unreadable(body: &[u8]) -> Unheard {
    let Ok(Loose { ask }) = serde_json::from_slice(body) else { return Unheard::Unreadable };
    let unknown = ask.keys().find(|kind| !KINDS.contains(&kind.as_ref()));
    unknown.map_or(Unheard::Unreadable, |kind| Unheard::unknown(&["questions", kind]))
}

pub(super) fn write_select(select: &Select, youths: &Youths) -> Option<SelectForm> {
    let writer = Writer { dataset: select.dataset, youths };
    let kind = |place: usize| kind(select.dataset, select.columns.get(place)?.as_ref());
    let column = |it: &Option<Operand>| it.as_ref().map(|operand| writer.value(operand).ok_or(())).transpose();
    let edge = |bound: &Bound| Edge {
        keys: select.order.iter().zip(&bound.keys).map(|((it, _), key)| Scalar::of(key, kind(*it), youths)).collect(),
        ties: match &bound.ties {
            Ties::Within => TiesForm::Within,
            Ties::Without => TiesForm::Without,
            Ties::Beyond(id) => TiesForm::Beyond(Scalar::of(id, Some(Kind::Id), youths)),
        },
    };
    Some(SelectForm {
        dataset: select.dataset.name.into(),
        columns: select.columns.iter().map(column).collect::<Result<_, _>>().ok()?,
        filter: writer.condition(&select.filter)?,
        order: select.order.iter().map(|(place, direction)| (*place, Way::from(*direction))).collect(),
        id: select.id_direction.into(),
        after: select.after.as_ref().map(edge),
        before: select.before.as_ref().map(edge),
        limit: select.limit,
        per: select.per.as_ref().map(|links| Parents {
            place: links.place,
            keys: links.keys.iter().map(|key| Scalar::of(key, kind(links.place), youths)).collect(),
        }),
    })
}

/// The question of a form. Columns of fields that are not known become null and are named, unless more rests on them.
pub(super) fn read_select(form: SelectForm, youths: &Youths, lacking: &mut Vec<Box<str>>) -> Result<Select, Unheard> {
    let dataset = dataset_named(&form.dataset)?;
    let reader = Reader { dataset, youths };
    let ordered: Vec<usize> = form.order.iter().map(|(it, _)| *it).chain(form.per.iter().map(|it| it.place)).collect();
    if ordered.iter().any(|place| *place >= form.columns.len()) {
        return Err(Unheard::Unreadable);
    }
    let mut columns = Vec::with_capacity(form.columns.len());
    for (place, value) in form.columns.into_iter().enumerate() {
        let Some(value) = value else {
            columns.push(None);
            continue;
        };
        let name = Unheard::unknown(&[dataset.table, value.name()]);
        columns.push(match (reader.operand(value), name) {
            (Ok(operand), _) => Some(operand),
            (Err(Unheard::Unknown(_)), Unheard::Unknown(name)) if !ordered.contains(&place) => {
                lacking.push(name);
                None
            }
            (Err(unheard), _) => return Err(unheard),
        });
    }
    let kinds: Vec<_> = columns.iter().map(|it| kind(dataset, it.as_ref())).collect();
    let order: Vec<_> = form.order.into_iter().map(|(place, way)| (place, way.into())).collect();
    let edge = |edge: Edge| read_edge(edge, &order, &kinds, youths);
    Ok(Select {
        dataset,
        filter: reader.condition(form.filter)?,
        id_direction: form.id.into(),
        after: form.after.map(edge).transpose()?,
        before: form.before.map(edge).transpose()?,
        limit: form.limit,
        per: form.per.map(|it| it.read(form.limit, &kinds, youths)).transpose()?,
        on_behalf: OnBehalf::default(),
        columns,
        order,
    })
}

fn read_edge(
    Edge { keys, ties }: Edge,
    order: &[(usize, Direction)],
    kinds: &[Option<Kind>],
    youths: &Youths,
) -> Result<Bound, Unheard> {
    if keys.len() != order.len() {
        return Err(Unheard::Unreadable);
    }
    let key = |(key, (place, _)): (Scalar, &(usize, Direction))| key.read(kinds[*place], youths);
    let keys = keys.into_iter().zip(order).map(key).collect::<Option<_>>().ok_or(Unheard::Unreadable)?;
    let ties = match ties {
        TiesForm::Within => Ties::Within,
        TiesForm::Without => Ties::Without,
        TiesForm::Beyond(id) => Ties::Beyond(id.read(Some(Kind::Id), youths).ok_or(Unheard::Unreadable)?),
    };
    Ok(Bound { keys, ties })
}

impl Parents {
    /// No more than one gateway asks for at once: of each a page, and a row to know whether there are more.
    fn read(self, limit: usize, kinds: &[Option<Kind>], youths: &Youths) -> Result<Links, Unheard> {
        let rows = self.keys.len().saturating_mul(limit.saturating_sub(1).max(1));
        if rows > Links::ROWS_MOST {
            return Err(Unheard::Unreadable);
        }
        let keys = self.keys.into_iter().map(|key| key.read(kinds[self.place], youths).ok_or(Unheard::Unreadable));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        let mut seen = HashSet::new();
        if keys.iter().all(|key| seen.insert(key)) {
            Ok(Links { place: self.place, keys: keys.into() })
        } else {
            Err(Unheard::Unreadable)
        }
    }
}

impl DatasetForm {
    fn of(dataset: &Dataset) -> Self {
        let fields = dataset.fields.iter().map(|field| field.column.into()).collect();
        Self { dataset: dataset.name.into(), fields }
    }

    /// The dataset; nothing where it is not known here, so that it is absent from the answer.
    fn read(self, lacking: &mut Vec<Box<str>>) -> Result<Option<&'static Dataset>, Unheard> {
        let Ok(dataset) = dataset_named(&self.dataset) else { return Ok(None) };
        for name in self.fields.iter().filter(|name| dataset.fields.iter().all(|field| field.column != &***name)) {
            match Unheard::unknown(&[dataset.table, name]) {
                Unheard::Unknown(name) => lacking.push(name),
                Unheard::Unreadable => return Err(Unheard::Unreadable),
            }
        }
        Ok(Some(dataset))
    }
}

impl From<Direction> for Way {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Ascending => Self::Ascending,
            Direction::Descending => Self::Descending,
        }
    }
}

impl From<Way> for Direction {
    fn from(way: Way) -> Self {
        match way {
            Way::Ascending => Self::Ascending,
            Way::Descending => Self::Descending,
        }
    }
}
