//! The closed periods of releases: calendar quarters and years. Knows nothing of rows.

use std::{fmt, str::FromStr};

use entities::{Bucket, Date};

use super::Period;

/// Not a period of the form `2025` or `2025Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a period of the form 2025 or 2025Q4")]
pub struct NotAPeriod;

/// The period that a release is named by, and the version where that is said: `2025Q4`, `2025Q4v2`.
#[must_use]
pub fn named(name: &str) -> Option<(Period, Option<u32>)> {
    let Some((period, version)) = name.split_once('v') else { return Some((name.parse().ok()?, None)) };
    let number: u32 = version.parse().ok()?;
    let is_number = number > 0 && number.to_string() == version;
    Some((period.parse().ok()?, Some(number))).filter(|_| is_number)
}

impl Period {
    /// The id of a version of its release: the period's name alone for the first.
    #[must_use]
    pub fn id(self, version: u32) -> String {
        if version == 1 { self.to_string() } else { format!("{self}v{version}") }
    }

    /// The quarter or the year that the day lies in.
    #[must_use]
    pub fn of(day: Date, kind: Bucket) -> Self {
        let kind = if kind == Bucket::Year { Bucket::Year } else { Bucket::Quarter };
        let next = day.next(kind).to_chrono();
        let until = next.pred_opt().map_or(day, Date::from_chrono);
        Self { from: day.start_of(kind), until }
    }

    /// A year, or else a quarter.
    #[must_use]
    pub fn kind(self) -> Bucket {
        if self == Self::of(self.from, Bucket::Year) { Bucket::Year } else { Bucket::Quarter }
    }

    /// The first days of its months.
    pub fn months(self) -> impl Iterator<Item = Date> {
        self.starts(Bucket::Month)
    }

    /// The first days of its quarters.
    pub fn quarters(self) -> impl Iterator<Item = Date> {
        self.starts(Bucket::Quarter)
    }

    /// Does the day lie in it?
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }

    fn starts(self, bucket: Bucket) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.from), move |day| Some(day.next(bucket)).filter(|next| next > day))
            .take_while(move |day| *day <= self.until)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.to_string();
        f.write_str(&from[..4])?;
        if self.kind() == Bucket::Year {
            return Ok(());
        }
        let quarter = match &from[5..7] {
            "01" => '1',
            "04" => '2',
            "07" => '3',
            _ => '4',
        };
        write!(f, "Q{quarter}")
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let (year, quarter) = text.split_once('Q').map_or((text, None), |(year, quarter)| (year, Some(quarter)));
        let (month, kind) = match quarter {
            None => ("01", Bucket::Year),
            Some("1") => ("01", Bucket::Quarter),
            Some("2") => ("04", Bucket::Quarter),
            Some("3") => ("07", Bucket::Quarter),
            Some("4") => ("10", Bucket::Quarter),
            Some(_) => return Err(NotAPeriod),
        };
        let first: Date = format!("{year}-{month}-01").parse().map_err(|_| NotAPeriod)?;
        Ok(Self::of(first, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_they_are_printed() {
        for text in ["2025", "2025Q1", "2024Q2", "1999Q3", "2025Q4"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "25", "2025Q", "2025Q0", "2025Q5", "2025q1", "2025-Q1", "20255", "2025Q11", " 2025"] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod), "{text}");
        }
    }

    #[test]
    fn a_release_is_named_by_its_period_or_by_its_version() {
        let period: Period = "2025Q4".parse().unwrap();
        assert_eq!(
            (period.id(1), period.id(2), period.id(11)),
            ("2025Q4".into(), "2025Q4v2".into(), "2025Q4v11".into())
        );
        assert_eq!(named("2025Q4"), Some((period, None)));
        assert_eq!(named("2025Q4v1"), Some((period, Some(1))));
        assert_eq!(named("2025Q4v11"), Some((period, Some(11))));
        for text in ["", "v2", "2025Q4v", "2025Q4v0", "2025Q4v02", "2025Q4v+2", "2025Q4v-1", "2025Q4v2v3", "2025Q5v2"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_ends_on_its_last_day_and_has_its_months() {
        let quarter: Period = "2024Q1".parse().unwrap();
        assert_eq!((quarter.from.to_string(), quarter.until.to_string()), ("2024-01-01".into(), "2024-03-31".into()));
        let months: Vec<_> = quarter.months().map(|it| it.to_string()).collect();
        assert_eq!(months, ["2024-01-01", "2024-02-01", "2024-03-01"]);
        let year: Period = "2025".parse().unwrap();
        assert_eq!((year.months().count(), year.quarters().count(), year.kind()), (12, 4, Bucket::Year));
        assert!(year.contains("2025-12-31".parse().unwrap()) && !year.contains("2026-01-01".parse().unwrap()));
    }
}
