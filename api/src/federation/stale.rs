//! The last good answers of sources, for callers whose policy lets them be shown in place of none. In memory alone, of
//! bounded size and age; nothing is kept for anyone else.
//!
//! An answer is found again by the whole question: source, grant (its clauses, with who stands in its care relations now,
//! and for whom a node is asked) and all that the source was asked, which holds the grant's condition and the values as the caller is shown them. So no
//! one is ever shown what was read for another grant. Who stands in a care relation is never answered from here, and no
//! single row by its id: there is no place to say of it that it is old.

use std::{
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use entities::Datum;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

use super::Sources;
use crate::{
    clock::Clock,
    policy::Grant,
    source::{Failure, Partial, Record},
};

/// How often what is too old is thrown away, in milliseconds, where answers are added.
const SWEEP: i64 = 30_000;

/// What answers are about as large as, in bytes: a guess that sizes the table of keys.
const USUAL: u64 = 16 * 1024;

/// Answers of sources.
pub struct Memory {
    clock: Clock,
    answers: Cache<Key, Kept, Bytes>,
    swept: AtomicI64,
}

/// A question by its digest.
pub(super) type Key = [u8; 32];

#[derive(Clone)]
struct Kept {
    as_of: DateTime<Utc>,
    until: DateTime<Utc>,
    what: What,
}

#[derive(Clone)]
enum What {
    /// Rows, and whether there are more behind them.
    Rows(Arc<[Record]>, bool),
    Table(Arc<Partial>),
}

#[derive(Clone)]
struct Bytes;

/// Rows as they were.
pub(super) struct OldRows {
    pub(super) as_of: DateTime<Utc>,
    pub(super) records: Vec<Record>,
    /// May there be more?
    pub(super) full: bool,
}

/// What one grant may be shown of the memory.
#[derive(Clone)]
pub(super) struct Stale {
    memory: Arc<Memory>,
    age: Duration,
    grant: Key,
}

impl Memory {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(clock: Clock, bytes: u64) -> Self {
        let answers = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX);
        Self { clock, answers: Cache::with_weighter(answers, bytes, Bytes), swept: AtomicI64::new(0) }
    }

    /// How many bytes are kept, about.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.answers.weight()
    }

    fn keep(&self, key: Key, what: What, age: Duration) {
        let now = self.clock.now();
        let until = TimeDelta::from_std(age).ok().and_then(|age| now.checked_add_signed(age)).unwrap_or(now);
        self.answers.insert(key, Kept { as_of: now, until, what });
        let moment = now.timestamp_millis();
        if (moment - self.swept.load(Ordering::Relaxed)).abs() > SWEEP {
            self.swept.store(moment, Ordering::Relaxed);
            self.answers.retain(|_, kept| kept.until > now);
        }
    }

    fn find(&self, key: &Key, age: Duration) -> Option<Kept> {
        let kept = self.answers.get(key)?;
        let age_now = self.clock.now().signed_duration_since(kept.as_of).to_std();
        // A clock that was set back makes it of no known age.
        if age_now.is_ok_and(|it| it <= age) {
            return Some(kept);
        }
        self.answers.remove(key);
        None
    }
}

impl Stale {
    /// What a grant may be shown; nothing where the policy does not say so.
    pub(super) fn of(grant: &Grant, sources: &Sources) -> Option<Self> {
        let (age, memory) = (grant.stale()?, Arc::clone(sources.memory.as_ref()?));
        // A source that finds out for itself what may be seen may show two callers with the same grant different rows.
        let grant = digest(&(grant.dataset(), grant.clauses(), grant.on_behalf().whose()));
        Some(Self { memory, age, grant })
    }

    /// The key of a question to the source at a place.
    pub(super) fn key(&self, source: usize, question: &impl Hash) -> Key {
        digest(&(self.grant, source, question))
    }

    pub(super) fn keep_rows(&self, key: Key, records: Vec<Record>, full: bool) {
        self.memory.keep(key, What::Rows(records.into(), full), self.age);
    }

    pub(super) fn keep_table(&self, key: Key, table: Partial) {
        self.memory.keep(key, What::Table(Arc::new(table)), self.age);
    }

