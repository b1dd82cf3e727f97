//! Documents that nobody would write.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use regiograph_tests::caller::As;

fuzz_target!(init: { let _ = common::given(); }, |data: &[u8]| {
    let Some((role, document)) = data.split_first() else { return };
    let Ok(document) = std::str::from_utf8(document) else { return };
    let callers = [As::public(), common::provider(), As::role("privacy_officer")];
    let caller = &callers[usize::from(*role) % callers.len()];
    common::check(&common::ask(caller, document, serde_json::Value::Null), document);
});
