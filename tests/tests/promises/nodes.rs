//! A region's own Regiograph stands where its database stood: what is asked of it is what a database is asked, and what
//! it shows is what its own policy shows that caller.

mod alike;
mod circles;
mod door;
mod endless;
mod exchange;
mod faults;
mod garbled;
mod keys;
mod patience;
mod questions;
mod reasons;
mod rights;
mod traffic;
mod ways;

use regiograph_tests::{
    caller::As,
    gateway::SourceSetup,
    matrix::POLICY,
    row::{Row, dataset},
};

/// Roles that see the youth of every placement, or little of it.
const ROLES: &str = "\n[[role]]\nname = \"follower\"\npurposes = [\"monitoring\"]\n[role.cells]\n\
    placement = \"A/sensitive\"\nretCase = \"A/pseudonymous\"\nreferral = \"A/indirect\"\n";

fn policy() -> String {
    POLICY.to_owned() + ROLES
}

fn follower() -> As {
    As::role("follower")
}

fn of(name: &str, id: i64, youth: &str, day: &str) -> Row {
    let row = Row::of(dataset(name)).with("id", id).with("youth", youth.to_owned()).with("region", "JZ36".to_owned());
    if name == "Placement" { row.with("started_on", day.to_owned()) } else { row }
}

/// Three holders, with youths that several of them know.
fn sources() -> [SourceSetup; 3] {
    let rows = |youths: [&str; 4]| {
        let days = ["2025-03-01", "2025-01-01", "2025-01-20", "2026-02-01"];
        let stays = (1..).zip(youths.into_iter().zip(days)).map(|(id, (youth, day))| {
            of("Placement", id, youth, day).with("closed_days", id * 7).with("urgent", id % 2)
        });
        let rest = ["RetCase", "Referral"].map(|name| of(name, 1, youths[0], ""));
        stays.chain(rest).collect::<Vec<_>>()
    };
    [
        SourceSetup::of_provider("almata", "ALMATA").rows(rows(["young-anna", "young-bo", "young-cas", "young-anna"])),
        SourceSetup::of_provider("horizon", "HORIZON").rows(rows([
            "young-anna",
            "young-dee",
            "young-cas",
            "young-eva",
        ])),
        SourceSetup::new("ret", regiograph::query::Holder::Region("JZ36".into())).rows(rows([
            "young-bo",
            "young-fay",
            "young-gus",
            "young-bo",
        ])),
    ]
}
