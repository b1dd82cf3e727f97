//! Who asks: from the headers of a request, asking the token's issuer for its keys where that may help.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};

use super::Gateway;
use super::refusal::Refusal;
use crate::auth::{Proof, Unauthenticated, is_bound};
use crate::policy::Caller;

/// Who sends this `Authorization` header, as far as is known now or soon.
pub(super) async fn identify(gateway: &dyn Gateway, authorization: Option<&str>) -> Result<Caller, Unauthenticated> {
    match gateway.authenticate(authorization) {
        Err(why) if why.may_pass() => {
            gateway.learn(authorization).await;
            gateway.authenticate(authorization)
        }
        known => known,
    }
}

/// Who sends a request with this head.
pub(super) async fn caller(gateway: &dyn Gateway, head: &Parts) -> Result<Caller, Refusal> {
    let authorization = authorization(&head.headers)?;
    let Some(bound) = authorization.filter(|it| is_bound(it)) else {
        return identify(gateway, authorization).await.map_err(|why| refused(&why));
    };
    let proof = proof(head).ok_or_else(|| refused(&Unauthenticated::Proof))?;
    let known = match gateway.prove(bound, &proof) {
        Err(why) if why.may_pass() => {
            gateway.learn(authorization).await;
            gateway.prove(bound, &proof)
        }
        known => known,
    };
    known.map_err(|why| refused(&why))
}

/// What the request shows to prove that its token is its own.
fn proof(head: &Parts) -> Option<Proof<'_>> {
    let only = |name: &str| {
        let mut values = head.headers.get_all(name).iter();
        let (first, None) = (values.next()?, values.next()) else { return None };
        first.to_str().ok()
    };
    Some(Proof { text: only("dpop")?, method: head.method.as_str(), host: only("host")?, path: head.uri.path() })
}

/// 401, or 503 where nothing is wrong with the token as far as is known.
fn refused(why: &Unauthenticated) -> Refusal {
    match why {
        Unauthenticated::Unavailable => Refusal::no_room(why.to_string()),
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
