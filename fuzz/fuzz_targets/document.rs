//! Documents that nobody would write.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use regiograph_tests::caller::As;

fuzz_target!(|data: &[u8]| {
    let Some((role, document)) = data.split_first() else { return };
    let Ok(document) = std::str::from_utf8(document) else { return };
    let callers = [As::public(), common::provider(), As::role("privacy_officer")];
    let ground = common::ground();
    let caller = &callers[usize::from(*role) % callers.len()];
    common::check(&ground.runtime.block_on(ground.gateway.ask(caller, document)));
});
