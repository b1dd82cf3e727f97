//! The numbers of the credentials that were shown, each until it would no longer hold anyway.

use std::collections::HashMap;

/// The most that are remembered; beyond it none is taken, rather than one twice.
const MOST: usize = 500_000;

/// What was shown, by number, each with the second in which it stops to hold.
#[derive(Default)]
pub(super) struct Seen {
    until: HashMap<[u8; 16], i64>,
    swept: i64,
}

impl Seen {
    /// Is it seen for the first time?
    pub(super) fn is_new(&mut self, number: [u8; 16], until: i64, now: i64) -> bool {
        let is_due = self.until.len() >= MOST || now.abs_diff(self.swept) >= 10;
        if is_due && self.swept != now {
            self.until.retain(|_, until| *until >= now);
            self.swept = now;
        }
        self.until.len() < MOST && self.until.insert(number, until).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_forgotten_when_it_no_longer_holds() {
        let mut seen = Seen::default();
        assert!(seen.is_new([1; 16], 60, 0) && seen.is_new([2; 16], 80, 0));
        assert!(!seen.is_new([1; 16], 60, 60), "it still holds");
        assert!(seen.is_new([3; 16], 130, 70));
        assert_eq!(seen.until.len(), 2);
    }
}
