//! What each consumer has asked within a minute, in points of cost: a bucket that fills up as time passes. Knows neither
//! what an operation costs nor who is allowed what; and lives in this gateway's memory alone.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;

use crate::{
    policy::{Caller, PUBLIC},
    telemetry::{Budget, Budgets},
};

/// The most consumers that are kept apart.
const CONSUMERS: usize = 4_096;
/// The most addresses that are kept apart.
const ADDRESSES: usize = 65_536;
/// The most refusals within a minute that are written down one by one: of one sender, and of all without a token.
const REFUSALS_EACH: u64 = 100;
const REFUSALS_ALL: u64 = 1_000;
/// Milliseconds of a minute.
const MINUTE: u128 = 60_000;

/// Where a client is, as far as budgets go by it: its address; of version 6, where one line has very many, their network
/// (/64). Cannot be printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(IpAddr);

/// What is left, or how long it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// It was taken, and so much is left.
    Left(u64),
    /// Nothing was taken: so long it takes until there is enough.
    After(Duration),
}

/// What is taken now, and what asking all of it again would take.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// Now.
    pub cost: u64,
    /// The next time: what was taken before for the same request, as well.
    pub again: u64,
}

/// Keeps count, consumer by consumer. Those without a token are kept apart by where they are.
pub struct Meter {
    asked: Buckets,
    /// Refusals cost their sender nothing, and the log's disk a record each.
    refused: Buckets,
    /// Those of all without a token.
    refused_unnamed: Mutex<Bucket>,
    budgets: Budgets,
}

/// A bucket of each consumer; of those without a token, of each place.
struct Buckets {
    consumers: Cache<Caller, Arc<Mutex<Bucket>>>,
    addresses: Cache<Option<Client>, Arc<Mutex<Bucket>>>,
}

/// What was taken and has not come back, in points times milliseconds of a minute: exact, however often it is asked.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    taken: u128,
    at: Option<DateTime<Utc>>,
}

impl Client {
    /// Who is at this address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            four @ IpAddr::V4(_) => Self(four),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(..)")
    }
}

/// The caller, where a token names it.
fn named(caller: Option<&Caller>) -> Option<&Caller> {
    caller.filter(|it| *it.role != *PUBLIC)
}

fn take(bucket: &Mutex<Bucket>, price: Price, minute: u64, now: DateTime<Utc>) -> Allowed {
    bucket.lock().unwrap_or_else(PoisonError::into_inner).take(price, minute, now)
}

impl Default for Buckets {
    fn default() -> Self {
        Self { consumers: Cache::new(CONSUMERS), addresses: Cache::new(ADDRESSES) }
    }
}

impl Buckets {
    fn of(&self, caller: Option<&Caller>, client: Option<Client>) -> Option<Arc<Mutex<Bucket>>> {
        let full = || Ok::<_, ()>(Arc::default());
        let bucket = match named(caller) {
            Some(caller) => self.consumers.get_or_insert_with(caller, full),
            None => self.addresses.get_or_insert_with(&client, full),
        };
        bucket.ok()
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::measured(Budgets::default())
    }
}

impl Meter {
    /// One whose work is measured here, by role.
    #[must_use]
    pub fn measured(budgets: Budgets) -> Self {
        let (asked, refused) = (Buckets::default(), Buckets::default());
        Self { asked, refused, refused_unnamed: Mutex::default(), budgets }
    }

    /// Takes what something costs from what a caller may ask in a minute. What costs more than all of it takes all of it.
    pub fn take(
        &self,
        (caller, client): (&Caller, Option<Client>),
        price: Price,
        minute: u64,
        now: DateTime<Utc>,
    ) -> Allowed {
        let Some(bucket) = self.asked.of(Some(caller), client) else { return Allowed::Left(0) };
        let allowed = take(&bucket, price, minute, now);
        match allowed {
            Allowed::Left(_) => self.budgets.spent(&caller.role, price.cost),
            Allowed::After(_) => self.budgets.refused(&caller.role, Budget::Minute),
        }
        allowed
    }

    /// A caller asked for what costs more than one operation may.
    pub fn too_dear(&self, caller: &Caller) {
        self.budgets.refused(&caller.role, Budget::Operation);
    }

    /// Is a refusal of this sender written down by itself? Apart from what may be asked, so that whoever waits as told is
    /// answered. Whoever has a token is no other's concern; without one, all share what the log takes.
    pub fn tells(&self, caller: Option<&Caller>, client: Option<Client>, now: DateTime<Utc>) -> bool {
        let price = Price { cost: 1, again: 1 };
        let one = |bucket: &Mutex<Bucket>, most| matches!(take(bucket, price, most, now), Allowed::Left(_));
        let is_few = self.refused.of(caller, client).is_some_and(|own| one(&own, REFUSALS_EACH));
        is_few && (named(caller).is_some() || one(&self.refused_unnamed, REFUSALS_ALL))
    }
}

