//! Reads what sources print for people: values such as `>900`, periods such as `2021 Q1`. What cannot be read without
//! guessing stays unread. Knows no table.

use sea_orm::prelude::Date;

/// The numbers that a printed value stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    /// No lower than this, where the print says so.
    pub(crate) lower: Option<f64>,
    /// No higher than this, where the print says so.
    pub(crate) upper: Option<f64>,
    /// Does the print say that the number is about right?
    pub(crate) approximate: bool,
}

/// The days that a printed period runs over, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Days {
    /// First day.
    pub(crate) start: Option<Date>,
    /// Last day.
    pub(crate) end: Option<Date>,
}

/// The bounds of a value: `57`, `-80`, `13.9`, `>900`, `<5`, `ca. 800`, `ruim 2.500`, `2-3`, `-14 tot -18`, `4 (max 6)`,
/// `13 van 15`. A share printed where the unit is another (`24%`) has none.
pub(crate) fn bounds(text: &str) -> Bounds {
    let between = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => Bounds { lower: Some(a.min(b)), upper: Some(a.max(b)), approximate: false },
        _ => Bounds::default(),
    };
    let exactly = |it: Option<f64>| Bounds { lower: it, upper: it, approximate: false };
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('>').or_else(|| text.strip_prefix("ruim ")) {
        Bounds { lower: number(rest), ..Bounds::default() }
    } else if let Some(rest) = text.strip_prefix('<') {
        Bounds { upper: number(rest), ..Bounds::default() }
    } else if let Some(rest) = text.strip_prefix("ca. ") {
        Bounds { approximate: true, ..exactly(number(rest)) }
    } else if let Some((a, b)) = text.split_once(" tot ") {
        between(number(a), number(b))
    } else if let Some((a, b)) = text.strip_suffix(')').and_then(|it| it.split_once(" (max ")) {
        between(number(a), number(b))
    } else if let Some((count, _)) = text.split_once(" van ") {
        exactly(number(count))
    } else if let Some(it) = number(text) {
        exactly(Some(it))
    } else if let Some((a, b)) = text.split_once('-') {
        between(number(a), number(b))
    } else {
        Bounds::default()
    }
}

/// A number with a point before decimals, or before groups of three as the Dutch print them: `2.500`.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        Some((thousands, rest)) if digits(thousands) && digits(rest) && rest.len() == 3 => {
            text.replace('.', "").parse().ok()
        }
        Some((whole, decimals)) if digits(whole) && digits(decimals) => text.parse().ok(),
        None if digits(unsigned) => text.parse().ok(),
        _ => None,
    }
}

/// The days of a period: `2020`, `2020-2023`, `2024 t/m 2027`, `2021 Q1`, `2017 H1`, `2019-05`, `2019-05/06`,
/// `2023-12-31`, `feb 2020-feb 2021`, `sinds 2020`, `2022 t.o.v. 2021` (the year that it is about).
pub(crate) fn days(text: &str) -> Days {
    let text = text.trim().trim_end_matches('*');
    let text = text.split_once(" t.o.v. ").map_or(text, |(it, _)| it);
    if let Some(year) = text.strip_prefix("sinds ") {
        return Days { end: None, ..one(year) };
    }
    if let Some((year, months)) = text.split_once('-').filter(|(_, it)| it.contains('/')) {
        let (first, last) = months.split_once('/').unwrap_or((months, months));
        return span(&format!("{year}-{first}"), &format!("{year}-{last}"));
    }
    let whole = one(text);
    if whole.start.is_some() {
        return whole;
    }
    match text.split_once(" t/m ").or_else(|| text.split_once('-')) {
        Some((first, last)) => span(first, last),
        None => Days::default(),
    }
}

/// From the first day of one period to the last of another; nothing where one of them is not read.
fn span(first: &str, last: &str) -> Days {
    match (one(first).start, one(last).end) {
        (Some(start), Some(end)) => Days { start: Some(start), end: Some(end) },
        _ => Days::default(),
    }
}

/// The names of months, as the sources shorten them.
const MONTHS: [&str; 12] = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];

