//! The periods of which the demonstration comes with releases: every quarter and year that its rows cover whole.

use entities::{Bucket, Date};

use super::{DEMONSTRATION_DAY, calendar::FIRST};
use crate::release::{Period, cut_off};

/// The closed quarters and years of the demonstration on a day, the earliest first; a period is closed so many days
/// after its last.
#[must_use]
pub fn closed_periods(today: Date, cut_off_days: u64) -> Vec<Period> {
    let last = Date::from_chrono(DEMONSTRATION_DAY);
    let closed = |period: &Period| period.until <= last && cut_off(*period, cut_off_days) <= today;
    let of = |kind: Bucket| {
        let first = Period::of(Date::from_chrono(FIRST), kind);
        std::iter::successors(Some(first), move |it| Some(Period::of(it.from.next(kind), kind))).take_while(closed)
    };
    let mut periods: Vec<_> = of(Bucket::Quarter).chain(of(Bucket::Year)).collect();
    periods.sort_by_key(|it| (it.until, it.from));
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(today: &str) -> Vec<String> {
        closed_periods(today.parse().unwrap(), 31).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_quarter_or_year_is_closed_a_month_after_its_end_and_none_is_beyond_the_rows() {
        assert!(names("1970-01-01").is_empty() && names("2019-04-30").is_empty());
        assert_eq!(names("2019-05-01"), ["2019Q1"]);
        assert_eq!(names("2020-01-31"), ["2019Q1", "2019Q2", "2019Q3", "2019", "2019Q4"]);
        assert_eq!((names("2026-11-22").len(), names("2099-01-01").len()), (37, 37));
    }
}
