//! Which conditions match many rows. SQLite takes every equality for a rare one, reads all rows that match and sorts
//! them; where they are many, walking the index of the order and leaving out what does not match is far quicker. A
//! bounded count tells, and is remembered for a while; a wrong guess costs time and never rows.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use entities::Kind;
use rusqlite::Connection;

use super::{Layout, Running, count, sql};
use crate::{
    query::{Operand, Predicate, Test},
    source::Select,
};

/// From this many rows on, the index of the order is walked. Few in tests, so that they meet both.
const MANY: i64 = if cfg!(test) { 4 } else { 2000 };

/// For how long a count is believed.
const REMEMBERED: Duration = Duration::from_secs(60);

/// The most counts that are remembered.
const MOST: usize = if cfg!(test) { 8 } else { 4096 };

/// What is remembered of one source.
#[derive(Default)]
pub(super) struct Breadth {
    /// Per condition, by its hash, whether it matches many rows, and since when that is known. Two conditions of one
    /// hash would share a guess, and cost time.
    known: Mutex<HashMap<u64, (bool, Instant)>>,
    keys: RandomState,
}

impl Breadth {
    /// The operands whose conditions match too many rows for an index on them to be of use.
    pub(super) fn broad<'s>(
        &self,
        (connection, running): (&Connection, &Running),
        layout: Layout<'_>,
        select: &'s Select,
    ) -> rusqlite::Result<Vec<&'s Operand>> {
        // Of a schema of the source's own nobody knows what indexes it has.
        if select.per.is_some() || layout.mapping(select.dataset).is_some() {
            return Ok(Vec::new());
        }
        let parts = match &select.filter {
            Predicate::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        if parts.iter().any(|part| is_rare(select, part)) {
            return Ok(Vec::new());
        }
        let first = select.order.first().and_then(|(place, _)| select.columns[*place].as_ref());
        let mut broad: Vec<&Operand> = Vec::new();
        let mut seen: Vec<&Operand> = first.into_iter().collect();
        for operand in parts.iter().filter_map(|part| driver(select, part)) {
            if !seen.contains(&operand) {
                seen.push(operand);
                let own = parts.iter().filter(|part| driver(select, part) == Some(operand));
                if self.is_many((connection, running), layout, select, &Predicate::and(own.cloned()))? {
                    broad.push(operand);
                }
            }
        }
        Ok(broad)
    }

    fn is_many(
        &self,
        (connection, running): (&Connection, &Running),
        layout: Layout<'_>,
        select: &Select,
        condition: &Predicate,
    ) -> rusqlite::Result<bool> {
        let key = self.keys.hash_one((select.dataset.table, condition));
        let now = Instant::now();
        let is_fresh = |since: Instant| now.duration_since(since) < REMEMBERED;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((many, since)) = known
            && is_fresh(since)
        {
            return Ok(many);
        }
        let statement = sql::count_up_to(layout, select.dataset, condition, MANY);
        let many = count(connection, running, &statement)? >= MANY.unsigned_abs();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (_, since)| is_fresh(*since));
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (many, now));
        Ok(many)
    }

    /// How many counts are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Is it a condition that few rows can meet: one youth's, rows by id, or those of a row?
fn is_rare(select: &Select, part: &Predicate) -> bool {
    let Predicate::Is(operand, Test::Eq(_) | Test::In(_)) = part else {
        return false;
    };
    matches!(select.dataset.fields[operand.field()].kind, Kind::Id | Kind::Row(_) | Kind::Youth)
}

/// The operand, where an index on it could drive the statement.
fn driver<'s>(select: &Select, part: &'s Predicate) -> Option<&'s Operand> {
    let Predicate::Is(operand, test) = part else {
        return None;
    };
    let field = &select.dataset.fields[operand.field()];
    let indexed = field.sorts || matches!(field.kind, Kind::Reference(_));
    let drives = match test {
        // In the order of ids, an index on one value is in order too.
        Test::Null | Test::Eq(_) => !select.order.is_empty(),
        Test::In(_) | Test::Lt(_) | Test::Lte(_) | Test::Gt(_) | Test::Gte(_) => true,
        Test::Contains(_) | Test::StartsWith(_) | Test::Has(_) => false,
    };
    (indexed && drives).then_some(operand)
}
