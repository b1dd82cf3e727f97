//! The keys of one issuer as they are known now: one that never changes, or those that it shows, asked for again on a
//! schedule and when a token names one that is not known. There is one request at a time, whoever waits for it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    Unauthenticated, discovery,
    issuer::{Issuer, Keys},
    key::{Fingerprint, IssuerKey},
    web::{Silence, Web},
};
use crate::{clock::Clock, outbound::Trust, telemetry::IssuerLoad};

/// An issuer is asked again for the sake of unknown keys at most so often.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// After how long an issuer is asked again that did not answer: at first, and at most.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_secs(5 * 60);

/// How long a request waits for keys: two answers of the issuer.
const PATIENCE: Duration = Duration::from_secs(11);

/// The keys of one issuer.
#[derive(Debug)]
pub(super) enum Keyring {
    /// One that never changes.
    Fixed(Arc<IssuerKey>),
    /// Those that it shows.
    Kept(Arc<Kept>),
}

/// Keys that an issuer shows, and the task that asks for them; it ends with this.
#[derive(Debug)]
pub(super) struct Kept {
    name: Box<str>,
    trust: Trust,
    max_age: Duration,
    shown: Arc<Shown>,
    keeper: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shown {
    keys: ArcSwapOption<KeySet>,
    asking: Mutex<Asking>,
    asked: Notify,
    /// How often the issuer has answered, or has not.
    answers: watch::Sender<u64>,
    /// How often it has not.
    failures: AtomicU64,
}

/// What an issuer showed last.
#[derive(Debug)]
struct KeySet {
    keys: Vec<Arc<IssuerKey>>,
    since: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct Asking {
    is_under_way: bool,
    /// When it was last asked for the sake of an unknown key.
    last: Option<DateTime<Utc>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Keyring {
    /// The keys of an issuer; those that it has shown before are taken over from the keyrings of old. Where it shows them
    /// itself, a task asks for them from now on.
    pub(super) fn new<'k>(issuer: &Issuer, clock: &Clock, mut old: impl Iterator<Item = &'k Self>) -> Self {
        let (trust, max_age) = match &issuer.keys {
            Keys::Fixed(key) => return Self::Fixed(Arc::new(key.clone())),
            Keys::Shown { trust, max_age } => (trust, *max_age),
        };
        let same = old.find_map(|old| match old {
            Self::Kept(kept) if kept.is_of(&issuer.name, trust, max_age) => Some(Arc::clone(kept)),
            _ => None,
        });
        Self::Kept(same.unwrap_or_else(|| {
            let shown = Arc::new(Shown::default());
            shown.begin();
            let keeper = keep(Arc::clone(&shown), Web::new(trust), issuer.name.clone(), clock.clone());
            let keeper = tokio::spawn(keeper);
            Arc::new(Kept { name: issuer.name.clone(), trust: trust.clone(), max_age, shown, keeper })
        }))
    }

    /// The key that a token names, or the one that it can only be.
    pub(super) fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        now: DateTime<Utc>,
    ) -> Result<Arc<IssuerKey>, Unauthenticated> {
        let kept = match self {
            Self::Fixed(key) if key.is_for(algorithm) => return Ok(Arc::clone(key)),
            Self::Fixed(_) => return Err(Unauthenticated::Algorithm),
            Self::Kept(kept) => kept,
        };
        let set = kept.set(now).ok_or(Unauthenticated::Unavailable)?;
        if set.keys.is_empty() {
            // It was asked, and has taken back all that it had shown.
            return Err(Unauthenticated::UnknownKey);
        }
        let named = |key: &&Arc<IssuerKey>| id.is_none() || key.id() == id;
        let mut fitting = set.keys.iter().filter(named).filter(|key| key.is_for(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(Arc::clone(key)),
            (Some(_), Some(_)) => Err(Unauthenticated::Unnamed),
            (None, _) if id.is_some() && !set.keys.iter().any(|key| key.id() == id) => Err(Unauthenticated::UnknownKey),
            (None, _) => Err(Unauthenticated::Algorithm),
        }
    }

    /// Does the issuer still sign with this key?
    pub(super) fn holds(&self, print: &Fingerprint, now: DateTime<Utc>) -> bool {
        match self {
            Self::Fixed(key) => key.print() == print,
            Self::Kept(kept) => kept.set(now).is_some_and(|set| set.keys.iter().any(|key| key.print() == print)),
        }
    }

    /// Are there keys that hold?
    pub(super) fn has_keys(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Kept(kept) => kept.set(now).is_some_and(|set| !set.keys.is_empty()),
        }
    }

