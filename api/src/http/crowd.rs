//! The connections that are open: how many there may be, and how many of one client. Where there are too many, the one
//! that has waited the longest without a request makes room; whoever is being answered stays. Knows nothing of what
//! connections carry, and prints no address.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::config::{Http, Network};
use crate::graphql::Client;
use crate::telemetry::{Connections, Crowded};

/// Of the connections that there may be, one more for each so many may be on its way out.
const SHARE_LEAVING: usize = 4;

/// Every open connection of one server, or of several that share it.
#[derive(Clone)]
pub struct Crowd(Arc<Inner>);

struct Inner {
    most: usize,
    most_of_one: usize,
    proxies: Box<[Network]>,
    measures: Connections,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// Those that stay and those that are to leave, by their number.
    seats: HashMap<u64, Seat>,
    /// How many of them are to leave.
    leaving: usize,
    /// How many each client has.
    of: HashMap<Client, usize>,
    /// The next number, of a connection or of a silence.
    next: u64,
    /// The connections that nothing happens on, the one that is quiet the longest first.
    quiet: BTreeMap<u64, u64>,
}

struct Seat {
    client: Client,
    /// A proxy keeps connections ready for others: none of them is let go.
    is_proxy: bool,
    /// Requests that are read and answered now.
    at_work: usize,
    has_asked: bool,
    /// Since when it is quiet, as `Open::quiet` counts.
    silence: Option<u64>,
    is_leaving: bool,
    leave: Arc<Notify>,
}

/// The place of one connection, for as long as its socket is open.
pub(super) struct Place {
    crowd: Crowd,
    number: u64,
}

/// What HTTP does on a connection; a WebSocket outlasts it.
pub(super) struct Visit {
    crowd: Crowd,
    number: u64,
    leave: Arc<Notify>,
}

/// A request that is being read or answered.
pub(super) struct Work {
    crowd: Crowd,
    number: u64,
}

impl Crowd {
    /// As many as the configuration allows, counted here.
    #[must_use]
    pub fn new(http: &Http, measures: Connections) -> Self {
        Self(Arc::new(Inner {
            most: http.connections,
            most_of_one: http.connections_per_address,
            proxies: http.trusted_proxies.as_slice().into(),
            measures,
            open: Mutex::default(),
        }))
    }

    /// A place for a connection from here; none where its client has as many as one may have, or where all that there may
    /// be are at work.
    pub(super) fn enter(&self, address: IpAddr) -> Option<(Place, Visit)> {
        let Inner { most, most_of_one, proxies, measures, .. } = &*self.0;
        let (client, is_proxy) = (Client::at(address), proxies.iter().any(|network| network.has(address)));
        let mut open = self.open();
        let has = open.of.get(&client).copied().unwrap_or_default();
        if !is_proxy && has >= *most_of_one {
            measures.closed(Crowded::Address);
            return None;
        }
        if open.seats.len() - open.leaving >= *most {
            if open.leaving >= most.div_ceil(SHARE_LEAVING) || !open.let_one_go() {
                measures.closed(Crowded::All);
                return None;
            }
            measures.closed(Crowded::Quiet);
        }
        let (number, leave) = (open.number(), Arc::new(Notify::new()));
        let seat = Seat {
            client,
            is_proxy,
            at_work: 0,
            has_asked: false,
            silence: None,
            is_leaving: false,
            leave: Arc::clone(&leave),
        };
        open.seats.insert(number, seat);
        *open.of.entry(client).or_default() += 1;
        open.rest(number);
        measures.opened();
        Some((Place { crowd: self.clone(), number }, Visit { crowd: self.clone(), number, leave }))
    }

