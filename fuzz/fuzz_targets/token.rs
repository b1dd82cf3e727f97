//! Tokens that nobody issued: any text in the header, and any claims under a good signature.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|data: &[u8]| {
    let ground = common::ground();
    let claims = serde_json::from_slice::<Value>(data).ok();
    let header = match &claims {
        Some(claims) => format!("Bearer {}", ground.gateway.sign(claims)),
        None => format!("Bearer {}", String::from_utf8_lossy(data).replace(|it: char| !it.is_ascii_graphic(), " ")),
    };
    if header.len() > 16 * 1024 {
        return;
    }
    let request = ground.gateway.client().post(ground.gateway.url()).header("Authorization", header);
    let request = request.json(&json!({ "query": "{ viewer { role } }" }));
    let reply = ground.runtime.block_on(ground.gateway.send(request));
    common::check(&reply);
    assert!(claims.is_some() || reply.status == 401, "a text that nobody signed was taken for a token");
    assert!(!reply.text.contains("\"public\""), "a bad token became the role of those without one");
});