/// A year, half year, quarter, month or day.
fn one(text: &str) -> Days {
    if let Ok(day) = text.parse::<Date>() {
        return Days { start: Some(day), end: Some(day) };
    }
    if let Some((year, part)) = text.split_once(' ') {
        let part = match part {
            "H1" => Some((1, 6)),
            "H2" => Some((7, 6)),
            _ => part.strip_prefix('Q').and_then(|it| it.parse().ok()).filter(|it| (1..=4).contains(it)).map(quarter),
        };
        let month = MONTHS.iter().zip(1..).find(|(name, _)| **name == year);
        return match (part, month) {
            (Some((first, months)), _) => months_of(year, first, months),
            (None, Some((_, month))) => months_of(text.split_once(' ').map_or("", |(_, it)| it), month, 1),
            (None, None) => Days::default(),
        };
    }
    match text.split_once('-') {
        Some((year, month)) if month.len() == 2 => {
            month.parse().map_or_else(|_| Days::default(), |it| months_of(year, it, 1))
        }
        Some(_) => Days::default(),
        None => months_of(text, 1, 12),
    }
}

fn quarter(number: u32) -> (u32, u32) {
    (3 * number - 2, 3)
}

/// The days of some months of a year of four digits.
fn months_of(year: &str, first: u32, months: u32) -> Days {
    let Ok(year) = year.parse::<i32>() else { return Days::default() };
    if !(1900..=2100).contains(&year) {
        return Days::default();
    }
    let next = first + months;
    let after = if next > 12 { (year + 1, next - 12) } else { (year, next) };
    let start = Date::from_ymd_opt(year, first, 1);
    Days { start, end: start.and(Date::from_ymd_opt(after.0, after.1, 1)).and_then(|it| it.pred_opt()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_bounds_that_they_print() {
        let read = |text| {
            let Bounds { lower, upper, approximate } = bounds(text);
            (lower, upper, approximate)
        };
        assert_eq!(read("57"), (Some(57.0), Some(57.0), false));
        assert_eq!(read("-80"), (Some(-80.0), Some(-80.0), false));
        assert_eq!(read("13.9"), (Some(13.9), Some(13.9), false));
        assert_eq!(read(">900"), (Some(900.0), None, false));
        assert_eq!(read("ruim 2.500"), (Some(2500.0), None, false));
        assert_eq!(read("<5"), (None, Some(5.0), false));
        assert_eq!(read("ca. 800"), (Some(800.0), Some(800.0), true));
        assert_eq!(read("2-3"), (Some(2.0), Some(3.0), false));
        assert_eq!(read("-14 tot -18"), (Some(-18.0), Some(-14.0), false));
        assert_eq!(read("4 (max 6)"), (Some(4.0), Some(6.0), false));
        assert_eq!(read("13 van 15"), (Some(13.0), Some(13.0), false));
        for text in ["", ".", "p.m.", "24%", "10?", "many"] {
            assert_eq!(bounds(text), Bounds::default(), "{text}");
        }
    }

    #[test]
    fn periods_run_over_the_days_that_they_print() {
        let read = |text| {
            let Days { start, end } = days(text);
            [start, end].map(|it| it.map_or_else(String::new, |it| it.to_string()))
        };
        assert_eq!(read("2020"), ["2020-01-01", "2020-12-31"]);
        assert_eq!(read("2022*"), ["2022-01-01", "2022-12-31"]);
        assert_eq!(read("2020-2023"), ["2020-01-01", "2023-12-31"]);
        assert_eq!(read("2024 t/m 2027"), ["2024-01-01", "2027-12-31"]);
        assert_eq!(read("2020 Q4"), ["2020-10-01", "2020-12-31"]);
        assert_eq!(read("2023 H1*"), ["2023-01-01", "2023-06-30"]);
        assert_eq!(read("2019-05"), ["2019-05-01", "2019-05-31"]);
        assert_eq!(read("2019-05/06"), ["2019-05-01", "2019-06-30"]);
        assert_eq!(read("2023-12-31"), ["2023-12-31", "2023-12-31"]);
        assert_eq!(read("feb 2020-feb 2021"), ["2020-02-01", "2021-02-28"]);
        assert_eq!(read("sinds 2020"), ["2020-01-01", ""]);
        assert_eq!(read("2022 t.o.v. 2021"), ["2022-01-01", "2022-12-31"]);
        for text in ["", "op weg naar 2030", "2021 Q5", "2021-13", "soon"] {
            assert_eq!(days(text), Days::default(), "{text}");
        }
    }
}
