//! Metrics as text: OpenMetrics, and the older text of Prometheus for whoever asks for no more.

use std::fmt::Write as _;

/// The form in which metrics are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus text 0.0.4.
    Text,
}

impl Format {
    /// The form that an `Accept` header asks for: OpenMetrics where it is named, else text.
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        let refused =
            |it: &str| it.split(';').any(|part| matches!(part.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        let named = |it: &str| it.trim().starts_with("application/openmetrics-text") && !refused(it);
        if accept.split(',').any(named) { Self::OpenMetrics } else { Self::Text }
    }

    /// Its media type.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    /// The text in this form, of one in OpenMetrics.
    pub(super) fn write(self, text: String) -> String {
        match self {
            Self::OpenMetrics => text,
            Self::Text => to_text(&text),
        }
    }
}

/// In the older text a counter is named as its samples are, an info is a gauge, and units and the end are not told.
fn to_text(open: &str) -> String {
    let mut out = String::with_capacity(open.len());
    let kinds: Vec<(&str, &str)> = open.lines().filter_map(|it| it.strip_prefix("# TYPE ")?.split_once(' ')).collect();
    let suffix = |name: &str| match kinds.iter().find(|(it, _)| *it == name) {
        Some((_, "counter")) => "_total",
        Some((_, "info")) => "_info",
        _ => "",
    };
    for line in open.lines() {
        if line == "# EOF" || line.starts_with("# UNIT ") {
            continue;
        }
        let described = line.strip_prefix("# HELP ").map(|rest| ("HELP", rest));
        let described = described.or_else(|| line.strip_prefix("# TYPE ").map(|rest| ("TYPE", rest)));
        let Some((word, (name, rest))) = described.and_then(|(word, rest)| Some((word, rest.split_once(' ')?))) else {
            let _ = writeln!(out, "{line}");
            continue;
        };
        let rest = match (word, rest) {
            ("TYPE", "info") => "gauge",
            ("TYPE", "unknown") => "untyped",
            _ => rest,
        };
        let _ = writeln!(out, "# {word} {name}{} {rest}", suffix(name));
    }
    out
}
