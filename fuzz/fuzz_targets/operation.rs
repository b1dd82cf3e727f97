//! Operations that anyone might write, chosen out of the schema of whoever asks.
#![no_main]

mod common;
mod grammar;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use regiograph_tests::caller::As;

use self::grammar::Grammar;

/// Who may ask, each with the grammar of its schema and what it was given.
fn callers() -> &'static [(As, Grammar, Vec<String>)] {
    static CALLERS: OnceLock<Vec<(As, Grammar, Vec<String>)>> = OnceLock::new();
    CALLERS.get_or_init(|| {
        let region = As::role("region_analyst").of("JZ36");
        let callers = [common::provider(), As::public(), region, As::role("privacy_officer"), As::role("ministry")];
        let with = |caller: As| {
            let sdl = common::ground().gateway.sdl(&caller);
            let given = if caller.role == "provider" { common::given().to_vec() } else { Vec::new() };
            (caller, Grammar::of(&sdl), given)
        };
        callers.into_iter().map(with).collect()
    })
}

fuzz_target!(init: { let _ = callers(); }, |data: &[u8]| {
    let Some((who, choices)) = data.split_first() else { return };
    let callers = callers();
    let (caller, grammar, given) = &callers[usize::from(*who) % callers.len()];
    let made = grammar.document(choices, given);
    let reply = common::ask(caller, &made.document, made.variables);
    common::check(&reply, &made.document);
});
