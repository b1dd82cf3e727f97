//! The days of the demonstration, counted from its first; no clock.

use chrono::{Days, NaiveDate};
use sea_orm::prelude::DateTimeUtc;

use super::{DEMONSTRATION_DAY, random::Random};

/// A day, counted from [`FIRST`].
pub(crate) type Day = i32;

/// The first day of which the demonstration holds rows.
pub(crate) const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a day of the calendar");

/// [`DEMONSTRATION_DAY`], counted.
pub(crate) const LAST: Day = DEMONSTRATION_DAY.signed_duration_since(FIRST).num_days() as Day;

/// The day as a date.
pub(crate) fn date(day: Day) -> NaiveDate {
    let (ahead, back) =
        (Days::new(u64::from(day.max(0).unsigned_abs())), Days::new(u64::from(day.min(0).unsigned_abs())));
    FIRST + ahead - back
}

/// The day, where it has come by the demonstration's own.
pub(crate) fn come(day: Day) -> Option<Day> {
    (day <= LAST).then_some(day)
}

/// When a row was last changed: within two weeks after its last event, in office hours, so that the day is the same in
/// UTC and in Amsterdam.
pub(crate) fn changed(last_event: Day, random: &mut Random) -> (DateTimeUtc, NaiveDate) {
    let on = date((last_event + random.between(0, 14)).min(LAST));
    let (hour, minute, second) = (random.below(9) + 7, random.below(60), random.below(60));
    let narrow = |number: u64| u32::try_from(number).unwrap_or(0);
    let at = on.and_hms_opt(narrow(hour), narrow(minute), narrow(second)).unwrap_or_default();
    (at.and_utc(), on)
}
