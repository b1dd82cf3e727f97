//! Walks every chain from its beginning to its end and holds it against its signed heads, those in the store and those in
//! their file: what was changed, taken out, moved or cut off shows, and where.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt, io,
};

use sea_orm::DbErr;

use super::{
    Settings, Unopened,
    chain::{BEGINNING, CLOSED, EXPIRED, Hash, Head, Log, link},
    heads,
    store::{Store, Stored},
};

/// What was found.
#[derive(Debug, Default)]
pub struct Verified {
    /// How many records there are, of each log.
    pub records: BTreeMap<&'static str, u64>,
    /// How many chains.
    pub chains: usize,
    /// How many signed heads.
    pub heads: usize,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// What is wrong with a chain, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The log.
    pub log: String,
    /// Whose chain.
    pub writer: String,
    /// The record.
    pub number: i64,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { log, writer, number, what } = self;
        write!(f, "{log} log, writer {writer}, record {number}: {what}")
    }
}

const CHANGED: &str = "this record, or its place, is not as it was written";
const MISSING: &str = "records before this one were taken out";
const CUT: &str = "a signed head says that this record stood there: the end of the chain was cut off";
const REWRITTEN: &str = "a signed head says otherwise of this record: the chain was written anew";
const UNSIGNED: &str = "its signed head does not verify with the audit key";
const OPEN: &str = "its month is over, and no signed head closes it";
const NOT_CLOSED: &str = "its month is marked as expired, and was never closed";
const NOT_IN_FILE: &str = "its signed head is missing from the file of heads";
const NOT_IN_STORE: &str = "its signed head stands in the file of heads, and is missing from the store";
const NO_FILE: &str = "the file of signed heads is not there";
const NO_LINE: &str = "a line of the file of signed heads cannot be read (its number is that of the line)";

/// Verifies all chains.
///
/// # Errors
/// Where the store or the file of heads cannot be read.
pub async fn verify(settings: &Settings) -> Result<Verified, Unopened> {
    let store = Store::read(&settings.place).await?;
    let mut verified = Verified::default();
    let mut known = Vec::new();
    for log in Log::ALL {
        known.extend(store.heads(log).await?);
    }
    let cannot = |cause: io::Error| DbErr::Custom(format!("the file of signed heads cannot be read: {cause}"));
    for log in Log::ALL {
        let mut writers: BTreeSet<String> = store.writers(log).await?.into_iter().collect();
        if let Some((filed, _)) = heads::read(&settings.heads).map_err(cannot)? {
            writers.extend(filed.into_iter().filter(|head| head.log == log.name()).map(|head| head.writer));
        }
        for writer in writers {
            let heads: Vec<&Head> = known.iter().filter(|it| it.log == log.name() && it.writer == writer).collect();
            let chain = Chain { store: &store, settings, log, writer: &writer };
            chain.walk(&heads, &mut verified).await?;
            verified.chains += 1;
        }
    }
    // Read last, so that what was signed meanwhile is not missed.
    let filed = heads::read(&settings.heads).map_err(cannot)?;
    compare(&store, settings, &known, filed, &mut verified).await?;
    verified.heads = known.len();
    verified.faults.dedup();
    Ok(verified)
}

/// Holds the heads of the file against the store.
async fn compare(
    store: &Store,
    settings: &Settings,
    known: &[Head],
    filed: Option<(Vec<Head>, Vec<usize>)>,
    verified: &mut Verified,
) -> Result<(), Unopened> {
    let nowhere = |number, what| Fault { log: "any".to_owned(), writer: "any".to_owned(), number, what };
    let Some((filed, wrong)) = filed else {
        verified.faults.extend((!known.is_empty()).then(|| nowhere(0, NO_FILE)));
        return Ok(());
    };
    verified.faults.extend(wrong.into_iter().map(|line| nowhere(i64::try_from(line).unwrap_or_default(), NO_LINE)));
    let in_file: HashSet<_> = filed.iter().map(named).collect();
    verified.faults.extend(known.iter().filter(|it| !in_file.contains(&named(it))).map(|it| fault(it, NOT_IN_FILE)));
    let mut now = Vec::new();
    for log in Log::ALL {
        now.extend(store.heads(log).await?);
    }
    let in_store: HashSet<_> = now.iter().map(named).collect();
    for log in Log::ALL {
        let of = |it: &&Head| it.log == log.name() && !in_store.contains(&named(it));
        for head in filed.iter().filter(of) {
            verified.faults.push(fault(head, NOT_IN_STORE));
            let chain = Chain { store, settings, log, writer: &head.writer };
            chain.holds(head, None, verified).await?;
        }
    }
    Ok(())
}

