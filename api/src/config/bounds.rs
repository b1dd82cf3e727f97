//! Values that keep within bounds, so that what is wrong is said where it stands in the file.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};

/// Seconds of a day.
pub(super) const DAY: u64 = 24 * 60 * 60;

/// A whole number.
pub(super) fn within<'de, const LEAST: usize, const MOST: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<usize, D::Error> {
    let number = usize::deserialize(deserializer)?;
    if (LEAST..=MOST).contains(&number) {
        return Ok(number);
    }
    Err(D::Error::custom(format!("{number} is not from {LEAST} to {MOST}")))
}

/// A duration such as `2s`; the bounds are in milliseconds.
pub(super) fn within_time<'de, const LEAST: u64, const MOST: u64, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let time: Duration = humantime_serde::deserialize(deserializer)?;
    let (least, most) = (Duration::from_millis(LEAST), Duration::from_millis(MOST));
    if (least..=most).contains(&time) {
        return Ok(time);
    }
    Err(D::Error::custom(format!("{time:?} is not from {least:?} to {most:?}")))
}

/// A duration of whole days such as `31d`; the bounds are in days.
pub(super) fn within_days<'de, const LEAST: u64, const MOST: u64, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let time: Duration = humantime_serde::deserialize(deserializer)?;
    let days = time.as_secs() / DAY;
    if (LEAST..=MOST).contains(&days) && time == Duration::from_secs(days * DAY) {
        return Ok(time);
    }
    Err(D::Error::custom(format!("it is not from {LEAST} to {MOST} whole days, such as \"31d\"")))
}

/// A text with something in it.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let text = <Box<str>>::deserialize(deserializer)?;
    if text.trim().is_empty() { Err(D::Error::custom("it is empty")) } else { Ok(text) }
}
