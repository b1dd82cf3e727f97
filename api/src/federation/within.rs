//! A question that comes from another gateway, held to what its caller may see here: the rows are those of the grant
//! among those asked for, and every value is shown as both gateways show it. Does no IO.
//!
//! What both ask in the same words is written once, so that two gateways of one policy ask a source as one would. What
//! comes from the other gateway is its own rule and its caller's filter in one condition, and nothing tells them apart.
//! So where a value is hidden here on some rows, a condition on it does not hold for those, nor does its complement: the
//! other's rule is never widened, and nothing hidden here is found out by asking.

use std::{collections::HashSet, sync::Arc};

use entities::{Bucket, Dataset, Date, Datum, FieldId, Kind};

use super::{
    at::{At, always_shown},
    table::{ENTRIES_MOST, GROUPS_OF_SOURCE},
};
use crate::{
    policy::{Grant, Relation},
    query::{Operand, Predicate, Shown, Test},
    source::{OpenOn, Select, Source, Tabulate},
};

/// The question rests on what its caller may not see here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the question rests on what its caller may not see here")]
pub struct NotGranted;

/// Of a care relation that the caller has here too: the youths that the other gateway says stand in it, and those who do
/// for this one.
pub type Said = (Arc<[Datum]>, Arc<[Datum]>);

/// What is asked of a source for rows and their numbers; nothing where no row can match.
///
/// # Errors
/// Where the question rests on what is not granted.
pub fn within(
    select: &Select,
    grant: &Grant,
    said: &[Said],
    source: &dyn Source,
) -> Result<Option<Select>, NotGranted> {
    let own = Own::new(select, grant, said, source)?;
    let columns = select.columns.iter().map(|asked| own.column(asked.as_ref(), None));
    let columns = columns.collect::<Result<_, _>>()?;
    Ok(own.filter(select)?.map(|filter| Select { columns, filter, ..select.clone() }))
}

/// What is asked of a source for a table; nothing where no row can match.
///
/// # Errors
/// Where the question rests on what is not granted.
pub fn within_table(
    tabulate: &Tabulate,
    grant: &Grant,
    said: &[Said],
    source: &dyn Source,
) -> Result<Option<Tabulate>, NotGranted> {
    let select = &tabulate.select;
    let own = Own::new(select, grant, said, source)?;
    let columns = select.columns.iter().enumerate().map(|(place, asked)| {
        // A bucket may be shown where its dates are not: of the parts of groups alone.
        let bucket = asked.as_ref().filter(|_| place < tabulate.groups).and_then(bucket);
        own.column(asked.as_ref(), bucket)
    });
    let columns = columns.collect::<Result<_, _>>()?;
    let open_on = match &tabulate.open_on {
        None => None,
        Some(OpenOn { days, from, until }) => {
            // Where no row has a first day, none is open.
            let Some(from) = own.column(Some(from), None)? else { return Ok(None) };
            Some(OpenOn { days: Arc::clone(days), from, until: own.column(until.as_ref(), None)? })
        }
    };
    let Some(filter) = own.filter(select)? else { return Ok(None) };
    let select = Select { columns, filter, ..select.clone() };
    Ok(Some(Tabulate { select, open_on, ..tabulate.clone() }))
}

/// What is asked of a source to find out who stands in care relations that the caller has here too; nothing where it has
/// none of such rows.
///
/// # Errors
/// Where more is asked for than youths and their days, or by other fields than the relations rest on.
pub fn within_relations(
    select: &Select,
    relations: &[Relation],
    today: Date,
    source: &dyn Source,
) -> Result<Option<Select>, NotGranted> {
    let dataset = select.dataset;
    let (Some(period), Some(youth)) = (dataset.period, dataset.youth()) else { return Err(NotGranted) };
    let may_be_read = |field| field == youth || field == period.from || Some(field) == period.until;
    let plain = |asked: &Operand| matches!(asked, Operand::Field(field) if may_be_read(*field));
    if !select.columns.iter().flatten().all(plain) || select.filter.has_links() {
        return Err(NotGranted);
    }
    let related = relations.iter().flat_map(|it| &*it.rows).filter(|it| it.dataset.name == dataset.name);
    let at = At { dataset, source, links: true };
    let open: Vec<_> = related.flat_map(|it| it.open_on(today)).map(|rows| at.rows(&rows)).collect();
    if open.contains(&select.filter) {
        return Ok(Some(select.clone()));
    }
    let rests_on = |field: FieldId| open.iter().any(|rows| rows.field_where(&|it| it == field).is_some());
    if select.filter.field_where(&|field| !rests_on(field)).is_some() {
        return Err(NotGranted);
    }
    let filter = Predicate::and([Predicate::or(open), select.filter.clone()]);
    Ok((filter != Predicate::None).then(|| Select { filter, ..select.clone() }))
}