/// What a head is of, however often it was signed.
fn named(head: &Head) -> (&str, &str, &str, i64, &str, Hash) {
    (&head.log, &head.writer, &head.segment, head.number, &head.kind, head.hash)
}

fn fault(head: &Head, what: &'static str) -> Fault {
    Fault { log: head.log.clone(), writer: head.writer.clone(), number: head.number, what }
}

/// One chain.
struct Chain<'c> {
    store: &'c Store,
    settings: &'c Settings,
    log: Log,
    writer: &'c str,
}

/// How far a walk has come.
struct Step {
    number: i64,
    hash: Hash,
    segment: Option<String>,
}

impl Chain<'_> {
    fn fault(&self, number: i64, what: &'static str) -> Fault {
        Fault { log: self.log.name().to_owned(), writer: self.writer.to_owned(), number, what }
    }

    async fn walk(&self, heads: &[&Head], verified: &mut Verified) -> Result<(), DbErr> {
        let (good, bad): (Vec<&Head>, Vec<&Head>) = heads.iter().partition(|it| self.settings.key.verifies(it));
        verified.faults.extend(bad.iter().map(|it| fault(it, UNSIGNED)));
        let mut signed: BTreeMap<i64, Hash> = BTreeMap::new();
        let mut step = Step { number: 0, hash: BEGINNING, segment: None };
        let closed: HashSet<(&str, i64, Hash)> =
            good.iter().filter(|it| it.kind == CLOSED).map(|it| (it.segment.as_str(), it.number, it.hash)).collect();
        for head in good.iter().filter(|it| it.kind == EXPIRED) {
            if !closed.contains(&(&head.segment, head.number, head.hash)) {
                verified.faults.push(fault(head, NOT_CLOSED));
            }
            if head.number > step.number {
                (step.number, step.hash) = (head.number, head.hash);
            }
        }
        let begins = step.number;
        loop {
            let records = self.store.records(self.log, self.writer, step.number).await?;
            if records.is_empty() {
                break;
            }
            *verified.records.entry(self.log.name()).or_default() += records.len() as u64;
            for stored in records {
                self.step(&mut step, &stored, &closed, verified);
                signed.insert(step.number, step.hash);
            }
            let wanted: HashSet<i64> = good.iter().map(|it| it.number).collect();
            signed.retain(|number, _| wanted.contains(number));
        }
        for head in good.iter().filter(|it| it.number > begins) {
            self.holds(head, signed.get(&head.number), verified).await?;
        }
        Ok(())
    }

    /// Takes one record.
    fn step(&self, step: &mut Step, stored: &Stored, closed: &HashSet<(&str, i64, Hash)>, verified: &mut Verified) {
        let record = &stored.record;
        if record.number != step.number + 1 {
            verified.faults.push(self.fault(record.number, MISSING));
        } else if stored.hash != Some(link(&step.hash, (self.log, self.writer), record)) {
            verified.faults.push(self.fault(record.number, CHANGED));
        }
        if let Some(before) = &step.segment
            && *before != record.segment
            && !closed.contains(&(before.as_str(), step.number, step.hash))
        {
            verified.faults.push(self.fault(step.number, OPEN));
        }
        step.number = record.number;
        step.hash = stored.hash.unwrap_or(BEGINNING);
        step.segment = Some(record.segment.clone());
    }

    /// Does a record stand there as its head says? It is looked for where the walk did not come by it.
    async fn holds(&self, head: &Head, found: Option<&Hash>, verified: &mut Verified) -> Result<(), DbErr> {
        let found = match found {
            Some(hash) => Some(*hash),
            None => {
                let next = self.store.records(self.log, self.writer, head.number - 1).await?;
                next.first().filter(|it| it.record.number == head.number).map(|it| it.hash.unwrap_or_default())
            }
        };
        match found {
            None => verified.faults.push(fault(head, CUT)),
            Some(hash) if hash != head.hash => verified.faults.push(fault(head, REWRITTEN)),
            Some(_) => {}
        }
        Ok(())
    }
}
