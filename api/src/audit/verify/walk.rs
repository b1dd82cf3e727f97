//! The walk along one chain, and what is claimed of its records.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::DbErr;

use super::{
    BEYOND, CHANGED, CUT, ENDLESS, Fault, MISSING, NOT_CLOSED, OLD_KEY, OPEN, REWRITTEN, UNSIGNED, Verified, fault,
};
use crate::audit::{
    Settings,
    chain::{BEGINNING, CLOSED, EXPIRED, Hash, Head, Log, ROTATED, link},
    store::{Store, Stored},
};

/// One chain.
pub(super) struct Chain<'c> {
    pub(super) store: &'c Store,
    pub(super) settings: &'c Settings,
    pub(super) log: Log,
    pub(super) writer: &'c str,
}

/// What is said of a chain's records, and signed.
pub(super) struct Claims {
    /// The heads of the store.
    pub(super) heads: Vec<Head>,
    /// Its end, of the store, of the file of heads, and of what an auditor keeps.
    pub(super) ends: Vec<Head>,
}

/// How far a walk has come.
struct Step {
    number: i64,
    hash: Hash,
    segment: Option<String>,
}

/// Months and the records that they end with.
type Closed<'c> = HashSet<(&'c str, i64, Hash)>;

impl Chain<'_> {
    fn fault(&self, number: i64, what: &'static str) -> Fault {
        Fault { log: self.log.name().to_owned(), writer: self.writer.to_owned(), number, what }
    }

    pub(super) async fn walk(&self, claims: &Claims, verified: &mut Verified) -> Result<(), DbErr> {
        let key = &self.settings.key;
        // A key of before may be gone together with all that it signed, but for the heads of months that have expired.
        let closes = |it: &&Head| it.kind == CLOSED && (key.signer(it).is_some() || !key.knows(it));
        let closed: Closed<'_> =
            claims.heads.iter().filter(closes).map(|it| (it.segment.as_str(), it.number, it.hash)).collect();
        let mut step = Step { number: 0, hash: BEGINNING, segment: None };
        for head in claims.heads.iter().filter(|it| it.kind == EXPIRED && key.signer(it).is_some()) {
            if !closed.contains(&(&head.segment, head.number, head.hash)) {
                verified.faults.push(fault(head, NOT_CLOSED));
            }
            if head.number > step.number {
                (step.number, step.hash) = (head.number, head.hash);
            }
        }
        let begins = step.number;
        let good = self.signed(claims, begins, verified);
        let wanted: HashSet<i64> = good.iter().map(|it| it.number).collect();
        let mut found = HashMap::from([(begins, step.hash)]);
        loop {
            let records = self.store.records(self.log, self.writer, step.number).await?;
            if records.is_empty() {
                break;
            }
            *verified.records.entry(self.log.name()).or_default() += records.len() as u64;
            for stored in records {
                self.step(&mut step, &stored, &closed, verified);
                if wanted.contains(&step.number) {
                    found.insert(step.number, step.hash);
                }
            }
        }
        // One fault of a kind says it: the ends of a file are many.
        let mut faults: BTreeMap<&'static str, Fault> = BTreeMap::new();
        for head in good.iter().filter(|it| it.number > begins) {
            let held = self.holds(head, found.get(&head.number)).await?;
            faults.extend(held.map(|it| (it.what, it)));
        }
        verified.faults.extend(faults.into_values());
        self.ends(&step, verified).await
    }

    /// What was signed by one of the keys, in the order of its records; of the rest, and of keys that had no say any more,
    /// what is wrong.
    fn signed<'h>(&self, claims: &'h Claims, begins: i64, verified: &mut Verified) -> Vec<&'h Head> {
        let key = &self.settings.key;
        let mut good = Vec::new();
        for head in claims.heads.iter().chain(&claims.ends) {
            match key.signer(head) {
                Some(signer) => good.push((head, signer)),
                None if key.knows(head) || head.number > begins => verified.faults.push(fault(head, UNSIGNED)),
                None => {}
            }
        }
        good.sort_by_key(|(head, _)| head.number);
        let rotated: Vec<(i64, usize)> =
            good.iter().filter(|(it, _)| it.kind == ROTATED).map(|(it, signer)| (it.number, *signer)).collect();
        let is_old = |(head, signer): &&(&Head, usize)| {
            rotated.iter().any(|(number, newer)| head.number > *number && signer > newer)
        };
        verified.faults.extend(good.iter().filter(is_old).map(|(head, _)| fault(head, OLD_KEY)));
        good.into_iter().map(|(head, _)| head).collect()
    }

    /// Is the last record that was come by the one that the chain ends with? The program may write on meanwhile.
    async fn ends(&self, step: &Step, verified: &mut Verified) -> Result<(), DbErr> {
        let ends = self.store.ends().await?;
        let end = ends.iter().find(|it| it.log == self.log.name() && it.writer == self.writer);
        let wrong = match end {
            None => (step.number > 0).then(|| self.fault(step.number, ENDLESS)),
            Some(end) if self.settings.key.signer(end).is_none() => Some(fault(end, UNSIGNED)),
            Some(end) if end.number < step.number => Some(self.fault(step.number, BEYOND)),
            Some(end) if end.number == step.number && end.hash != step.hash => Some(fault(end, REWRITTEN)),
            Some(_) => None,
        };
        verified.faults.extend(wrong);
        Ok(())
    }

    /// Takes one record.
    fn step(&self, step: &mut Step, stored: &Stored, closed: &Closed<'_>, verified: &mut Verified) {
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

    /// What is wrong with what a head says of a record; it is looked for where the walk did not come by it.
    pub(super) async fn holds(&self, head: &Head, found: Option<&Hash>) -> Result<Option<Fault>, DbErr> {
        let found = match found {
            Some(hash) => Some(*hash),
            None => self.store.hashes(self.log, self.writer, &[head.number]).await?.remove(&head.number),
        };
        Ok(match found {
            None => Some(fault(head, CUT)),
            Some(hash) if hash != head.hash => Some(fault(head, REWRITTEN)),
            Some(_) => None,
        })
    }
}
