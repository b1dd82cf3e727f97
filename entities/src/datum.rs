//! One value of a row, its total order and its equality: alike in memory, in SQLite and in PostgreSQL.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::kind::Bucket;

/// A calendar day, counted in days from 1970-01-01 (proleptic Gregorian). Printed and read as `2025-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// Days from 0001-01-01 (chrono's day 1) to 1970-01-01.
const EPOCH: i32 = 719_163;

impl Date {
    /// The day of a chrono date.
    #[must_use]
    pub fn from_chrono(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce() - EPOCH)
    }

    /// The chrono date of this day.
    #[must_use]
    pub fn to_chrono(self) -> NaiveDate {
        self.0.checked_add(EPOCH).and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
    }

    /// The day as ten ASCII characters: `2025-01-31`. Years beyond 9999 are not dates of the contract.
    #[must_use]
    pub fn ascii(self) -> [u8; 10] {
        let date = self.to_chrono();
        let mut out = *b"0000-00-00";
        let mut digits = |from: usize, to: usize, mut number: u32| {
            for digit in out[from..to].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        digits(0, 4, date.year().unsigned_abs());
        digits(5, 7, date.month());
        digits(8, 10, date.day());
        out
    }

    /// The first day of the bucket that this day lies in.
    #[must_use]
    pub fn start_of(self, bucket: Bucket) -> Self {
        let date = self.to_chrono();
        let first_of = |month0: u32| date.with_day0(0)?.with_month0(month0);
        let start = match bucket {
            Bucket::Day => Some(date),
            Bucket::Week => Some(date.week(Weekday::Mon).first_day()),
            Bucket::Month => date.with_day0(0),
            Bucket::Quarter => first_of(date.month0() / 3 * 3),
            Bucket::Year => first_of(0),
        };
        start.map_or(self, Self::from_chrono)
    }

    /// The first day of the bucket after the one that this day lies in; the day itself where there is none any more.
    #[must_use]
    pub fn next(self, bucket: Bucket) -> Self {
        let start = self.start_of(bucket);
        let date = start.to_chrono();
        let next = match bucket {
            Bucket::Day => date.checked_add_days(Days::new(1)),
            Bucket::Week => date.checked_add_days(Days::new(7)),
            Bucket::Month => date.checked_add_months(Months::new(1)),
            Bucket::Quarter => date.checked_add_months(Months::new(3)),
            Bucket::Year => date.checked_add_months(Months::new(12)),
        };
        next.map_or(self, Self::from_chrono)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.ascii()).unwrap_or_default())
    }
}

/// Not a date of the form `2025-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date of the form 2025-01-31")
    }
}

impl std::error::Error for NotADate {}

impl FromStr for Date {
    type Err = NotADate;

    /// Strict: four, two and two ASCII digits, so that text order and date order agree.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(NotADate);
        }
        let number = |part: &[u8]| {
            part.iter().try_fold(0_u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
        };
        let (Some(year), Some(month), Some(day)) = (number(&bytes[..4]), number(&bytes[5..7]), number(&bytes[8..]))
        else {
            return Err(NotADate);
        };
        NaiveDate::from_ymd_opt(year.cast_signed(), month, day).map(Self::from_chrono).ok_or(NotADate)
    }
}

/// One value. `Null` sorts lowest; text sorts by code point; values of one field are of one kind, so that the order
/// between kinds only has to be total.
#[derive(Clone, Debug)]
pub enum Datum {
    /// No value.
    Null,
    /// True or false; false sorts first.
    Bool(bool),
    /// A whole number; also a row id.
    Int(i64),
    /// A decimal number; reference data only.
    Float(f64),
    /// A calendar day.
    Date(Date),
    /// Text, a code, a key of a reference row, or a JSON array of codes.
    Text(Box<str>),
}

impl Datum {
    /// A text value.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text, where this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Is there no value?
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Float(_) => 3,
            Self::Date(_) => 4,
            Self::Text(_) => 5,
        }
    }
}

impl Ord for Datum {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Datum {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Datum {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Datum {}

impl Hash for Datum {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(value) => value.hash(state),
            Self::Float(value) => value.to_bits().hash(state),
            Self::Date(value) => value.hash(state),
            Self::Text(value) => value.hash(state),
        }
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Datum {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Date> for Datum {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}
