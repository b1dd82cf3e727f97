//! The fixed, coarse classes of percentiles and the grid of averages, for each unit. Knows no cell.

use entities::Field;

/// A unit's classes and grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// The last value of each class, and what is shown of it: its midpoint, rounded up. The first class begins at 0,
    /// each other after the one before.
    classes: &'static [(i64, i64)],
    /// What is shown above the last class, which has no end: as if it were half as wide again as its start.
    above: i64,
    /// Averages are multiples of it.
    grid: i64,
}

const DAYS: Scale = Scale {
    classes: &[
        (0, 0),
        (7, 4),
        (14, 11),
        (30, 23),
        (60, 46),
        (90, 76),
        (180, 136),
        (270, 226),
        (365, 318),
        (547, 457),
        (730, 639),
    ],
    above: 913,
    grid: 5,
};

const HOURS_A_WEEK: Scale =
    Scale { classes: &[(0, 0), (5, 3), (10, 8), (15, 13), (20, 18), (25, 23), (30, 28)], above: 38, grid: 5 };

/// Of other units, such as volumes of care.
const NUMBERS: Scale = Scale {
    classes: &[
        (0, 0),
        (5, 3),
        (10, 8),
        (25, 18),
        (50, 38),
        (100, 76),
        (250, 176),
        (500, 376),
        (1000, 751),
        (2500, 1751),
        (5000, 3751),
    ],
    above: 6250,
    grid: 5,
};

impl Scale {
    /// By the field's name, which says its unit.
    pub(super) fn of(field: &Field) -> Self {
        match field.name {
            name if name.ends_with("_days") => DAYS,
            name if name.ends_with("hours_per_week") => HOURS_A_WEEK,
            _ => NUMBERS,
        }
    }

    /// What is shown of a percentile.
    pub(super) fn shown(self, value: i64) -> i64 {
        self.classes.iter().find(|(last, _)| value <= *last).map_or(self.above, |(_, shown)| *shown)
    }

    /// What is shown of an average: the nearest multiple of the grid.
    pub(super) fn on_grid(self, average: f64) -> i64 {
        let grid = self.grid as f64;
        (average / grid).round() as i64 * self.grid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_touch_and_show_their_midpoints() {
        for scale in [DAYS, HOURS_A_WEEK, NUMBERS] {
            let mut first = 0;
            for (last, shown) in scale.classes {
                assert_eq!(*shown, (first + last + 1) / 2, "{last}");
                first = last + 1;
            }
            let last = first - 1;
            assert_eq!(scale.above, last + (last + 3) / 4, "{last}");
        }
    }

    #[test]
    fn a_value_shows_its_class() {
        let shown = [0, 1, 7, 8, 30, 31, 365, 730, 731, 9_999].map(|days| DAYS.shown(days));
        assert_eq!(shown, [0, 4, 4, 11, 23, 46, 318, 639, 913, 913]);
    }

    #[test]
    fn averages_are_rounded_to_the_grid() {
        let shown = [0.0, 2.4, 2.6, 151.2, 153.0].map(|average| DAYS.on_grid(average));
        assert_eq!(shown, [0, 0, 5, 150, 155]);
    }
}
