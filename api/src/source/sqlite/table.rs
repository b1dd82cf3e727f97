//! Reads a partial table: its streams one after another, of one state of the file.

use std::collections::HashMap;

use entities::{Datum, FieldId};
use rusqlite::{Connection, ErrorCode, Row, types::ValueRef};

use super::{Layout, Problem, Running, bind, check, decode, readers};
use crate::{
    query::Operand,
    source::{
        Failure, Partial, Select, Sum, Tabulate,
        sql::{self, Stream, YOUTH_KEY},
    },
};

/// A table in the making, and what it is made for.
struct Reading<'t> {
    layout: Layout<'t>,
    tabulate: &'t Tabulate,
    /// The field of each part of a group; none where the part is null on every row.
    parts: Vec<Option<FieldId>>,
    partial: Partial,
    places: HashMap<Box<[Datum]>, u32>,
    /// The place of the group that was read last.
    last: usize,
}

/// Why a table cannot be read.
enum Unread {
    Problem(Problem),
    Failure(Failure),
}

/// Answers a table.
pub(super) fn table(
    (connection, running): (&Connection, &Running),
    layout: Layout<'_>,
    tabulate: &Tabulate,
) -> Result<Partial, Failure> {
    let mut reading = Reading::new(layout, tabulate);
    let read = reading.read((connection, running));
    if !connection.is_autocommit() {
        // Its transaction did not end: the connection is no good to anyone else.
        return Err(Failure::Unreachable);
    }
    match read {
        Ok(()) => Ok(reading.partial),
        Err(Unread::Failure(failure)) => Err(failure),
        Err(Unread::Problem(problem)) => Err(failure((connection, layout), tabulate, problem)),
    }
}

fn failure(known: (&Connection, Layout<'_>), tabulate: &Tabulate, problem: Problem) -> Failure {
    let Select { dataset, columns, .. } = &tabulate.select;
    match problem {
        Problem::Value(field) => Failure::malformed(dataset, field),
        Problem::Sqlite(error) if is_overflow(&error) => {
            Failure::Malformed(format!("a sum over {} is beyond 64 bits", dataset.table))
        }
        Problem::Sqlite(error) => {
            let ends = tabulate.open_on.iter().flat_map(|it| [Some(&it.from), it.until.as_ref()]).flatten();
            let fields = columns.iter().flatten().chain(ends).map(|operand| dataset.fields[operand.field()].column);
            let asked = fields.chain(tabulate.youths.then_some(YOUTH_KEY));
            check::failure_of(known, (dataset, asked), &error)
        }
    }
}

fn is_overflow(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(code, Some(message))
        if code.code == ErrorCode::Unknown && message == "integer overflow")
}

impl<'t> Reading<'t> {
    fn new(layout: Layout<'t>, tabulate: &'t Tabulate) -> Self {
        let day = tabulate.open_on.as_ref().map(|it| Some(it.from.field()));
        let parts = tabulate.parts().iter().map(|part| part.as_ref().map(Operand::field));
        let values = vec![Vec::new(); tabulate.values.len()];
        Self {
            layout,
            tabulate,
            parts: day.into_iter().chain(parts).collect(),
            partial: Partial { values, ..Partial::default() },
            places: HashMap::new(),
            last: 0,
        }
    }

    fn read(&mut self, (connection, running): (&Connection, &Running)) -> Result<(), Unread> {
        let _state = connection.unchecked_transaction()?;
        for stream in sql::streams(self.tabulate) {
            let statement = sql::table(self.layout, self.tabulate, stream);
            let mut prepared = readers::prepare(connection, &statement.text)?;
            bind(&mut prepared, &statement, 0)?;
            running.continues()?;
            let mut rows = prepared.raw_query();
            let mut read = 0;
            let most = self.tabulate.most(stream);
            while let Some(row) = rows.next()? {
                read += 1;
                if read > most {
                    return Err(Unread::Failure(Failure::TooMany(most)));
                }
                match stream {
                    Stream::Sums => self.sums(row)?,
                    Stream::Youths => self.youth(row)?,
                    Stream::Values(measure) => self.value(row, measure)?,
                }
            }
            if stream == Stream::Sums {
                self.number()?;
            }
        }
        Ok(())
    }

    /// Where the groups stand that the sums named.
    fn number(&mut self) -> Result<(), Unread> {
        let groups = self.partial.groups.iter().cloned().enumerate();
        let numbered = groups.map(|(place, group)| Ok((group, u32::try_from(place).map_err(|_| too_many(place))?)));
        self.places = numbered.collect::<Result<_, Unread>>()?;
        Ok(())
    }

