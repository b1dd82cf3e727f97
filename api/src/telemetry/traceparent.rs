//! W3C Trace Context: `traceparent` and `tracestate` as they come and as they go on. What does not hold is not taken.

use std::fmt::Write as _;

/// The headers of a request that name a trace, as they came.
#[derive(Clone, Debug, Default)]
pub struct Incoming<'a> {
    /// The values of `traceparent`; one is right.
    pub traceparent: Vec<&'a str>,
    /// The values of `tracestate`, in order.
    pub tracestate: Vec<&'a str>,
}

/// The trace that a request belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// The id of the trace.
    pub trace: [u8; 16],
    /// Who asked, within the trace; none where the trace begins here.
    pub parent: Option<[u8; 8]>,
    /// Is the trace kept by whoever began it?
    pub sampled: bool,
    /// What other systems say of it to one another.
    pub state: Option<Box<str>>,
}

/// The most bytes of a `tracestate` that are passed on.
const STATE_LONGEST: usize = 512;
/// The most members of a `tracestate`.
const MEMBERS_MOST: usize = 32;

impl TraceContext {
    /// A trace that begins here.
    #[must_use]
    pub fn new(trace: [u8; 16]) -> Self {
        Self { trace, parent: None, sampled: false, state: None }
    }

    /// The trace that headers name; none where they do not hold.
    #[must_use]
    pub fn incoming(headers: &Incoming<'_>) -> Option<Self> {
        let [traceparent] = headers.traceparent[..] else { return None };
        let (trace, parent, sampled) = parse(traceparent)?;
        Some(Self { trace, parent: Some(parent), sampled, state: state(&headers.tracestate) })
    }

    /// The id of the trace as it is written.
    #[must_use]
    pub fn trace_id(&self) -> String {
        hex(&self.trace)
    }

    /// The value of a `traceparent` for what this span asks of others.
    #[must_use]
    pub fn traceparent(&self, span: [u8; 8], sampled: bool) -> String {
        format!("00-{}-{}-{:02x}", hex(&self.trace), hex(&span), u8::from(sampled))
    }
}

/// Trace, parent and whether it is sampled. A later version may say more after what the first says.
fn parse(text: &str) -> Option<([u8; 16], [u8; 8], bool)> {
    let (head, rest) = text.trim().split_at_checked(55)?;
    let mut parts = head.split('-');
    let version: [u8; 1] = bytes(parts.next()?)?;
    let trace: [u8; 16] = bytes(parts.next()?)?;
    let parent: [u8; 8] = bytes(parts.next()?)?;
    let flags: [u8; 1] = bytes(parts.next()?)?;
    let ends_well = if version == [0] { rest.is_empty() } else { rest.is_empty() || rest.starts_with('-') };
    let holds = version != [0xff] && ends_well && trace != [0; 16] && parent != [0; 8] && parts.next().is_none();
    holds.then_some((trace, parent, flags[0] & 1 == 1))
}

/// Lower-case hexadecimal of exactly so many bytes.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut out = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(out)
}

/// The members of a `tracestate`, joined; none where one does not hold.
fn state(values: &[&str]) -> Option<Box<str>> {
    let joined = values.join(",");
    let members: Vec<_> = joined.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    let is_key = |key: &str| {
        let letter = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'*' | b'/' | b'@')
        };
        !key.is_empty() && key.len() <= 256 && key.bytes().all(letter)
    };
    let is_value = |value: &str| {
        !value.is_empty() && value.len() <= 256 && value.bytes().all(|it| matches!(it, b' '..=b'~') && it != b'=')
    };
    let holds = |member: &&str| member.split_once('=').is_some_and(|(key, value)| is_key(key) && is_value(value));
    let fine = !members.is_empty() && members.len() <= MEMBERS_MOST && members.iter().all(holds);
    let text = members.join(",");
    (fine && text.len() <= STATE_LONGEST).then(|| text.into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
