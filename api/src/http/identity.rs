//! Who asks: from the headers of a request, asking the token's issuer for its keys where that may help. A header that says
//! which certificate a client has shown is believed of a trusted proxy alone, and only where the configuration says so.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Gateway;
use super::refusal::Refusal;
use crate::auth::{Possession, Proof, Thumbprint, Unauthenticated, is_bound};
use crate::config::{Http, Network, Origin};
use crate::policy::Caller;

/// What proxies that end TLS say of the certificate that a client has shown them (RFC 9440).
const CLIENT_CERT: &str = "client-cert";

/// The longest certificate that is looked at, as the header has it.
const CERTIFICATE_MOST: usize = 16 * 1024;

/// What is believed of a request beside its token.
#[derive(Clone, Debug)]
pub(super) struct Believed {
    /// How the gateway is called outside.
    origins: Arc<[Origin]>,
    /// The proxies whose word is taken for a client's certificate; none where nobody's is.
    proxies: Arc<[Network]>,
}

impl Believed {
    pub(super) fn new(http: &Http) -> Self {
        let proxies = if http.client_certificates { &*http.trusted_proxies } else { &[] };
        Self { origins: Arc::from(&*http.public_origins), proxies: Arc::from(proxies) }
    }

    /// The certificate that the client has shown, where one who is believed says so, once and in the form of the standard.
    fn certificate(&self, head: &Parts) -> Option<Thumbprint> {
        let peer = head.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
        if !self.proxies.iter().any(|network| network.has(peer)) {
            return None;
        }
        let text = only(&head.headers, CLIENT_CERT).filter(|it| it.len() <= CERTIFICATE_MOST)?;
        let der = STANDARD.decode(text.trim().strip_prefix(':')?.strip_suffix(':')?).ok()?;
        (!der.is_empty()).then(|| Thumbprint::of(&der))
    }
}

/// Who sends this `Authorization` header, as far as is known now or soon.
pub(super) async fn identify(gateway: &dyn Gateway, authorization: Option<&str>) -> Result<Caller, Unauthenticated> {
    known(gateway, authorization, None).await.inspect_err(|why| count(gateway, why))
}

/// Who sends a request with this head.
pub(super) async fn caller(gateway: &dyn Gateway, head: &Parts) -> Result<Caller, Refusal> {
    let authorization = authorization(&head.headers).inspect_err(|_| count(gateway, &Unauthenticated::NoBearer))?;
    let known = match possession(head, authorization) {
        Ok(possession) => known(gateway, authorization, possession.as_ref()).await,
        Err(why) => Err(why),
    };
    known.inspect_err(|why| count(gateway, why)).map_err(|why| refused(&why))
}

async fn known(
    gateway: &dyn Gateway,
    authorization: Option<&str>,
    possession: Option<&Possession<'_>>,
) -> Result<Caller, Unauthenticated> {
    let ask = || match (authorization, possession) {
        (Some(shown), Some(possession)) => gateway.prove(shown, possession),
        _ => gateway.authenticate(authorization),
    };
    match ask() {
        Err(why) if why.may_pass() => {
            gateway.learn(authorization).await;
            ask()
        }
        known => known,
    }
}

fn count(gateway: &dyn Gateway, why: &Unauthenticated) {
    gateway.telemetry().metrics.unauthenticated(why.word());
}

/// What the request shows to prove that its token is its own, where it shows anything that is believed.
fn possession<'h>(head: &'h Parts, authorization: Option<&str>) -> Result<Option<Possession<'h>>, Unauthenticated> {
    match authorization {
        Some(it) if is_bound(it) => proof(head).map(Possession::Key).map(Some).ok_or(Unauthenticated::Proof),
        Some(_) => {
            let certificate = head.extensions.get::<Believed>().and_then(|it| it.certificate(head));
            Ok(certificate.map(Possession::Certificate))
        }
        None => Ok(None),
    }
}

/// The proof by a key that the request shows.
fn proof(head: &Parts) -> Option<Proof<'_>> {
    let origins = head.extensions.get::<Believed>().map_or(&[][..], |it| &it.origins);
    Some(Proof { text: only(&head.headers, "dpop")?, method: head.method.as_str(), origins, path: head.uri.path() })
}

/// The one value of a header.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (first, None) = (values.next()?, values.next()) else { return None };
    first.to_str().ok()
}

/// 401; 503 where nothing is wrong with the token as far as is known, and 429 where there is too much that is right.
fn refused(why: &Unauthenticated) -> Refusal {
    match why {
        Unauthenticated::Unavailable => Refusal::no_room(why.to_string()),
        Unauthenticated::Proofs => Refusal::too_many(why.to_string()),
        _ => Refusal::unauthenticated(why.to_string()),
    }
}

/// The one value of the `Authorization` header.
pub(super) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, None) = (values.next(), values.next()) else {
        return Err(Refusal::unauthenticated("more than one Authorization header"));
    };
    let authorization = first.map(HeaderValue::to_str).transpose();
    authorization.map_err(|_| Refusal::unauthenticated("the Authorization header is not ASCII"))
}

/// Tokens do not come in addresses, which are logged on their way: one that did is to be made invalid by whoever sent it.
pub(super) fn refuse_token_in(address: &Uri) -> Result<(), Refusal> {
    let names = form_urlencoded::parse(address.query().unwrap_or_default().as_bytes()).map(|(name, _)| name);
    // However it is written: as it stands there, or with letters escaped.
    if names.into_iter().any(|name| name.eq_ignore_ascii_case("access_token")) {
        return Err(Refusal::malformed(
            "a token stands in the address, and is not read there: use the Authorization header",
        ));
    }
    Ok(())
}
