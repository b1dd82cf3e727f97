//! The perturbation table: noise and rounding in one step. Holds the program that makes it, too; knows no cell.
//!
//! For each residue of the true count modulo 5 the table says how often each error is drawn: those of at most 9 that
//! lead to a multiple of 5. The weights have the greatest entropy (they favour nothing) among the whole numbers that
//! have mean 0 and variance 12 exactly.
//!
//! Why keys are drawn from 1000 and not from 256 numbers: of residue 0 the errors are -5, 0 and 5, and variance 12
//! gives either outer one 6/25 of all keys; of residue r the errors are -r plus multiples of 5, and mean 0 makes the sum of
//! these multiples r times all keys. Neither is whole with 256 keys; with a multiple of 25 both are.

use std::sync::LazyLock;

/// A cell's key is one of `0..KEYS`.
pub const KEYS: u32 = 1000;

/// Published numbers are multiples of it.
pub const STEP: i64 = 5;

/// No error is greater.
pub const LARGEST_ERROR: i64 = 9;

/// The variance of every residue's errors.
pub const VARIANCE: i64 = 12;

static TABLE: LazyLock<Perturbation> = LazyLock::new(|| {
    Perturbation::parse(include_str!("perturbation.csv")).expect("the table stands in the program, and a test reads it")
});

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The true count modulo [`STEP`].
    pub residue: u8,
    /// Published less true count.
    pub error: i64,
    /// How many of [`KEYS`] keys draw this error.
    pub weight: u32,
}

/// The whole table: by residue, then error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Perturbation(Vec<Weight>);

impl Perturbation {
    /// The table that the program uses; it is public.
    #[must_use]
    pub fn table() -> &'static Self {
        &TABLE
    }

    /// Makes the table anew. `examples/perturbation.rs` writes what this returns.
    #[must_use]
    pub fn maximum_entropy() -> Self {
        Self((0..5).flat_map(of_residue).collect())
    }

    /// The lines of a true count's residue.
    pub fn weights(&self, count: u32) -> impl Iterator<Item = &Weight> {
        self.0.iter().filter(move |it| u32::from(it.residue) == count % 5)
    }

    /// What a key adds to a true count.
    #[must_use]
    pub fn error(&self, count: u32, key: u32) -> i64 {
        let mut below = 0;
        let drawn = self.weights(count).find(|it| {
            below += it.weight;
            key % KEYS < below
        });
        drawn.map_or(0, |it| it.error)
    }

    /// The table as a file: a heading, then `residue,error,weight`.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let lines = self.0.iter().map(|it| format!("{},{},{}\n", it.residue, it.error, it.weight));
        std::iter::once("residue,error,weight\n".to_owned()).chain(lines).collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let line = |line: &str| {
            let mut cells = line.split(',');
            let residue = cells.next()?.parse().ok()?;
            let error = cells.next()?.parse().ok()?;
            Some(Weight { residue, error, weight: cells.next()?.parse().ok()? })
        };
        text.lines().skip(1).map(line).collect::<Option<_>>().map(Self)
    }
}

/// Three equations (how many keys, mean, variance) leave one of four weights free: all whole numbers are tried.
fn of_residue(residue: u8) -> Vec<Weight> {
    let mut errors: Vec<i64> =
        (-LARGEST_ERROR..=LARGEST_ERROR).filter(|error| (i64::from(residue) + error) % STEP == 0).collect();
    let free = if errors.len() > 3 { errors.remove(0) } else { 0 };
    let middle = errors[1];
    let tried = if errors[0] - free == STEP { 0..=i64::from(KEYS) } else { 0..=0 };
    let found = tried.filter_map(|first| others(first, free, middle).map(|others| (first, others)));
    let best = found.max_by(|(a, b), (c, d)| entropy(*a, b).total_cmp(&entropy(*c, d)));
    let (first, others) = best.unwrap_or_default();
    let line =
        |(error, weight): (i64, i64)| Weight { residue, error, weight: u32::try_from(weight).unwrap_or_default() };
    let lines = std::iter::once((free, first)).chain(errors.into_iter().zip(others));
    lines.filter(|(_, weight)| *weight > 0).map(line).collect()
}

/// The weights of `middle - STEP`, `middle` and `middle + STEP` once the error `free` has the weight `first`; none
/// where they are not whole numbers from 0 up.
fn others(first: i64, free: i64, middle: i64) -> Option<[i64; 3]> {
    let keys = i64::from(KEYS);
    let (left, sum, squares) = (keys - first, -first * free, VARIANCE * keys - first * free * free);
    // Around the middle: the outer two differ by `slope` and add up to `outer`.
    let slope = exact(sum - middle * left, STEP)?;
    let outer = exact(squares - 2 * middle * sum + middle * middle * left, STEP * STEP)?;
    let weights = [exact(outer - slope, 2)?, left - outer, exact(outer + slope, 2)?];
    weights.iter().all(|it| *it >= 0).then_some(weights)
}

fn exact(number: i64, divisor: i64) -> Option<i64> {
    (number % divisor == 0).then_some(number / divisor)
}

fn entropy(first: i64, others: &[i64; 3]) -> f64 {
    let weights = std::iter::once(first).chain(others.iter().copied());
    let share = |weight: i64| f64::from(i32::try_from(weight).unwrap_or_default()) / f64::from(KEYS);
    -weights.map(share).filter(|it| *it > 0.0).map(|it| it * it.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_its_program_makes() {
        assert_eq!(include_str!("perturbation.csv"), Perturbation::maximum_entropy().to_csv());
        assert_eq!(*Perturbation::table(), Perturbation::maximum_entropy());
    }

    #[test]
    fn from_ten_up_noise_leads_to_multiples_of_five_with_mean_zero_and_one_variance() {
        for count in 10..200 {
            let errors: Vec<_> = (0..KEYS).map(|key| Perturbation::table().error(count, key)).collect();
            assert!(errors.iter().all(|it| (i64::from(count) + it) % STEP == 0 && it.abs() <= LARGEST_ERROR));
            assert_eq!(errors.iter().sum::<i64>(), 0, "{count}");
            assert_eq!(errors.iter().map(|it| it * it).sum::<i64>(), VARIANCE * i64::from(KEYS), "{count}");
        }
    }

    #[test]
    fn every_residues_weights_add_up_to_all_keys() {
        for residue in 0..5 {
            assert_eq!(Perturbation::table().weights(residue).map(|it| it.weight).sum::<u32>(), KEYS);
        }
    }

    #[test]
    fn a_residue_and_its_mirror_have_mirrored_errors() {
        let of = |residue| -> Vec<_> { of_residue(residue).iter().map(|it| (it.error, it.weight)).collect() };
        for (residue, mirror) in [(1, 4), (2, 3), (0, 0)] {
            let mirrored: Vec<_> = of(mirror).iter().rev().map(|(error, weight)| (-error, *weight)).collect();
            assert_eq!(of(residue), mirrored);
        }
    }
}
