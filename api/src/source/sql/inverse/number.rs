//! Whole numbers in another unit.

use entities::Datum;

use super::{Asked, Necessary};
use crate::mapping::{Number, Stored};

/// What the stored number is, where the number that is made of it passes.
pub(super) fn necessary(form: Number, asked: Asked<'_>) -> Necessary {
    let whole = |datum: &Datum| if let Datum::Int(number) = datum { Some(*number) } else { None };
    let (from, until) = match asked {
        Asked::Among(data) => {
            if let Some(exact) = exact(form, data) {
                return Necessary::Among(exact);
            }
            let mut numbers: Vec<_> = data.iter().filter_map(whole).collect();
            numbers.sort_unstable();
            let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
                return Necessary::Among(Vec::new());
            };
            (Some(*first), Some(*last))
        }
        Asked::Lt(datum) | Asked::Lte(datum) => (None, whole(datum)),
        Asked::Gt(datum) | Asked::Gte(datum) => (whole(datum), None),
    };
    let bound = |number: Option<i64>, end| number.map(|number| Datum::Int(stored(form, number, end)));
    match (bound(from, -1), bound(until, 1)) {
        (None, None) => Necessary::Nothing,
        (from, until) => Necessary::Between(from, until),
    }
}

/// Where only whole numbers are stored and nothing is rounded, there is at most one for each value.
fn exact(form: Number, data: &[Datum]) -> Option<Vec<Datum>> {
    let is_exact = form.stored == Stored::Integer && form.divided_by == 1;
    let stored = |datum: &Datum| {
        let Datum::Int(number) = datum else { return None };
        let scaled = i128::from(*number) - i128::from(form.plus);
        let is_whole = scaled % i128::from(form.times) == 0;
        is_whole.then(|| i64::try_from(scaled / i128::from(form.times)).ok().map(Datum::Int)).flatten()
    };
    is_exact.then(|| data.iter().filter_map(stored).collect())
}

/// The lowest (`end` -1) or highest (`end` 1) stored number of which the rounded number can be this one. Where decimals
/// are stored, one further, as their arithmetic is not exact.
fn stored(form: Number, number: i64, end: i128) -> i64 {
    let halves = 2 * (i128::from(number) - i128::from(form.plus)) + end;
    let (over, under) = (halves * i128::from(form.divided_by), 2 * i128::from(form.times));
    let down = over.div_euclid(under);
    let nearest = if end < 0 { down } else { down + 1 };
    let slack = if form.stored == Stored::Decimal { end } else { 0 };
    let clamped = (nearest + slack).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(clamped).unwrap_or_default()
}
