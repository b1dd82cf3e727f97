//! What time it is, as the front door says: the machine's clock when serving, any moment in tests.

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use entities::Date;

/// What months are called, in Dutch and in English.
pub(crate) const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

/// A clock that is handed in.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks this.
    #[must_use]
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that stands still.
    #[must_use]
    pub fn fixed(moment: DateTime<Utc>) -> Self {
        Self::new(move || moment)
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0()
    }

    /// The calendar day in Amsterdam.
    #[must_use]
    pub fn today(&self) -> Date {
        Date::from_chrono(self.now().with_timezone(&chrono_tz::Europe::Amsterdam).date_naive())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock(..)")
    }
}