/// A table of rows as they are, for whom they are shown with their youths: it tells nothing that they do not. So are reasons
/// worked out why cells of a release are hidden.
///
/// # Errors
/// Where the youths of its rows are not shown on all of them.
pub fn by_rows(tabulate: &Tabulate, grant: &Grant) -> Result<Tabulate, NotGranted> {
    let is_shown = |youth| matches!(grant.shown(youth), Operand::Field(_));
    let shown = tabulate.select.dataset.youth().is_some_and(is_shown);
    if shown { Ok(no_larger(tabulate)) } else { Err(NotGranted) }
}

/// A table as callers ask for them: by dimensions, and no larger than here. Else its groups could be rows, of an id, of a
/// day as it is, of a number; those that releases are made of are.
///
/// # Errors
/// Where it is grouped by what is no dimension.
pub fn by_dimensions(tabulate: &Tabulate) -> Result<Tabulate, NotGranted> {
    let select = &tabulate.select;
    if !select.columns.iter().take(tabulate.groups).flatten().all(|it| is_dimension(select.dataset, it)) {
        return Err(NotGranted);
    }
    Ok(no_larger(tabulate))
}

/// No larger than tables are here.
fn no_larger(tabulate: &Tabulate) -> Tabulate {
    let groups_most = tabulate.groups_most.min(GROUPS_OF_SOURCE);
    let entries_most = tabulate.entries_most.min(ENTRIES_MOST);
    Tabulate { groups_most, entries_most, ..tabulate.clone() }
}

/// Is it what rows are grouped by: a code, a truth, a key of reference data, a bucket of a date?
fn is_dimension(dataset: &Dataset, operand: &Operand) -> bool {
    match dataset.fields[operand.field()].kind {
        Kind::Boolean | Kind::Code(_) | Kind::Reference(_) => bucket(operand).is_none(),
        Kind::Date => bucket(operand).is_some(),
        _ => false,
    }
}

fn bucket(operand: &Operand) -> Option<Bucket> {
    match operand {
        Operand::Field(_) => None,
        Operand::Shown(shown) => shown.bucket,
    }
}

/// What is granted here of a source.
struct Own<'a> {
    at: At<'a>,
    grant: &'a Grant,
    said: &'a [Said],
    /// The rows granted.
    rows: Predicate,
    /// The rows of each of its clauses.
    rules: Vec<Predicate>,
}

/// Does more than is meant hold where a condition holds too often, or where it does not?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Plainly,
    InReverse,
}

impl<'a> Own<'a> {
    fn new(select: &Select, grant: &'a Grant, said: &'a [Said], source: &'a dyn Source) -> Result<Self, NotGranted> {
        if grant.dataset().name != select.dataset.name {
            return Err(NotGranted);
        }
        let at = At { dataset: select.dataset, source, links: grant.has_links() };
        let rules = grant.conditions().map(|rows| at.rows(&rows)).collect();
        Ok(Self { rows: at.rows(&grant.rows()), rules, at, grant, said })
    }

    /// The rows granted that are asked for; nothing where there can be none.
    fn filter(&self, select: &Select) -> Result<Option<Predicate>, NotGranted> {
        let own = parts(&self.rows);
        let mut all = vec![self.rows.clone()];
        for part in parts(&select.filter).iter().filter(|part| !own.contains(part)) {
            let part = self.asked(part, Holds::Plainly)?;
            all.extend((!own.contains(&part) && part != self.rows).then_some(part));
        }
        let filter = Predicate::and(all);
        Ok((filter != Predicate::None).then_some(filter))
    }

    /// A value as both show it; nothing where it is null on all rows.
    fn column(&self, asked: Option<&Operand>, bucket: Option<Bucket>) -> Result<Option<Operand>, NotGranted> {
        let Some(asked) = asked else { return Ok(None) };
        let Some(own) = self.shown(asked.field(), bucket) else { return Ok(None) };
        self.both(asked, own)
    }

    /// A field, or a bucket of it, as it is shown here; nothing where it is null on all rows.
    fn shown(&self, field: FieldId, bucket: Option<Bucket>) -> Option<Operand> {
        let shown = bucket.map_or_else(|| self.grant.shown(field), |bucket| self.grant.bucketed(field, bucket));
        self.at.operand(&shown).map(|operand| always_shown(&operand, &self.rows))
    }

    fn both(&self, asked: &Operand, own: Operand) -> Result<Option<Operand>, NotGranted> {
        let Operand::Shown(asked) = asked else { return Ok(Some(own)) };
        let (field, bucket, when) = match own {
            Operand::Shown(own) if own.when == asked.when => {
                (own.field, own.bucket.max(asked.bucket), own.when.clone())
            }
            own => self.narrowed(asked, &own)?,
        };
        Ok(match (bucket, when) {
            (_, Predicate::None) => None,
            (None, Predicate::All) => Some(Operand::Field(field)),
            (bucket, when) => {
                let shown = Operand::Shown(Arc::new(Shown { field, bucket, when }));
                Some(always_shown(&shown, &self.rows))
            }
        })
    }

