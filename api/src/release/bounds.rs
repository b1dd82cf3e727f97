//! The least and the most that a number can be, and what sums say of it. The audit and the attackers of the tests share
//! it. Knows no cell.

/// The least and the most that a number can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) low: i64,
    pub(super) high: i64,
}

/// More than any cell has.
pub(super) const MANY: i64 = 1_000_000_000;

impl Bounds {
    /// Nothing is known.
    pub(super) const ANY: Self = Self { low: 0, high: MANY };

    /// Is there one number that it can be?
    pub(super) fn is_single(self) -> bool {
        self.low >= self.high
    }

    /// Narrows to what lies between these, too. Did that say anything? What contradicts the rest says nothing.
    pub(super) fn narrow(&mut self, low: i64, high: i64) -> bool {
        let narrowed = Self { low: self.low.max(low), high: self.high.min(high) };
        narrowed.low <= narrowed.high && std::mem::replace(self, narrowed) != narrowed
    }

    /// Of a sum.
    pub(super) fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    /// Of a sum's rest when this part is taken from it.
    pub(super) fn less(self, part: Self) -> Self {
        Self { low: self.low - part.low, high: self.high - part.high }
    }
}

/// Of a sum of all.
pub(super) fn sum(parts: impl Iterator<Item = Bounds>) -> Bounds {
    parts.fold(Bounds { low: 0, high: 0 }, Bounds::plus)
}

/// What a whole says of a part, the others of its parts having these bounds: nothing is in two parts.
pub(super) fn part_of_sum(whole: Bounds, others: Bounds) -> Bounds {
    Bounds { low: whole.low - others.high, high: whole.high - others.low }
}