    /// How it stands with its keys.
    pub(super) fn load(&self, now: DateTime<Utc>) -> IssuerLoad {
        match self {
            Self::Fixed(_) => IssuerLoad { keys: 1, ..IssuerLoad::default() },
            Self::Kept(kept) => {
                let set = kept.set(now);
                IssuerLoad {
                    keys: set.as_ref().map_or(0, |set| set.keys.len()),
                    age: set.map(|set| (now - set.since).to_std().unwrap_or_default()),
                    failures: kept.shown.failures.load(Ordering::Relaxed),
                }
            }
        }
    }

    /// Waits for what the issuer shows now, where it is asked already or may be asked again.
    pub(super) async fn learn(&self, now: DateTime<Utc>) {
        let Self::Kept(kept) = self else { return };
        let mut answers = kept.shown.answers.subscribe();
        let before = *answers.borrow_and_update();
        if kept.shown.ask(now) {
            // In time or not: what is known then is what counts.
            let _ = timeout(PATIENCE, answers.wait_for(|answers| *answers != before)).await;
        }
    }
}

impl Kept {
    fn is_of(&self, name: &str, trust: &Trust, max_age: Duration) -> bool {
        (&*self.name, &self.trust, self.max_age) == (name, trust, max_age)
    }

    /// What the issuer showed last, as long as that holds.
    fn set(&self, now: DateTime<Utc>) -> Option<Arc<KeySet>> {
        let set = self.shown.keys.load_full()?;
        ((now - set.since).to_std().unwrap_or_default() <= self.max_age).then_some(set)
    }
}

impl Shown {
    fn asking(&self) -> std::sync::MutexGuard<'_, Asking> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) {
        self.asking().is_under_way = true;
    }

    /// Asks for the sake of an unknown key, if it is time; is anything to be waited for?
    fn ask(&self, now: DateTime<Utc>) -> bool {
        let mut asking = self.asking();
        if !asking.is_under_way {
            if asking.last.is_some_and(|last| now - last < PAUSE) {
                return false;
            }
            asking.last = Some(now);
            asking.is_under_way = true;
            self.asked.notify_one();
        }
        true
    }

    fn end(&self) {
        self.asking().is_under_way = false;
        self.answers.send_modify(|answers| *answers = answers.wrapping_add(1));
    }
}

/// Asks an issuer for its keys for as long as anyone needs them.
async fn keep(shown: Arc<Shown>, web: Web, issuer: Box<str>, clock: Clock) {
    let mut retry = FIRST_RETRY;
    loop {
        let pause = match discovery::ask(&web, &issuer).await {
            Ok(answer) => {
                if answer.keys.is_empty() {
                    tracing::warn!(issuer = &*issuer, "{}: its tokens are refused", Silence::NoKeys);
                }
                let keys = answer.keys.into_iter().map(Arc::new).collect();
                shown.keys.store(Some(Arc::new(KeySet { keys, since: clock.now() })));
                retry = FIRST_RETRY;
                answer.lasts
            }
            Err(silence) => {
                shown.failures.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(issuer = &*issuer, "an issuer does not show its keys: {silence}");
                let pause = retry;
                retry = LAST_RETRY.min(retry * 2);
                pause
            }
        };
        shown.end();
        tokio::select! {
            () = sleep(pause) => shown.begin(),
            () = shown.asked.notified() => {}
        }
    }
}

/// Asks an issuer once, for `check`: how many keys does it show?
pub(super) async fn inspect(issuer: &Issuer) -> Result<usize, Silence> {
    match &issuer.keys {
        Keys::Fixed(_) => Ok(1),
        Keys::Shown { trust, .. } => {
            let keys = discovery::ask(&Web::new(trust), &issuer.name).await?.keys.len();
            if keys == 0 { Err(Silence::NoKeys) } else { Ok(keys) }
        }
    }
}
