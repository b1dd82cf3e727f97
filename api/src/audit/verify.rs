//! Walks every chain from its beginning to its end and holds it against its signed heads and ends, those in the store,
//! those in their file and those that an auditor keeps: what was changed, taken out, moved or cut off shows, and where.

mod walk;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt, io,
};

use sea_orm::DbErr;

use self::walk::{Chain, Claims};
use super::{
    Settings, Unopened,
    chain::{END, Hash, Head, Log},
    ends::Ends,
    heads,
    store::Store,
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
    /// The ends of the chains, for an auditor to keep.
    pub ends: Ends,
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
const OLD_KEY: &str = "its signed head is of an audit key that another had taken the place of";
const OPEN: &str = "its month is over, and no signed head closes it";
const NOT_CLOSED: &str = "its month is marked as expired, and was never closed";
const ENDLESS: &str = "the chain has no signed end";
const BEYOND: &str = "the signed end of the chain stands before this record";
const NOT_IN_FILE: &str = "its signed head is missing from the file of heads";
const NOT_IN_STORE: &str = "its signed head stands in the file of heads, and is missing from the store";
const NO_FILE: &str = "the file of signed heads is not there";
const NO_LINE: &str = "a line of the file of signed heads cannot be read (its number is that of the line)";

/// The heads of a file, and the lines that are none; nothing where there is no file.
type Filed = Option<(Vec<Head>, Vec<usize>)>;

/// Verifies all chains.
///
/// # Errors
/// Where the store or the file of heads cannot be read.
pub async fn verify(settings: &Settings) -> Result<Verified, Unopened> {
    verify_with(settings, &Ends::default()).await
}

/// Verifies all chains, and that they hold the ends that an auditor kept.
///
/// # Errors
/// Where the store or the file of heads cannot be read.
pub async fn verify_with(settings: &Settings, kept: &Ends) -> Result<Verified, Unopened> {
    let store = Store::read(&settings.place).await?;
    let mut verified = Verified::default();
    let mut known = Vec::new();
    for log in Log::ALL {
        known.extend(store.heads(log).await?);
    }
    let (ends, filed) = (store.ends().await?, read(settings)?);
    let in_file: &[Head] = filed.as_ref().map_or(&[], |(heads, _)| heads);
    for log in Log::ALL {
        let mut writers: BTreeSet<String> = store.writers(log).await?.into_iter().collect();
        let elsewhere = in_file.iter().chain(&kept.0).filter(|head| head.log == log.name());
        writers.extend(elsewhere.map(|head| head.writer.clone()));
        for writer in writers {
            let of = |all: &[Head]| -> Vec<Head> {
                all.iter().filter(|it| it.log == log.name() && it.writer == writer).cloned().collect()
            };
            let mut claims = Claims { heads: of(&known), ends: of(&ends) };
            claims.ends.extend(of(in_file).into_iter().filter(|it| it.kind == END));
            claims.ends.extend(of(&kept.0));
            let chain = Chain { store: &store, settings, log, writer: &writer };
            chain.walk(&claims, &mut verified).await?;
            verified.chains += 1;
        }
    }
    // Read last, so that what was signed meanwhile is not missed.
    compare(&store, settings, &known, read(settings)?, &mut verified).await?;
    (verified.heads, verified.ends) = (known.len(), Ends(ends));
    verified.faults.dedup();
    Ok(verified)
}

fn read(settings: &Settings) -> Result<Filed, DbErr> {
    let cannot = |cause: io::Error| DbErr::Custom(format!("the file of signed heads cannot be read: {cause}"));
    heads::read(&settings.heads).map_err(cannot)
}

/// Holds the heads of the file against the store.
async fn compare(
    store: &Store,
    settings: &Settings,
    known: &[Head],
    filed: Filed,
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
        let of = |it: &&Head| it.log == log.name() && it.kind != END && !in_store.contains(&named(it));
        for head in filed.iter().filter(of) {
            verified.faults.push(fault(head, NOT_IN_STORE));
            let chain = Chain { store, settings, log, writer: &head.writer };
            verified.faults.extend(chain.holds(head, None).await?);
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
