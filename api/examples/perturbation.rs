//! Makes the perturbation table of releases:
//! `cargo run -p regiograph --example perturbation > perturbation.csv`, then put the file into `api/src/release`.
//!
//! How: for each residue of the true count modulo 5, over the errors of at most 9 that lead to a multiple of 5, the
//! whole weights of greatest entropy with mean 0 and variance 12. The search is short and exact, so that everyone gets
//! the same table; `release::Perturbation` holds it, and a test compares the file with it.

use std::io::Write;

use regiograph::release::Perturbation;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(Perturbation::maximum_entropy().to_csv().as_bytes())
}
