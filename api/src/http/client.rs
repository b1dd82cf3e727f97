//! Where a client is: what its connection says, or a proxy that is trusted to say so. Nothing of it is logged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Network;
use crate::graphql::Client;

/// What a proxy says of whom it asks for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Leaves with a request where its client is.
pub(super) async fn locate(State(trusted): State<Arc<[Network]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    if let Some(peer) = peer {
        let client = Client::at(origin(peer, request.headers(), &trusted));
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

/// The last address on the way here that no trusted proxy has: what stands before it anyone can write.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.has(address));
    let lines = headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or_default());
    let told: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut last = peer;
    for address in told.iter().rev() {
        if !is_trusted(last) {
            break;
        }
        let Ok(address) = address.trim().parse() else { break };
        last = address;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let of = |peer: &str, lines: &[&str], trusted: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, line.parse().unwrap());
            }
            let trusted: Vec<Network> = trusted.iter().map(|it| it.parse().unwrap()).collect();
            origin(peer.parse().unwrap(), &headers, &trusted).to_string()
        };
        let proxies = ["10.0.0.0/8", "192.0.2.1"];
        assert_eq!(of("198.51.100.1", &["203.0.113.1"], &proxies), "198.51.100.1");
        assert_eq!(of("198.51.100.1", &["203.0.113.1"], &[]), "198.51.100.1");
        assert_eq!(of("10.1.2.3", &["203.0.113.1"], &proxies), "203.0.113.1");
        assert_eq!(of("10.1.2.3", &["6.6.6.6, 203.0.113.1", "192.0.2.1"], &proxies), "203.0.113.1");
        assert_eq!(of("::ffff:10.1.2.3", &["203.0.113.1"], &proxies), "203.0.113.1");
        assert_eq!(of("10.1.2.3", &["nonsense"], &proxies), "10.1.2.3");
        assert_eq!(of("10.1.2.3", &[], &proxies), "10.1.2.3");
    }
}
