//! Cell keys: what decides a cell's noise. A keyed function of which youths are in the cell, so that the same youths
//! get the same noise in every table and asking again averages nothing away. Knows no count.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret under which noise is drawn. Never rotates, and no source holds it.
pub struct Secret {
    mac: Hmac<Sha256>,
    /// From so many youths up errors are as low as can be, below as high.
    #[cfg(test)]
    unlucky_from: Option<u64>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What noise is drawn for: one draw each, independent of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// Youths and rows alike: where each youth has one row, both are the same number.
    Youths,
    /// The sum of a measure, by its place in the dataset.
    Sum(usize),
}

/// A number that stands for one youth; those of a cell's youths are added up, wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RecordKey(u64);

impl Secret {
    /// A secret of 32 bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self {
            mac: Hmac::new_from_slice(bytes).expect("HMAC takes keys of any length"),
            #[cfg(test)]
            unlucky_from: None,
        }
    }

    /// One under which a cell's noise depends on how many youths it has alone, and is as large as it can be: wholes are
    /// too low, and parts are too high.
    #[cfg(test)]
    pub(super) fn unlucky(from: u64) -> Self {
        Self { unlucky_from: Some(from), ..Self::new(&[0; 32]) }
    }

    pub(super) fn record_key(&self, youth: i64) -> RecordKey {
        #[cfg(test)]
        if self.unlucky_from.is_some() {
            return RecordKey(1);
        }
        RecordKey(self.draw(&[b"record", &youth.to_be_bytes()]))
    }

    /// The cell's draw from the sum of its youths' record keys. The sum itself is no key: it would be known of a cell
    /// that is made up of others, and a zero among them would show in the noise.
    pub(super) fn cell_key(&self, youths: RecordKey, quantity: Quantity) -> u64 {
        let label = match quantity {
            Quantity::Youths => 0,
            Quantity::Sum(field) => 1 + u64::try_from(field).unwrap_or(u64::MAX - 1),
        };
        #[cfg(test)]
        if let Some(from) = self.unlucky_from {
            return if youths.0 < from { 999 } else { 0 };
        }
        self.draw(&[b"cell", &label.to_be_bytes(), &youths.0.to_be_bytes()])
    }

    fn draw(&self, parts: &[&[u8]]) -> u64 {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl RecordKey {
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new(&[7; 32])), "Secret(..)");
    }

    #[test]
    fn a_cells_key_depends_on_its_youths_the_quantity_and_the_secret_alone() {
        let secret = Secret::new(&[7; 32]);
        let youth = |youth| secret.record_key(youth);
        let key = secret.cell_key(youth(1).and(youth(2)), Quantity::Youths);
        assert_eq!(key, secret.cell_key(youth(2).and(youth(1)), Quantity::Youths));
        assert_ne!(key, secret.cell_key(youth(2), Quantity::Youths));
        assert_ne!(key, secret.cell_key(youth(1).and(youth(2)), Quantity::Sum(0)));
        let other = Secret::new(&[8; 32]);
        assert_ne!(key, other.cell_key(other.record_key(1).and(other.record_key(2)), Quantity::Youths));
    }
}