    fn sums(&mut self, row: &Row<'_>) -> Result<(), Unread> {
        let (key, mut place) = self.key(row)?;
        let rows = row.get::<_, i64>(place)?.unsigned_abs();
        if rows == 0 {
            return Ok(());
        }
        place += 1;
        for measure in self.tabulate.measures() {
            let Some(operand) = measure else {
                self.partial.sums.push(Sum::default());
                continue;
            };
            self.partial.sums.push(sum(row, place, operand.field())?);
            place += 4;
        }
        self.partial.groups.push(key);
        self.partial.rows.push(rows);
        Ok(())
    }

    fn youth(&mut self, row: &Row<'_>) -> Result<(), Unread> {
        let (group, place) = self.group(row)?;
        match row.get_ref(place)? {
            ValueRef::Null => {}
            ValueRef::Integer(key) => self.partial.youths.push((group, key)),
            ValueRef::Text(pseudonym) if let Some(key) = self.layout.youth_key(self.tabulate.select.dataset) => {
                self.partial.youths.push((group, key.of(pseudonym)));
            }
            _ => return Err(Unread::Failure(youth_key_of_another_kind(self.tabulate))),
        }
        Ok(())
    }

    fn value(&mut self, row: &Row<'_>, measure: usize) -> Result<(), Unread> {
        let (group, place) = self.group(row)?;
        let Some(operand) = &self.tabulate.measures()[measure] else { return Ok(()) };
        let value = whole(row, place, operand.field())?;
        self.partial.values[measure].push((group, value, row.get::<_, i64>(place + 1)?.unsigned_abs()));
        Ok(())
    }

    /// The place of a row's group, and of the column behind it. Rows of a group mostly come one after another.
    fn group(&mut self, row: &Row<'_>) -> Result<(u32, usize), Unread> {
        if let Some(last) = self.partial.groups.get(self.last)
            && let Some(behind) = self.is_of(row, last)?
        {
            return Ok((u32::try_from(self.last).map_err(|_| too_many(self.last))?, behind));
        }
        let (key, behind) = self.key(row)?;
        let group = self.places.get(&key).copied();
        let group = group.ok_or_else(|| Unread::Failure(Failure::Malformed("groups that have no rows".to_owned())))?;
        self.last = group as usize;
        Ok((group, behind))
    }

    /// The column behind a row's group, where it is this one.
    fn is_of(&self, row: &Row<'_>, group: &[Datum]) -> Result<Option<usize>, Unread> {
        let mut place = 0;
        for (part, datum) in self.parts.iter().zip(group) {
            if part.is_some() {
                if !decode::is(row.get_ref(place)?, datum) {
                    return Ok(None);
                }
                place += 1;
            }
        }
        Ok(Some(place))
    }

    /// A row's group, and the column behind it.
    fn key(&self, row: &Row<'_>) -> Result<(Box<[Datum]>, usize), Unread> {
        let mut place = 0;
        let mut key = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let Some(field) = part else {
                key.push(Datum::Null);
                continue;
            };
            key.push(decode::value(row.get_ref(place)?, self.tabulate.select.dataset, *field)?);
            place += 1;
        }
        Ok((key.into_boxed_slice(), place))
    }
}

/// The number of values, their sum, the lowest and the highest. A sum over anything but whole numbers is none, or its
/// highest value is a text.
fn sum(row: &Row<'_>, place: usize, field: FieldId) -> Result<Sum, Unread> {
    let count = row.get::<_, i64>(place)?.unsigned_abs();
    if count == 0 {
        return Ok(Sum::default());
    }
    let [sum, low, high] = [1, 2, 3].map(|it| whole(row, place + it, field));
    Ok(Sum { count, sum: sum?, range: Some((low?, high?)) })
}

fn whole(row: &Row<'_>, place: usize, field: FieldId) -> Result<i64, Unread> {
    match row.get_ref(place)? {
        ValueRef::Integer(number) => Ok(number),
        _ => Err(Unread::Problem(Problem::Value(field))),
    }
}

fn youth_key_of_another_kind(tabulate: &Tabulate) -> Failure {
    Failure::Malformed(format!("{}.{YOUTH_KEY}", tabulate.select.dataset.table))
}

fn too_many(groups: usize) -> Unread {
    Unread::Failure(Failure::TooMany(groups))
}

impl From<Problem> for Unread {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Problem(Problem::Sqlite(error))
    }
}
