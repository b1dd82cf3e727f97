//! What a measure comes to in a group, part by part. Knows no field.

use std::{cmp::Ordering, fmt};

use crate::{federation::Spread, graphql::model::MeasurePart, release::PublishedMeasure};

/// A whole number, or one with a fraction.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql::execute) enum Number {
    Whole(i64),
    Fraction(f64),
}

/// What a measure comes to in a group.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql::execute) enum Comes {
    /// No row has a value.
    Nothing,
    /// Exactly.
    Exact(Spread),
    /// As a release shows it: no sum and no extreme.
    Published(PublishedMeasure),
}

/// A part of what a measure comes to; nothing where there are no values, or where it is not shown.
pub(in crate::graphql::execute) fn number(comes: &Comes, part: MeasurePart) -> Option<Number> {
    match comes {
        Comes::Nothing => None,
        Comes::Exact(spread) => exact(spread, part),
        Comes::Published(measure) => published(measure, part).map(Number::Whole),
    }
}

fn published(measure: &PublishedMeasure, part: MeasurePart) -> Option<i64> {
    match part {
        MeasurePart::Average => measure.average,
        MeasurePart::Median => measure.median,
        MeasurePart::P90 => measure.p90,
        MeasurePart::Sum | MeasurePart::Min | MeasurePart::Max => None,
    }
}

fn exact(spread: &Spread, part: MeasurePart) -> Option<Number> {
    match part {
        MeasurePart::Sum => Some(Number::Whole(spread.sum)),
        MeasurePart::Min => spread.range.map(|(lowest, _)| Number::Whole(lowest)),
        MeasurePart::Max => spread.range.map(|(_, highest)| Number::Whole(highest)),
        #[expect(clippy::cast_precision_loss, reason = "an average is no more exact than its type")]
        MeasurePart::Average => (spread.count > 0).then(|| Number::Fraction(spread.sum as f64 / spread.count as f64)),
        MeasurePart::Median => spread.percentiles.map(|(median, _)| Number::Fraction(median)),
        MeasurePart::P90 => spread.percentiles.map(|(_, p90)| Number::Fraction(p90)),
    }
}

impl Number {
    /// Does it lie between two numbers, neither of them included?
    #[expect(clippy::cast_precision_loss, reason = "the bounds are small")]
    pub(super) fn is_within(self, low: u64, high: u64) -> bool {
        let number = match self {
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        };
        number > low as f64 && number < high as f64
    }

    /// Numbers of one part, which are of one form.
    pub(super) fn order(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (Self::Fraction(a), Self::Fraction(b)) => a.total_cmp(&b),
            (Self::Whole(_), Self::Fraction(_)) => Ordering::Less,
            (Self::Fraction(_), Self::Whole(_)) => Ordering::Greater,
        }
    }
}

/// As JSON.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => write!(f, "{number}"),
            Self::Fraction(number) => write!(f, "{}", serde_json::Value::from(*number)),
        }
    }
}
