//! Percentiles of numbered values, as SQL's `percentile_cont` says: the value at `p * (n - 1)` of the values in order,
//! between two of them in proportion.

/// The median and the ninth decile of one group's (group, value, number), in the order of values; none where there are no
/// values.
pub(super) fn both(values: &[(u32, i64, u64)]) -> Option<(f64, f64)> {
    let count: u128 = values.iter().map(|(_, _, number)| u128::from(*number)).sum();
    let last = count.checked_sub(1)?;
    Some((at(values, last, 5), at(values, last, 9)))
}

/// The value at so many tenths of the way to the last. In whole numbers until the end, so that it is the nearest that a
/// float can say.
fn at(values: &[(u32, i64, u64)], last: u128, tenths: u8) -> f64 {
    let position = u128::from(tenths) * last;
    let above = i128::try_from(position % 10).expect("a digit");
    let lower = nth(values, position / 10);
    let upper = if above == 0 { lower } else { nth(values, position / 10 + 1) };
    (lower * (10 - above) + upper * above) as f64 / 10.0
}

/// The value at a place, counted from nought.
fn nth(values: &[(u32, i64, u64)], place: u128) -> i128 {
    let mut seen = 0;
    let found = values.iter().find(|(_, _, number)| {
        seen += u128::from(*number);
        seen > place
    });
    found.or(values.last()).map_or(0, |(_, value, _)| i128::from(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[(i64, u64)]) -> Option<(f64, f64)> {
        both(&values.iter().map(|(value, number)| (0, *value, *number)).collect::<Vec<_>>())
    }

    #[test]
    fn percentiles_are_those_of_the_standard() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(7, 0)]), None);
        assert_eq!(of(&[(7, 1)]), Some((7.0, 7.0)));
        assert_eq!(of(&[(7, 1), (8, 1)]), Some((7.5, 7.9)));
        assert_eq!(of(&[(1, 1), (2, 1), (10, 1)]), Some((2.0, 8.4)));
        assert_eq!(of(&[(1, 5), (2, 5), (3, 1)]), Some((2.0, 2.0)));
        assert_eq!(of(&[(-3, 1), (0, 1)]), Some((-1.5, -0.3)));
        assert_eq!(of(&[(0, 90), (0, 1), (100, 10)]), Some((0.0, 0.0)));
        assert_eq!(of(&[(0, 89), (100, 11)]), Some((0.0, 100.0)));
        assert_eq!(of(&[(0, 90), (100, 10)]), Some((0.0, 10.0)));
    }

    #[test]
    fn the_farthest_values_overflow_nothing() {
        let (low, high) = (i64::MIN as f64, i64::MAX as f64);
        assert_eq!(of(&[(i64::MIN, u64::MAX)]), Some((low, low)));
        assert_eq!(of(&[(i64::MIN, 1), (i64::MAX, u64::MAX)]), Some((high, high)));
        assert_eq!(of(&[(i64::MIN, 1), (i64::MAX, 1)]).map(|it| it.0), Some(-0.5));
    }
}
