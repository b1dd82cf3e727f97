//! Keys of 32 bytes of which there may be several, as a file or the environment keeps them: one a line, the newest first.
//! The newest is used; those of before open what they made, until the day that stands beside them. Knows not what for.
//!
//! A line is `VERSION DAY KEY`, with `until DAY` after a key of before; or the key alone, which is then of version 1.

use chrono::{NaiveDate, TimeDelta};
use sha2::{Digest, Sha256};

use crate::secret_file::{BadKey, key_from_text, to_hex};

/// The most keys of one ring.
const MOST: usize = 8;

/// One key.
#[derive(Clone, PartialEq, Eq)]
pub struct Versioned {
    /// Counts up from 1.
    pub version: u32,
    /// The day it was made, where that is said.
    pub made: Option<NaiveDate>,
    /// The last day on which it opens what it made; none for the key that is used.
    pub until: Option<NaiveDate>,
    key: [u8; 32],
}

/// The keys, the newest first; never none.
#[derive(Clone, PartialEq, Eq)]
pub struct Ring(Vec<Versioned>);

/// Why a text is no ring of keys, and in which line. Says nothing of what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRing {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: Wrong,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It holds no key.
    Key(BadKey),
    /// It is of another form.
    Form,
    /// Versions do not go down from line to line, or a key of before has no last day, or the first has one.
    Order,
    /// There are more keys than anybody needs.
    TooMany,
}

/// Hides the keys.
impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ring(..)")
    }
}

/// Hides the key.
impl std::fmt::Debug for Versioned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Versioned({}, ..)", self.version)
    }
}

impl Versioned {
    /// The key.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.key
    }

    /// What it may be called by in front of anyone.
    #[must_use]
    pub fn id(&self) -> String {
        id(&self.key)
    }

    fn line(&self) -> String {
        let made = self.made.map_or_else(String::new, |day| format!(" {day}"));
        let until = self.until.map_or_else(String::new, |day| format!(" until {day}"));
        format!("{}{made} {}{until}\n", self.version, to_hex(&self.key))
    }
}

/// What a key may be called by: it tells keys apart, and leads to none.
#[must_use]
pub fn id(key: &[u8]) -> String {
    let digest = Sha256::new().chain_update(b"regiograph key id\0").chain_update(key).finalize();
    to_hex(&digest[..4])
}

impl Ring {
    /// The keys in a text.
    ///
    /// # Errors
    /// Which line is not one, and why.
    pub fn parse(text: &str) -> Result<Self, BadRing> {
        let mut keys: Vec<Versioned> = Vec::new();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        for (place, line) in lines {
            let wrong = |reason| BadRing { line: place + 1, reason };
            let key = parse_line(line).map_err(wrong)?;
            let goes_down = keys.last().is_none_or(|before| key.version < before.version);
            if !goes_down || keys.is_empty() != key.until.is_none() {
                return Err(wrong(Wrong::Order));
            }
            if keys.len() == MOST {
                return Err(wrong(Wrong::TooMany));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(BadRing { line: 1, reason: Wrong::Key(BadKey::Malformed) }) } else { Ok(Self(keys)) }
    }

    /// All keys, the newest first.
    #[must_use]
    pub fn all(&self) -> &[Versioned] {
        &self.0
    }

    /// The key that is used.
    #[must_use]
    pub fn newest(&self) -> &Versioned {
        &self.0[0]
    }

    /// The keys of before that still open what they made.
    pub fn before(&self, today: NaiveDate) -> impl Iterator<Item = &Versioned> {
        self.0[1..].iter().filter(move |key| key.until.is_some_and(|until| today <= until))
    }

    /// With a new key in front. The one of before opens for so long what it made, and is let go at once where that is no day;
    /// so are those that open nothing any more.
    ///
    /// # Errors
    /// Where there are as many keys already as there may be.
    pub fn rotated(&self, key: [u8; 32], (today, overlap): (NaiveDate, TimeDelta)) -> Result<Self, Wrong> {
        let newest = self.newest();
        let until = today.checked_add_signed(overlap).ok_or(Wrong::Form)?;
        let version = newest.version.checked_add(1).ok_or(Wrong::Order)?;
        let mut keys = vec![Versioned { version, made: Some(today), until: None, key }];
        if until > today {
            keys.push(Versioned { until: Some(until), ..newest.clone() });
            keys.extend(self.before(today).cloned());
        }
        if keys.len() > MOST { Err(Wrong::TooMany) } else { Ok(Self(keys)) }
    }

    /// As a file keeps it.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.iter().map(Versioned::line).collect()
    }
}

