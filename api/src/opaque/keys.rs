//! One key per consumer, derived from the master key; and those of before, which only open.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entities::Date;
use hkdf::Hkdf;
use quick_cache::sync::Cache;
use sha2::Sha256;

use super::{Before, Key, Made, Master, Opaque};
use crate::{clock::Clock, keyring::Versioned};

/// The most consumers whose keys are kept ready; a key that is dropped is derived again, the same.
const KEPT: usize = 4096;

/// The most row ids and pseudonyms that are remembered, over all consumers: some 16 MB.
const REMEMBERED: usize = 65_536;

/// Says what the derived keys are for, so that no other use of the master key makes the same.
const USE: &str = "regiograph opaque v1";

/// Who is given ids and pseudonyms: one purpose of one role of one organisation. Two consumers cannot join by identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Consumer<'a> {
    /// The organisation; empty for `public`.
    pub organisation: &'a str,
    /// The role's name in the policy.
    pub role: &'a str,
    /// What the rows are used for; none for `public`.
    pub purpose: Option<&'a str>,
}

/// Tells one gateway from all others, and nothing else of it: all processes that share a master key are one gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayId([u8; 16]);

impl GatewayId {
    /// The gateway of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As text.
    #[must_use]
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The gateway of a text; nothing where it is of none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

/// Every consumer's encryption.
pub struct Keys {
    derive: Hkdf<Sha256>,
    /// Of master keys of before, the newest first, each with the last day on which it opens anything.
    before: Vec<(Date, Hkdf<Sha256>)>,
    clock: Clock,
    ready: Cache<Vec<u8>, Arc<Opaque>>,
    numbers: AtomicU64,
    made: Made,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Derives from this master key; what those of before made is opened through their last day by this clock, however
    /// long the gateway runs.
    #[must_use]
    pub fn new(master: &Master, clock: Clock) -> Self {
        let derive = |key: &Versioned| Hkdf::new(Some(USE.as_bytes()), key.bytes());
        let ring = master.ring();
        let before = ring.before(clock.today().to_chrono());
        Self {
            derive: derive(ring.newest()),
            before: before.filter_map(|key| Some((Date::from_chrono(key.until?), derive(key)))).collect(),
            clock,
            ready: Cache::new(KEPT),
            numbers: AtomicU64::new(0),
            made: Arc::new(Cache::new(REMEMBERED)),
        }
    }

    /// Which gateway this is, for those that it asks.
    #[must_use]
    pub fn gateway_id(&self) -> GatewayId {
        let mut id = [0; 16];
        // No consumer is named so: their names begin with another byte.
        self.derive.expand(b"gateway id", &mut id).expect("SHA-256 expands to far more than 16 bytes");
        GatewayId(id)
    }

    /// The consumer's encryption, always the same.
    #[must_use]
    pub fn consumer(&self, consumer: &Consumer<'_>) -> Arc<Opaque> {
        let name = consumer.name();
        if let Some(opaque) = self.ready.get(&name) {
            return opaque;
        }
        let key = |derive: &Hkdf<Sha256>| {
            let mut key: Key = [0; 64];
            derive.expand(&name, &mut key).expect("SHA-256 expands to far more than 64 bytes");
            key
        };
        let before = self.before.iter().map(|(until, derive)| Before { key: key(derive), until: *until }).collect();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let opaque =
            Arc::new(Opaque::new(number, Arc::clone(&self.made), key(&self.derive)).with(before, self.clock.clone()));
        self.ready.insert(name, Arc::clone(&opaque));
        opaque
    }
}

impl Consumer<'_> {
    /// Every part after its length, so that no two consumers are named alike.
    fn name(&self) -> Vec<u8> {
        let mut name = Vec::with_capacity(96);
        for part in [Some(USE), Some(self.organisation), Some(self.role), self.purpose] {
            name.push(u8::from(part.is_some()));
            let part = part.unwrap_or_default();
            name.extend_from_slice(&(part.len() as u64).to_be_bytes());
            name.extend_from_slice(part.as_bytes());
        }
        name
    }
}