    pub(super) fn rows(&self, key: &Key, failure: &Failure) -> Option<OldRows> {
        let kept = is_passing(failure).then(|| self.memory.find(key, self.age))??;
        let What::Rows(records, full) = kept.what else { return None };
        Some(OldRows { as_of: kept.as_of, records: records.to_vec(), full })
    }

    pub(super) fn table(&self, key: &Key, failure: &Failure) -> Option<(DateTime<Utc>, Partial)> {
        let kept = is_passing(failure).then(|| self.memory.find(key, self.age))??;
        let What::Table(table) = kept.what else { return None };
        Some((kept.as_of, Partial::clone(&table)))
    }
}

/// Is the source only away? One that changed or gives what cannot be read has said so itself, and what it gave before is
/// no answer to that.
fn is_passing(failure: &Failure) -> bool {
    match failure {
        Failure::Unreachable | Failure::Unconnected | Failure::TimedOut(_) | Failure::Busy | Failure::Resting(_) => {
            true
        }
        Failure::Drifted(_) | Failure::Malformed(_) | Failure::TooMany(_) | Failure::Refused | Failure::Looped => false,
    }
}

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        let bytes = size_of::<Key>() + size_of::<Kept>() + kept.what.bytes();
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl What {
    fn bytes(&self) -> usize {
        let values = |values: &[Datum]| values.iter().map(datum).sum::<usize>();
        match self {
            Self::Rows(records, _) => {
                records.iter().map(|it| size_of::<Record>() + datum(&it.id) + values(&it.values)).sum()
            }
            Self::Table(table) => {
                let groups: usize = table.groups.iter().map(|group| size_of::<Box<[Datum]>>() + values(group)).sum();
                let listed: usize = table.values.iter().map(|it| size_of_val(&**it)).sum();
                groups + size_of_val(&*table.rows) + size_of_val(&*table.sums) + size_of_val(&*table.youths) + listed
            }
        }
    }
}

fn datum(datum: &Datum) -> usize {
    size_of::<Datum>() + datum.as_text().map_or(0, str::len)
}

/// A digest that nobody can make another question fit.
fn digest(of: &impl Hash) -> Key {
    let mut digest = Digesting(Sha256::new());
    of.hash(&mut digest);
    digest.0.finalize().into()
}

struct Digesting(Sha256);

impl Hasher for Digesting {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest: Key = self.0.clone().finalize().into();
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(number: i64) -> What {
        let record = |id| Record { id: Datum::Int(id), values: Box::new([Datum::from("a text")]) };
        What::Rows((0..number).map(record).collect(), false)
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes_and_not_in_answers() {
        let memory = Memory::new(Clock::fixed(DateTime::UNIX_EPOCH), 1_000_000);
        for number in 0..2_000_u64 {
            memory.keep(digest(&number), rows(1 + i64::try_from(number % 100).unwrap()), Duration::from_secs(60));
        }
        assert!(memory.bytes() <= 1_000_000 && memory.bytes() > 100_000, "{}", memory.bytes());
        memory.keep(digest(&"large"), rows(100_000), Duration::from_secs(60));
        assert!(memory.bytes() <= 1_000_000, "{}", memory.bytes());
    }

    #[test]
    fn an_answer_of_another_question_or_too_old_a_one_is_not_found() {
        let clock = Clock::fixed(DateTime::UNIX_EPOCH);
        let memory = Memory::new(clock, 1_000_000);
        let (minute, key) = (Duration::from_secs(60), digest(&("almata", 1)));
        memory.keep(key, rows(1), minute);
        assert!(memory.find(&key, minute).is_some());
        assert!(memory.find(&digest(&("almat", "a1")), minute).is_none());
        let later = DateTime::UNIX_EPOCH + TimeDelta::seconds(61);
        let memory = Memory { clock: Clock::fixed(later), ..memory };
        assert!(memory.find(&key, minute).is_none());
        assert_eq!(memory.bytes(), 0, "what is too old is thrown away");
    }

    #[test]
    fn only_a_source_that_is_away_is_stood_in_for() {
        assert!(is_passing(&Failure::Resting(None)) && is_passing(&Failure::TimedOut(Duration::ZERO)));
        assert!(!is_passing(&Failure::Drifted("x".into())) && !is_passing(&Failure::Malformed("x".into())));
    }
}
