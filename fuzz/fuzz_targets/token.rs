//! Tokens that nobody issued: any text in the header, and any claims under a good signature.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use regiograph::auth::{DEMO_AUDIENCE, DEMO_ISSUER};
use serde_json::{Value, json};

/// Claims that would be taken, with these in place of their own; what is no object stays as it is.
fn beside_good_ones(ground: &common::Ground, said: Value) -> Value {
    let now = ground.gateway.now().timestamp();
    let mut claims = json!({
        "iss": DEMO_ISSUER, "aud": DEMO_AUDIENCE, "sub": "someone", "jti": "1", "iat": now, "nbf": now, "exp": now + 60,
        "role": "region_analyst", "region": "JZ36", "purpose": "monitoring",
    });
    let (Some(claims_of), Value::Object(members)) = (claims.as_object_mut(), &said) else { return said };
    claims_of.extend(members.clone());
    claims
}

fuzz_target!(init: { let _ = common::given(); }, |data: &[u8]| {
    let ground = common::ground();
    ground.gateway.wait(1);
    let claims = serde_json::from_slice::<Value>(data).ok().map(|said| beside_good_ones(ground, said));
    let header = match &claims {
        Some(claims) => format!("Bearer {}", ground.gateway.sign(claims)),
        None => format!("Bearer {}", String::from_utf8_lossy(data).replace(|it: char| !it.is_ascii_graphic(), " ")),
    };
    if header.len() > 16 * 1024 {
        return;
    }
    let request = ground.gateway.client().post(ground.gateway.url()).header("Authorization", &header);
    let request = request.json(&json!({ "query": "{ viewer { role } }" }));
    let reply = ground.runtime.block_on(ground.gateway.send(request));
    common::check(&reply, &header);
    assert!(claims.is_some() || reply.status == 401, "a text that nobody signed was taken for a token");
    assert!(!reply.text.contains("\"public\""), "a bad token became the role of those without one");
});