    /// Lets go the quiet ones that waited the longest, so many: the system has no room for more.
    pub(super) fn relieve(&self, many: usize) {
        let mut open = self.open();
        for _ in 0..many {
            if open.let_one_go() {
                self.0.measures.closed(Crowded::Quiet);
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Crowd {
    fn default() -> Self {
        Self::new(&Http::default(), Connections::default())
    }
}

impl Open {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// From now on nothing happens on this connection.
    fn rest(&mut self, number: u64) {
        let silence = self.number();
        if let Some(seat) = self.seats.get_mut(&number).filter(|seat| !seat.is_proxy && !seat.is_leaving) {
            seat.silence = Some(silence);
            self.quiet.insert(silence, number);
        }
    }

    /// From now on it is not quiet.
    fn stir(&mut self, number: u64) {
        if let Some(silence) = self.seats.get_mut(&number).and_then(|seat| seat.silence.take()) {
            self.quiet.remove(&silence);
        }
    }

    /// Tells the connection to leave that is quiet the longest, where there is one.
    fn let_one_go(&mut self) -> bool {
        let Some((_, number)) = self.quiet.pop_first() else { return false };
        let Some(seat) = self.seats.get_mut(&number) else { return false };
        (seat.silence, seat.is_leaving) = (None, true);
        seat.leave.notify_one();
        self.leaving += 1;
        true
    }
}

impl Visit {
    /// Ready when the connection is to make room.
    pub(super) async fn is_to_leave(&self) {
        self.leave.notified().await;
    }

    /// Was anything ever asked on it?
    pub(super) fn has_asked(&self) -> bool {
        self.crowd.open().seats.get(&self.number).is_some_and(|seat| seat.has_asked)
    }

    /// A request has come: until what is returned is dropped, the connection is at work.
    pub(super) fn work(&self) -> Work {
        let mut open = self.crowd.open();
        open.stir(self.number);
        if let Some(seat) = open.seats.get_mut(&self.number) {
            seat.at_work += 1;
            seat.has_asked = true;
        }
        Work { crowd: self.crowd.clone(), number: self.number }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut open = self.crowd.open();
        let Some(seat) = open.seats.get_mut(&self.number) else { return };
        seat.at_work -= 1;
        if seat.at_work == 0 {
            open.rest(self.number);
        }
    }
}

/// What goes on after HTTP is a WebSocket, which is not let go for others: how many there may be is counted elsewhere.
impl Drop for Visit {
    fn drop(&mut self) {
        self.crowd.open().stir(self.number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.crowd.open();
        open.stir(self.number);
        let Some(seat) = open.seats.remove(&self.number) else { return };
        open.leaving -= usize::from(seat.is_leaving);
        if let Some(has) = open.of.get_mut(&seat.client) {
            *has -= 1;
            if *has == 0 {
                open.of.remove(&seat.client);
            }
        }
        self.crowd.0.measures.ended();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(most: usize, most_of_one: usize, proxies: &[&str]) -> Crowd {
        let trusted_proxies = proxies.iter().map(|it| it.parse().unwrap()).collect();
        let http = Http { connections: most, connections_per_address: most_of_one, trusted_proxies, ..Http::default() };
        Crowd::new(&http, Connections::default())
    }

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    fn is_told(visit: &Visit) -> bool {
        visit.crowd.open().seats[&visit.number].is_leaving
    }

    #[test]
    fn a_client_has_so_many_and_a_trusted_proxy_as_many_as_there_are() {
        let crowd = crowd(100, 2, &["10.0.0.1"]);
        let first = crowd.enter(at("192.0.2.1")).unwrap();
        let _second = crowd.enter(at("::ffff:192.0.2.1")).unwrap();
        assert!(crowd.enter(at("192.0.2.1")).is_none());
        let _other = crowd.enter(at("192.0.2.2")).unwrap();
        drop(first);
        let _third = crowd.enter(at("192.0.2.1")).unwrap();
        let line: Vec<_> = ["2001:db8::1", "2001:db8::2"].iter().filter_map(|it| crowd.enter(at(it))).collect();
        assert!(line.len() == 2 && crowd.enter(at("2001:db8::3")).is_none(), "a line of version 6 is one client");
        let of_proxy: Vec<_> = (0..50).filter_map(|_| crowd.enter(at("10.0.0.1"))).collect();
        assert_eq!(of_proxy.len(), 50);
        drop((_second, _other, _third, line, of_proxy));
        let open = crowd.open();
        assert!(open.seats.is_empty() && open.of.is_empty() && open.quiet.is_empty() && open.leaving == 0);
    }

    #[test]
    fn whoever_is_quiet_the_longest_makes_room_and_whoever_is_at_work_does_not() {
        let crowd = crowd(3, 100, &["10.0.0.1"]);
        let [one, two] = ["192.0.2.1", "192.0.2.2"].map(|it| crowd.enter(at(it)).unwrap());
        let proxy = crowd.enter(at("10.0.0.1")).unwrap();
        let work = one.1.work();
        let newcomer = crowd.enter(at("192.0.2.3")).expect("the second makes room");
        assert_eq!([&one, &two, &proxy, &newcomer].map(|it| is_told(&it.1)), [false, true, false, false]);
        assert!(crowd.enter(at("192.0.2.4")).is_none(), "one is on its way out, and no more at a time");
        drop(two);
        drop(work);
        let at_work = newcomer.1.work();
        let _fourth = crowd.enter(at("192.0.2.4")).expect("the first has nothing to do any more");
        assert!(is_told(&one.1));
        drop(one);
        drop((proxy, at_work, newcomer));
    }

    #[test]
    fn a_socket_that_outlasts_http_is_counted_and_not_let_go() {
        let crowd = crowd(1, 100, &[]);
        let (place, visit) = crowd.enter(at("192.0.2.1")).unwrap();
        drop(visit.work());
        drop(visit);
        assert!(crowd.enter(at("192.0.2.2")).is_none());
        crowd.relieve(10);
        drop(place);
        assert!(crowd.enter(at("192.0.2.2")).is_some());
    }
}
