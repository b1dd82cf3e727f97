//! Media types: which one a client accepts, and whether what it sends is JSON.

use std::cmp::Reverse;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells whether the operation ran.
    GraphQlResponse,
    /// `application/json`: for clients from before; 200 for every well-formed request.
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The media type that the client likes best, if it accepts any of ours.
    ///
    /// GraphQL over HTTP (draft), "Body" and its "Legacy watershed": the highest priority that is supported wins;
    /// since 1 January 2025 a request without `Accept` counts as one for `application/graphql-response+json`.
    /// A wildcard leaves the choice to us, which is the same.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(ACCEPT).iter().peekable();
        if lines.peek().is_none() {
            return Some(Self::GraphQlResponse);
        }
        let ranges = ranges(headers);
        let (response, json) = (Self::GraphQlResponse.weight(&ranges), Self::Json.weight(&ranges));
        match (response, json) {
            (None, None) => None,
            _ if response >= json => Some(Self::GraphQlResponse),
            _ => Some(Self::Json),
        }
    }

    /// How much the client likes it: by quality, then by how exactly and how early it is named.
    /// The most exact range that fits counts alone (RFC 9110, 12.5.1), so that `;q=0` can exclude a type.
    fn weight(self, ranges: &[Range<'_>]) -> Option<Weight> {
        let essence = match self {
            Self::GraphQlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        };
        weight(&[Some("*/*"), Some("application/*"), Some(essence)], ranges)
    }
}

/// How much a client likes a type: the quality, then how exactly and how early it is named.
type Weight = (u16, usize, Reverse<usize>);

/// The weight of the type that these names fit, the most exact one last.
fn weight(names: &[Option<&str>], ranges: &[Range<'_>]) -> Option<Weight> {
    let is_named = |range: &Range<'_>, name: &str| name.eq_ignore_ascii_case(range.name);
    let exactness = |range: &Range<'_>| names.iter().position(|name| name.is_some_and(|name| is_named(range, name)));
    let fitting = ranges
        .iter()
        .enumerate()
        .filter_map(|(place, range)| exactness(range).map(|exactness| (exactness, Reverse(place), range.quality)));
    let (exactness, place, quality) = fitting.max()?;
    (quality > 0).then_some((quality, exactness, place))
}

/// Does the client like a stream of events best? Only where it names one: no wildcard asks for a stream.
pub(super) fn prefers_events(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    // In the third place, so that it weighs as much as any other type that is named in full.
    let events = weight(&[None, None, Some("text/event-stream")], &ranges);
    events.is_some() && events > Media::GraphQlResponse.weight(&ranges).max(Media::Json.weight(&ranges))
}

fn ranges(headers: &HeaderMap) -> Vec<Range<'_>> {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(Range::parse).collect()
}

/// Says the request that its body is JSON in UTF-8?
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let range = line.to_str().ok().and_then(Range::parse);
    range.is_some_and(|range| range.name.eq_ignore_ascii_case("application/json"))
}

/// A media type or range, without its parameters.
struct Range<'a> {
    name: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// None for a character set that is not ours, and for a quality that is none.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next()?;
        let mut quality = 1000;
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            if key.eq_ignore_ascii_case("q") {
                quality = to_thousandths(value)?;
            } else if key.eq_ignore_ascii_case("charset") && !value.trim_matches('"').eq_ignore_ascii_case("utf-8") {
                return None;
            }
        }
        Some(Self { name, quality })
    }
}

/// A quality as RFC 9110 writes it: `0.8` is 800.
fn to_thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || whole.len() != 1 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{whole}{fraction:0<3}").parse().ok()?;
    (thousandths <= 1000).then_some(thousandths)
}
