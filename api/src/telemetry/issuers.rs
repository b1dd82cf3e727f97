//! What is told of issuers and of tokens that were not taken. Labels are names of the configuration and closed lists:
//! nothing of a token becomes one.

use std::{sync::atomic::Ordering, time::Duration};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// What is measured of issuers.
#[derive(Clone, Debug, Default)]
pub(super) struct IssuerMeasures {
    keys: Family<Issuer, Gauge>,
    age: Family<Issuer, Gauge>,
    failures: Family<Issuer, Counter>,
    refused: Family<Reason, Counter>,
}

/// How it stands with the keys of an issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IssuerLoad {
    /// How many of its keys are known and hold.
    pub keys: usize,
    /// How long ago it showed them; none where it is not asked, or they hold no more.
    pub age: Option<Duration>,
    /// How often it was asked in vain.
    pub failures: u64,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Issuer {
    issuer: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

impl IssuerMeasures {
    /// How it stands with the issuers now, in place of how it stood before.
    pub(super) fn stand<'a>(&self, issuers: impl Iterator<Item = (&'a str, IssuerLoad)>) {
        self.keys.clear();
        self.age.clear();
        self.failures.clear();
        for (name, load) in issuers {
            let issuer = Issuer { issuer: name.to_owned() };
            self.keys.get_or_create_owned(&issuer).set(i64::try_from(load.keys).unwrap_or(i64::MAX));
            if let Some(age) = load.age {
                self.age.get_or_create_owned(&issuer).set(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
            }
            self.failures.get_or_create_owned(&issuer).inner().store(load.failures, Ordering::Relaxed);
        }
    }

    /// A token was not taken.
    pub(super) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Reason { reason }).inc();
    }

    pub(super) fn register(&self, all: &mut Registry) {
        let issuers = all.sub_registry_with_prefix("regiograph_issuer");
        issuers.register("keys", "Keys of an issuer that are known and hold", self.keys.clone());
        let words = "How long ago an issuer showed its keys, in seconds";
        issuers.register("keys_age_seconds", words, self.age.clone());
        issuers.register("failures", "Times that an issuer was asked for its keys in vain", self.failures.clone());
        let words = "Tokens that were not taken, by reason";
        all.register("regiograph_auth_refusals", words, self.refused.clone());
    }
}