fn parse_line(line: &str) -> Result<Versioned, Wrong> {
    let words: Vec<_> = line.split_whitespace().collect();
    let day = |word: &str| word.parse::<NaiveDate>().map_err(|_| Wrong::Form);
    let (head, until) = match words.as_slice() {
        [head @ .., "until", last] => (head, Some(day(last)?)),
        head => (head, None),
    };
    let (version, made, key) = match head {
        [key] => (1, None, key),
        [version, key] => (version.parse().map_err(|_| Wrong::Form)?, None, key),
        [version, made, key] => (version.parse().map_err(|_| Wrong::Form)?, Some(day(made)?), key),
        _ => return Err(Wrong::Form),
    };
    let key = key_from_text(key).map_err(Wrong::Key)?;
    if version == 0 { Err(Wrong::Form) } else { Ok(Versioned { version, made, until, key }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn key(first: u8) -> [u8; 32] {
        std::array::from_fn(|place| first.wrapping_add(place as u8))
    }

    #[test]
    fn a_key_alone_is_the_first_version() {
        let ring = Ring::parse(&(to_hex(&key(1)) + "\n")).unwrap();
        assert_eq!((ring.newest().version, ring.newest().made, ring.all().len()), (1, None, 1));
    }

    #[test]
    fn a_key_of_before_opens_until_its_day_and_is_then_let_go() {
        let first = Ring::parse(&to_hex(&key(1))).unwrap();
        let today = day("2026-11-22");
        let second = first.rotated(key(2), (today, TimeDelta::days(90))).unwrap();
        assert_eq!(Ring::parse(&second.to_text()), Ok(second.clone()));
        assert_eq!((second.newest().version, second.newest().bytes()), (2, &key(2)));
        let opens = |ring: &Ring, on: &str| ring.before(day(on)).map(|it| it.version).collect::<Vec<_>>();
        assert_eq!((opens(&second, "2027-02-20"), opens(&second, "2027-02-21")), (vec![1], vec![]));
        let alone = second.rotated(key(3), (today, TimeDelta::zero())).unwrap();
        assert_eq!(alone.all().iter().map(|it| it.version).collect::<Vec<_>>(), [3], "a key that leaked opens nothing");
        let third = second.rotated(key(3), (day("2027-03-01"), TimeDelta::days(1))).unwrap();
        assert_eq!(third.all().iter().map(|it| it.version).collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn a_line_that_is_none_is_named_and_its_key_is_not() {
        let (one, two) = (to_hex(&key(1)), to_hex(&key(2)));
        let refused = |text: String| Ring::parse(&text).unwrap_err();
        let wrong = [
            (refused(String::new()), 1, Wrong::Key(BadKey::Malformed)),
            (refused(format!("2 {two}\n1 {one}")), 2, Wrong::Order),
            (refused(format!("1 {one}\n\n2 {two} until 2026-01-01")), 3, Wrong::Order),
            (refused(format!("1 {one} until 2026-01-01")), 1, Wrong::Order),
            (refused(format!("0 {one}")), 1, Wrong::Form),
            (refused(format!("1 2026-13-01 {one}")), 1, Wrong::Form),
            (refused(format!("1 2026-12-01 {one} for ever")), 1, Wrong::Form),
            (refused("00".repeat(32)), 1, Wrong::Key(BadKey::Guessable)),
        ];
        for (refused, line, reason) in wrong {
            assert_eq!(refused, BadRing { line, reason });
        }
        let ring = Ring::parse(&one).unwrap();
        assert!(!format!("{ring:?}{:?}", ring.newest()).contains(&one));
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in ".{0,200}") {
            let _ = Ring::parse(&text);
        }
    }
}
