//! A partial table in the making: takes in the rows of its streams, from whichever database they come.

use std::collections::HashMap;

use entities::{Datum, FieldId};

use super::{
    cell::{Cell, Cells},
    layout::Layout,
    table::{Stream, YOUTH_KEY},
};
use crate::{
    query::Operand,
    source::{Failure, Partial, Sum, Tabulate},
};

/// A table in the making, and what it is made for.
pub(in crate::source) struct Reading<'t> {
    layout: Layout<'t>,
    tabulate: &'t Tabulate,
    /// The field of each part of a group; none where the part is null on every row.
    parts: Vec<Option<FieldId>>,
    partial: Partial,
    places: HashMap<Box<[Datum]>, u32>,
    /// The place of the group that was read last.
    last: usize,
    /// How many rows of the stream were read.
    read: usize,
}

impl<'t> Reading<'t> {
    pub(in crate::source) fn new(layout: Layout<'t>, tabulate: &'t Tabulate) -> Self {
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
            read: 0,
        }
    }

    /// The fields that a stream's rows begin with.
    pub(in crate::source) fn parts(&self) -> impl Iterator<Item = FieldId> {
        self.parts.iter().flatten().copied()
    }

    /// The table, once all streams have ended.
    pub(in crate::source) fn done(self) -> Partial {
        self.partial
    }

    /// Takes in one row of a stream.
    pub(in crate::source) fn row(&mut self, stream: Stream, row: &impl Cells) -> Result<(), Failure> {
        self.read += 1;
        let most = self.tabulate.most(stream);
        if self.read > most {
            return Err(Failure::TooMany(most));
        }
        match stream {
            Stream::Sums => self.sums(row),
            Stream::Youths => self.youth(row),
            Stream::Values(measure) => self.value(row, measure),
        }
    }

    /// A stream has ended. The sums name the groups.
    pub(in crate::source) fn end(&mut self, stream: Stream) -> Result<(), Failure> {
        self.read = 0;
        if stream == Stream::Sums {
            let groups = self.partial.groups.iter().cloned().enumerate();
            let numbered =
                groups.map(|(place, group)| Ok((group, u32::try_from(place).map_err(|_| Failure::TooMany(place))?)));
            self.places = numbered.collect::<Result<_, Failure>>()?;
        }
        Ok(())
    }

    fn sums(&mut self, row: &impl Cells) -> Result<(), Failure> {
        let (key, mut place) = self.key(row)?;
        let rows = row.cell(place).count();
        if rows == 0 {
            return Ok(());
        }
        place += 1;
        for measure in self.tabulate.measures() {
            let Some(operand) = measure else {
                self.partial.sums.push(Sum::default());
                continue;
            };
            self.partial.sums.push(self.sum(row, place, operand.field())?);
            place += 4;
        }
        self.partial.groups.push(key);
        self.partial.rows.push(rows);
        Ok(())
    }

    /// The number of values, their sum, the lowest and the highest. A sum over anything but whole numbers is none, or its
    /// highest value is a text.
    fn sum(&self, row: &impl Cells, place: usize, field: FieldId) -> Result<Sum, Failure> {
        let count = row.cell(place).count();
        if count == 0 {
            return Ok(Sum::default());
        }
        let [sum, low, high] = [1, 2, 3].map(|it| self.whole(row, place + it, field));
        Ok(Sum { count, sum: sum?, range: Some((low?, high?)) })
    }

    fn youth(&mut self, row: &impl Cells) -> Result<(), Failure> {
        let (group, place) = self.group(row)?;
        match row.cell(place) {
            Cell::Null => {}
            Cell::Int(key) => self.partial.youths.push((group, key)),
            Cell::Text(pseudonym) if let Some(key) = self.layout.youth_key(self.tabulate.select.dataset) => {
                self.partial.youths.push((group, key.of(pseudonym)));
            }
            _ => return Err(Failure::Malformed(format!("{}.{YOUTH_KEY}", self.tabulate.select.dataset.table))),
        }
        Ok(())
    }

    fn value(&mut self, row: &impl Cells, measure: usize) -> Result<(), Failure> {
        let (group, place) = self.group(row)?;
        let Some(operand) = &self.tabulate.measures()[measure] else { return Ok(()) };
        let value = self.whole(row, place, operand.field())?;
        self.partial.values[measure].push((group, value, row.cell(place + 1).count()));
        Ok(())
    }

    /// The place of a row's group, and of the column behind it. Rows of a group mostly come one after another.
    fn group(&mut self, row: &impl Cells) -> Result<(u32, usize), Failure> {
        if let Some(last) = self.partial.groups.get(self.last)
            && let Some(behind) = self.is_of(row, last)
        {
            return Ok((u32::try_from(self.last).map_err(|_| Failure::TooMany(self.last))?, behind));
        }
        let (key, behind) = self.key(row)?;
        let group = self.places.get(&key).copied();
        let group = group.ok_or_else(|| Failure::Malformed("groups that have no rows".to_owned()))?;
        self.last = group as usize;
        Ok((group, behind))
    }

    /// The column behind a row's group, where it is this one.
    fn is_of(&self, row: &impl Cells, group: &[Datum]) -> Option<usize> {
        let mut place = 0;
        for (_, datum) in self.parts.iter().zip(group).filter(|(part, _)| part.is_some()) {
            if !row.cell(place).is(datum) {
                return None;
            }
            place += 1;
        }
        Some(place)
    }

    /// A row's group, and the column behind it.
    fn key(&self, row: &impl Cells) -> Result<(Box<[Datum]>, usize), Failure> {
        let dataset = self.tabulate.select.dataset;
        let mut place = 0;
        let mut key = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let Some(field) = part else {
                key.push(Datum::Null);
                continue;
            };
            let value = row.cell(place).decode(dataset.fields[*field].kind);
            key.push(value.ok_or_else(|| Failure::malformed(dataset, *field))?);
            place += 1;
        }
        Ok((key.into_boxed_slice(), place))
    }

    fn whole(&self, row: &impl Cells, place: usize, field: FieldId) -> Result<i64, Failure> {
        match row.cell(place) {
            Cell::Int(number) => Ok(number),
            _ => Err(Failure::malformed(self.tabulate.select.dataset, field)),
        }
    }
}
