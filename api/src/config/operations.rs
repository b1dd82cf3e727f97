//! How the gateway is run: its log, metrics, traces, and how it stops.

use std::{net::SocketAddr, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};

use super::bounds::{text, within_time};

/// `[log]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The form of a line; the environment's `REGIOGRAPH_LOG_FORMAT` wins.
    pub format: LogFormat,
}

/// The form of a line of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// `[metrics]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Where `/metrics` is served, alone; none where it is not.
    pub listen: Option<SocketAddr>,
}

/// `[telemetry]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// The collector that spans are sent to (OTLP over HTTP).
    #[serde(deserialize_with = "address")]
    pub otlp: Box<str>,
    /// Which share of the traces that begin here is kept.
    #[serde(default)]
    pub sampling: Ratio,
    /// The name that spans bear.
    #[serde(default = "default_service", deserialize_with = "text")]
    pub service: Box<str>,
}

/// `[shutdown]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shutdown {
    /// For how long requests are still taken after the order to stop, while `/health/ready` says no; then those under way
    /// are waited for.
    #[serde(deserialize_with = "within_time::<0, 300_000, _>")]
    pub drain: Duration,
}

/// A share from 0 to 1, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio(u32);

const MILLION: f64 = 1_000_000.0;

impl Ratio {
    /// From 0 to 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / MILLION
    }
}

impl Default for Ratio {
    fn default() -> Self {
        Self(1_000_000)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        if !(0.0..=1.0).contains(&share) {
            return Err(D::Error::custom(format!("{share} is not from 0.0 to 1.0")));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
        Ok(Self((share * MILLION).round() as u32))
    }
}

fn default_service() -> Box<str> {
    "regiograph".into()
}

/// An address of HTTP. What it is may be a secret of who runs the gateway: it is not repeated.
fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let address = <Box<str>>::deserialize(deserializer)?;
    match address.strip_prefix("http://") {
        Some(rest) if !rest.is_empty() && !rest.contains(|it: char| it.is_whitespace()) => Ok(address),
        _ => Err(D::Error::custom(
            "it is no address such as \"http://127.0.0.1:4318\"; there is no TLS: name a collector near by",
        )),
    }
}
