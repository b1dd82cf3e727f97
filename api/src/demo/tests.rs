//! The demonstration is the same every time, and what it tells could have happened.

use super::prepare::prepare_about;

/// A share of the youths, so that tests are quick.
const SOME: u64 = 600;

#[test]
fn sources_are_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let t = std::time::Instant::now();
    let made = prepare_about(folder.path(), SOME).unwrap();
    eprintln!("{:?}", t.elapsed());
    let t = std::time::Instant::now();
    let found = prepare_about(folder.path(), SOME).unwrap();
    eprintln!("{:?}", t.elapsed());
    assert_eq!(made.len(), found.len());
    if let Ok(dir) = std::env::var("DEMO_OUT") {
        let t = std::time::Instant::now();
        super::prepare(std::path::Path::new(&dir)).unwrap();
        eprintln!("{:?}", t.elapsed());
    }
}
