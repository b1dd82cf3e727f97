//! Numbers that youths have different parts of: rows, and the sums of measures. One or two youths that give most of a
//! number hide it; else its noise is as large as the largest part. Knows no area.

use super::{
    PublishedMeasure, Rules, Vocabulary,
    classes::Scale,
    key::{Quantity, RecordKey, Secret},
    ledger::Entry,
    perturbation::{KEYS, Perturbation, STEP},
};

/// From how many youths with a value the median is shown.
const MEDIAN_FROM: u32 = 20;

/// From how many youths with a value the ninth decile is shown.
const P90_FROM: u32 = 100;

/// A total, with the two largest of the parts that youths have in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shares {
    total: u64,
    largest: u64,
    second: u64,
}

impl Shares {
    /// Adds a youth's part.
    pub(super) fn add(&mut self, part: u64) {
        self.total = self.total.saturating_add(part);
        if part > self.largest {
            (self.largest, self.second) = (part, self.largest);
        } else {
            self.second = self.second.max(part);
        }
    }

    /// The total and the largest part.
    pub(super) fn whole_numbers(self) -> (i64, i64) {
        let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
        (number(self.total), number(self.largest))
    }

    /// Does the largest part make over 50%, or do the two largest over 67%?
    fn is_dominated(self) -> bool {
        let (total, largest, second) = (u128::from(self.total), u128::from(self.largest), u128::from(self.second));
        largest * 2 > total || (largest + second) * 100 > total * 67
    }
}

/// The truth about a measure in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    /// Youths with a value.
    youths: u32,
    key: RecordKey,
    /// Rows with a value.
    rows: Shares,
    sum: Shares,
    /// The shown median and ninth decile, where there are enough youths.
    median: Option<i64>,
    p90: Option<i64>,
    scale: Scale,
    /// The field, which draws noise of its own.
    field: usize,
}

/// Adds up a measure over a cell's youths. A value below zero is none: nothing that is measured can be negative.
pub(super) fn measure<'a, Rows>(
    vocabulary: &Vocabulary,
    place: usize,
    youths: impl Iterator<Item = (RecordKey, Rows)>,
) -> Measured
where
    Rows: Iterator<Item = &'a Entry<'a>>,
{
    let field = vocabulary.measures[place];
    let scale = Scale::of(&vocabulary.dataset.fields[field]);
    let (mut count, mut key, mut rows, mut sum) = (0, RecordKey::default(), Shares::default(), Shares::default());
    let mut values = Vec::new();
    for (record, entries) in youths {
        let before = values.len();
        values.extend(
            entries.filter_map(|it| it.observation.measures.get(place).copied().flatten()).filter(|it| *it >= 0),
        );
        let of_youth = &values[before..];
        if of_youth.is_empty() {
            continue;
        }
        count += 1;
        key = key.and(record);
        rows.add(u64::try_from(of_youth.len()).unwrap_or(u64::MAX));
        sum.add(of_youth.iter().fold(0, |sum: u64, value| sum.saturating_add(value.unsigned_abs())));
    }
    let mut percentile =
        |percent: usize, from: u32| (count >= from).then(|| scale.shown(nearest(&mut values, percent)));
    let (median, p90) = (percentile(50, MEDIAN_FROM), percentile(90, P90_FROM));
    Measured { youths: count, key, rows, sum, median, p90, scale, field }
}

/// The nearest rank: the least value that so many percent of all values are not above.
fn nearest(values: &mut [i64], percent: usize) -> i64 {
    let rank = (values.len() * percent).div_ceil(100).saturating_sub(1);
    if values.is_empty() { 0 } else { *values.select_nth_unstable(rank).1 }
}

/// The error of a cell's youths, by the table.
pub(super) fn error(youths: u32, key: RecordKey, secret: &Secret) -> i64 {
    let key = secret.cell_key(key, Quantity::Youths) % u64::from(KEYS);
    Perturbation::table().error(youths, u32::try_from(key).unwrap_or_default())
}

/// The shown number of rows: the youths' error times the largest part, rounded. Where each youth has one row it is the
/// shown number of youths.
pub(super) fn rows(shares: Shares, error: i64, rules: Rules) -> Option<u32> {
    if rules.dominance && shares.is_dominated() {
        return None;
    }
    let total = i64::try_from(shares.total).ok()?;
    if !rules.perturbs {
        return u32::try_from(total).ok();
    }
    let noise = i64::try_from(shares.largest).ok()?.checked_mul(error)?;
    let rounded = total.checked_add(noise)?.checked_add(STEP / 2)?.div_euclid(STEP).checked_mul(STEP)?;
    u32::try_from(rounded).ok().filter(|it| *it >= rules.fewest)
}

/// What is shown of a measure.
pub(super) fn show(measured: &Measured, secret: &Secret, rules: Rules) -> PublishedMeasure {
    let is_dominated = measured.rows.is_dominated() || measured.sum.is_dominated();
    if measured.youths == 0 || measured.youths < rules.fewest || rules.dominance && is_dominated {
        return PublishedMeasure::default();
    }
    let average = average(measured, secret, rules).map(|it| measured.scale.on_grid(it));
    PublishedMeasure { average, median: measured.median, p90: measured.p90 }
}

/// The protected sum by the protected count. The sum's error is the largest part times a number between -6 and 6, all
/// alike: mean 0 and variance 12, as the table's, but finer than its three or four steps.
fn average(measured: &Measured, secret: &Secret, rules: Rules) -> Option<f64> {
    let error = error(measured.youths, measured.key, secret);
    let count = f64::from(rows(measured.rows, error, rules)?);
    let sum = measured.sum.total as f64;
    if !rules.perturbs {
        return Some(sum / count);
    }
    let drawn = secret.cell_key(measured.key, Quantity::Sum(measured.field)) as f64 / u64::MAX as f64;
    let noise = 12.0 * drawn - 6.0;
    Some((sum + measured.sum.largest as f64 * noise).max(0.0) / count)
}