    /// The field, the coarser bucket of both, and where both show it.
    fn narrowed(&self, asked: &Shown, own: &Operand) -> Result<(FieldId, Option<Bucket>, Predicate), NotGranted> {
        let when = self.asked(&asked.when, Holds::Plainly)?;
        Ok(match own {
            Operand::Field(field) => (*field, asked.bucket, when),
            Operand::Shown(own) => (own.field, own.bucket.max(asked.bucket), once(&own.when, &when)),
        })
    }

    /// A condition of the other gateway, as far as its caller may ask it here.
    fn asked(&self, asked: &Predicate, holds: Holds) -> Result<Predicate, NotGranted> {
        let each = |parts: &[Predicate]| parts.iter().map(|it| self.asked(it, holds)).collect::<Result<Vec<_>, _>>();
        Ok(match asked {
            Predicate::All | Predicate::None => asked.clone(),
            Predicate::And(parts) => Predicate::and(each(parts)?),
            Predicate::Or(parts) => Predicate::or(each(parts)?),
            Predicate::Not(inner) => self.asked(inner, holds.turned())?.negated(),
            Predicate::Is(operand @ Operand::Shown(_), test) => match self.column(Some(operand), None)? {
                Some(operand) => Predicate::Is(operand, test.clone()),
                None if *test == Test::Null => Predicate::All,
                None => Predicate::None,
            },
            Predicate::Is(Operand::Field(field), test) => self.tested(*field, test, asked, holds)?,
            // What rows link to is no one's to ask for; only rules of the policy do.
            Predicate::Linked(_) if self.is_ruled(asked) => asked.clone(),
            Predicate::Linked(_) | Predicate::Source(_) | Predicate::HeldBy(_) => return Err(NotGranted),
        })
    }

    /// A test of a stored value: of the other's rule, or of its caller where that is shown the value on all rows.
    fn tested(&self, field: FieldId, test: &Test, asked: &Predicate, holds: Holds) -> Result<Predicate, NotGranted> {
        if self.is_ruled(asked) {
            return Ok(asked.clone());
        }
        if let Some(youths) = self.vouched(field, test) {
            return Ok(Predicate::is(field, Test::In(youths)));
        }
        let own = self.shown(field, None).ok_or(NotGranted)?;
        let Operand::Shown(shown) = &own else { return Ok(asked.clone()) };
        let when = shown.when.clone();
        let whenever = Operand::Shown(Arc::new(Shown { when: Predicate::All, ..Shown::clone(shown) }));
        let whenever = if shown.bucket.is_none() { Operand::Field(field) } else { whenever };
        Ok(match holds {
            Holds::Plainly if *test != Test::Null => Predicate::Is(own, test.clone()),
            Holds::Plainly => Predicate::and([when, Predicate::Is(whenever, test.clone())]),
            Holds::InReverse => Predicate::or([when.negated(), Predicate::Is(whenever, test.clone())]),
        })
    }

    /// Is it one of the grant's own rules, or a part that all of them have? Then it holds of rows that are granted so.
    fn is_ruled(&self, asked: &Predicate) -> bool {
        let all = || self.rules.iter().all(|rule| parts(rule).contains(asked));
        self.rules.contains(asked) || (!self.rules.is_empty() && all())
    }

    /// Where it says who stands in a care relation that the caller has here too: who does here. Where the other gateway
    /// leaves some of those out there is nothing: rows of single youths could be told from others.
    fn vouched(&self, field: FieldId, test: &Test) -> Option<Arc<[Datum]>> {
        let Test::In(youths) = test else { return None };
        let (said, here) = self.said.iter().find(|(said, _)| said == youths)?;
        let all: HashSet<&Datum> = said.iter().collect();
        let whole = self.at.dataset.youth() == Some(field) && here.iter().all(|it| all.contains(it));
        whole.then(|| Arc::clone(here))
    }
}

impl Holds {
    fn turned(self) -> Self {
        match self {
            Self::Plainly => Self::InReverse,
            Self::InReverse => Self::Plainly,
        }
    }
}

/// What must all hold.
fn parts(predicate: &Predicate) -> &[Predicate] {
    match predicate {
        Predicate::All => &[],
        Predicate::And(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

/// Both, each part once.
fn once(own: &Predicate, asked: &Predicate) -> Predicate {
    let rest: Vec<_> = parts(asked).iter().filter(|part| !parts(own).contains(part)).cloned().collect();
    Predicate::and(std::iter::once(own.clone()).chain(rest))
}
