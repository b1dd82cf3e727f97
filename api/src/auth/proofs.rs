//! The proofs of possession that were shown, each for as long as it could be shown again. They lie in minutes, by when they
//! were made, and a minute goes as a whole; of one key so many are taken, and no more, so that nobody fills it for others.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    mem,
    sync::{Mutex, PoisonError},
};

use super::{
    Unauthenticated,
    dpop::{GOOD, Proved},
};

/// How many seconds lie together.
const MINUTE: i64 = 60;

/// The most proofs of one key that are taken of one minute: a hundred in a second.
const OF_KEY: usize = 6_000;

/// The most proofs of all keys together; beyond it none is taken, rather than one twice.
const MOST: usize = 500_000;

/// The proofs that were shown.
#[derive(Debug, Default)]
pub(super) struct Proofs(Mutex<Shown>);

#[derive(Debug, Default)]
struct Shown {
    /// The first minute that is remembered: what was made before is not taken, also where the clock is set back.
    begins: i64,
    minutes: BTreeMap<i64, Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    count: usize,
    /// The digests of numbers, by the thumbprint of the key.
    by_key: HashMap<Box<str>, HashSet<[u8; 32]>>,
}

impl Proofs {
    /// Takes a proof that holds, of a key that the token is bound to: once.
    pub(super) fn take(&self, proved: &Proved, now: i64) -> Result<(), Unauthenticated> {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = shown.forget((now - GOOD).div_euclid(MINUTE));
        let taken = shown.take(proved);
        drop(shown);
        // Others do not wait for what is thrown away.
        drop(gone);
        taken
    }
}

impl Shown {
    /// Takes out the minutes before this one.
    fn forget(&mut self, before: i64) -> BTreeMap<i64, Minute> {
        if before <= self.begins {
            return BTreeMap::new();
        }
        self.begins = before;
        let kept = self.minutes.split_off(&before);
        mem::replace(&mut self.minutes, kept)
    }

    fn take(&mut self, proved: &Proved) -> Result<(), Unauthenticated> {
        let made = proved.made.div_euclid(MINUTE);
        if made < self.begins {
            return Err(Unauthenticated::Proof);
        }
        let all: usize = self.minutes.values().map(|minute| minute.count).sum();
        let minute = self.minutes.entry(made).or_default();
        let of_key = minute.by_key.get(&*proved.print);
        if of_key.is_some_and(|it| it.contains(&proved.number)) {
            return Err(Unauthenticated::Proof);
        }
        if all >= MOST || of_key.is_some_and(|it| it.len() >= OF_KEY) {
            return Err(Unauthenticated::Proofs);
        }
        match minute.by_key.get_mut(&*proved.print) {
            Some(of_key) => of_key.insert(proved.number),
            None => minute.by_key.entry(proved.print.as_str().into()).or_default().insert(proved.number),
        };
        minute.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn proof(key: &str, number: usize, made: i64) -> Proved {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        Proved { print: key.to_owned(), number: digest, made }
    }

    #[test]
    fn a_proof_is_taken_once_for_as_long_as_it_is_good() {
        let proofs = Proofs::default();
        assert_eq!(proofs.take(&proof("one", 1, NOW), NOW), Ok(()));
        for later in [0, 1, 59, 60] {
            assert_eq!(proofs.take(&proof("one", 1, NOW), NOW + later), Err(Unauthenticated::Proof), "{later}");
        }
        assert_eq!(proofs.take(&proof("one", 2, NOW), NOW), Ok(()), "another number");
        assert_eq!(proofs.take(&proof("two", 1, NOW), NOW), Ok(()), "another key");
    }

    #[test]
    fn one_key_fills_its_own_room_and_nobody_elses() {
        let proofs = Proofs::default();
        for number in 0..OF_KEY {
            assert_eq!(proofs.take(&proof("busy", number, NOW), NOW), Ok(()));
        }
        assert_eq!(proofs.take(&proof("busy", OF_KEY, NOW), NOW), Err(Unauthenticated::Proofs));
        assert_eq!(proofs.take(&proof("other", 1, NOW), NOW), Ok(()));
        assert_eq!(proofs.take(&proof("busy", OF_KEY, NOW + 60), NOW + 60), Ok(()), "in the next minute");
    }

    #[test]
    fn what_is_good_no_more_is_forgotten_and_taken_no_more_when_the_clock_is_set_back() {
        let proofs = Proofs::default();
        let count = || proofs.0.lock().unwrap().minutes.values().map(|it| it.count).sum::<usize>();
        for second in 0..600 {
            let number = usize::try_from(second).unwrap();
            assert_eq!(proofs.take(&proof("one", number, NOW + second), NOW + second), Ok(()));
            assert!(count() <= 180, "{}", count());
        }
        assert_eq!(proofs.take(&proof("one", 1_000, NOW), NOW), Err(Unauthenticated::Proof), "made before all of them");
    }
}