impl Bucket {
    fn take(&mut self, price: Price, minute: u64, now: DateTime<Utc>) -> Allowed {
        let minute = u128::from(minute.max(1));
        // A clock that was put back gives nothing back.
        let passed = self.at.map_or(0, |at| u128::try_from((now - at).num_milliseconds()).unwrap_or(0));
        self.at = Some(now);
        self.taken = self.taken.saturating_sub(passed.saturating_mul(minute));
        let wanted = |cost: u64| u128::from(cost).min(minute) * MINUTE;
        let (whole, cost) = (minute * MINUTE, wanted(price.cost));
        if self.taken + cost > whole {
            let beyond = (self.taken + wanted(price.again)).saturating_sub(whole);
            let wait = u64::try_from(beyond.div_ceil(minute)).unwrap_or(u64::MAX);
            return Allowed::After(Duration::from_millis(wait));
        }
        self.taken += cost;
        Allowed::Left(u64::try_from((whole - self.taken) / MINUTE).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn moment(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + millis).unwrap()
    }

    fn at(cost: u64) -> Price {
        Price { cost, again: cost }
    }

    proptest! {
        #[test]
        fn in_no_stretch_of_time_more_is_taken_than_a_bucket_and_what_flows_in(
            asks in prop::collection::vec((0_i64..2_000, 0_u64..400), 1..200),
            minute in 1_u64..100_000,
        ) {
            let (mut bucket, mut now, mut granted) = (Bucket::default(), 0, Vec::new());
            for (pause, cost) in asks {
                now += pause;
                if let Allowed::Left(left) = bucket.take(at(cost), minute, moment(now)) {
                    prop_assert!(left <= minute);
                    granted.push((now, cost.min(minute)));
                }
            }
            for (place, (from, _)) in granted.iter().enumerate() {
                let mut sum = 0_u128;
                for (to, cost) in &granted[place..] {
                    sum += u128::from(*cost) * MINUTE;
                    let may = u128::from(minute) * (MINUTE + u128::try_from(to - from).unwrap());
                    prop_assert!(sum <= may);
                }
            }
        }

        #[test]
        fn who_waits_as_told_is_served_and_a_moment_before_is_not(
            taken in 0_u64..1_000_000, cost in 1_u64..1_000_000, minute in 1_u64..1_000_000,
        ) {
            let mut bucket = Bucket::default();
            bucket.take(at(taken), minute, moment(0));
            if let Allowed::After(wait) = bucket.take(at(cost), minute, moment(0)) {
                let wait = i64::try_from(wait.as_millis()).unwrap();
                let mut early = bucket;
                prop_assert!(matches!(early.take(at(cost), minute, moment(wait - 1)), Allowed::After(_)));
                prop_assert!(matches!(bucket.take(at(cost), minute, moment(wait)), Allowed::Left(_)));
            }
        }
    }

    #[test]
    fn a_clock_that_is_put_back_gives_nothing_back() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(at(100), 100, moment(0)), Allowed::Left(0));
        assert!(matches!(bucket.take(at(1), 100, moment(0) - TimeDelta::hours(1)), Allowed::After(_)));
        assert!(matches!(bucket.take(at(1), 100, moment(0) - TimeDelta::hours(1)), Allowed::After(_)));
    }

    #[test]
    fn so_many_refusals_are_told_of_each_and_of_all_without_a_token() {
        let meter = Meter::default();
        let at = |last: u8| Some(Client::at(std::net::Ipv4Addr::new(192, 0, 2, last).into()));
        let told =
            |caller: Option<&Caller>, last: u8| (0..150).filter(|_| meter.tells(caller, at(last), moment(0))).count();
        assert_eq!((told(None, 1), told(Some(&Caller::public()), 2)), (100, 100));
        assert_eq!(told(Some(&Caller::public()), 1), 0, "who shows no token is as who shows a bad one");
        let all: usize = (2..=20).map(|last| told(None, last)).sum();
        assert_eq!(all, 800, "an attacker with many addresses does not fill the disk either");
        let known = Caller { role: "provider".into(), ..Caller::public() };
        assert_eq!(told(Some(&known), 1), 100, "and takes nothing from those who are known");
        assert!(meter.tells(None, at(1), moment(60_000)));
    }

    #[test]
    fn consumers_are_kept_apart_and_the_public_by_where_it_is() {
        let meter = Meter::default();
        let whom = |organisation: &str| Caller {
            role: "provider".into(),
            organisation: organisation.into(),
            ..Caller::public()
        };
        let take = |caller: &Caller, client: Option<&str>| {
            let client = client.map(|it| Client::at(it.parse().unwrap()));
            matches!(meter.take((caller, client), at(100), 100, moment(0)), Allowed::Left(_))
        };
        assert!(take(&whom("a"), Some("192.0.2.1")) && take(&whom("b"), Some("192.0.2.1")));
        assert!(!take(&whom("a"), Some("192.0.2.2")), "a token is the same from everywhere");
        let public = Caller::public();
        assert!(take(&public, Some("192.0.2.1")) && take(&public, Some("192.0.2.2")) && take(&public, None));
        assert!(!take(&public, Some("::ffff:192.0.2.1")), "an address is the same in either version's form");
        assert!(take(&public, Some("2001:db8::1")) && !take(&public, Some("2001:db8::ffff:1")), "a line is one client");
        assert!(take(&public, Some("2001:db8:0:1::1")));
        assert_eq!(format!("{:?}", Client::at("192.0.2.1".parse().unwrap())), "Client(..)");
    }
}
