//! What commands print goes to whoever reads, who need not read to the end.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use regiograph::demo::{Generate, generate};

/// Runs a command; its output is read to the end, or by nobody.
pub(crate) fn run(config: &Path, arguments: &[&str], is_read: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regiograph"));
    command.args(arguments).arg("--config").arg(config).env_remove("RUST_LOG");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if !is_read {
        drop(child.stdout.take());
    }
    child.wait_with_output().unwrap()
}

#[test]
fn a_pipe_that_nobody_reads_ends_every_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 10, whole: false }).unwrap();
    let (copy, more) = (folder.path().join("copy.sqlite"), folder.path().join("more"));
    let (copy, more) = (copy.to_str().unwrap(), more.to_str().unwrap());
    let commands: [&[&str]; 10] = [
        &["sdl"],
        &["sdl", "--role", "public"],
        &["policy"],
        &["check"],
        &["keys"],
        &["token", "--role", "ministry"],
        &["explain", "--role", "public", "{ capacityReports { totalCount } }"],
        &["backup", "--to", copy],
        &["generate", "--dir", more, "--sources", "1", "--rows", "10"],
        &["--help"],
    ];
    for arguments in commands {
        let ended = run(&made.config, arguments, false);
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{arguments:?}: {} {said}", ended.status);
        let loud = ["panicked", "a fault of the program", "pipe", "regiograph:"];
        assert!(loud.iter().all(|it| !said.contains(it)), "{arguments:?}: {said}");
    }
}

#[test]
fn the_schema_of_a_role_is_that_of_its_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 10, whole: false }).unwrap();
    let sdl = |purpose: &[&str]| run(&made.config, &[&["sdl", "--role", "region_analyst"], purpose].concat(), true);
    let (plain, named) = (sdl(&[]), sdl(&["--purpose", "monitoring"]));
    assert!(plain.status.success() && !plain.stdout.is_empty());
    assert_eq!(plain.stdout, named.stdout, "monitoring is what is assumed, as for tokens");
    let refused = sdl(&["--purpose", "gossip"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(said.contains("role `region_analyst` may not be used for `--purpose gossip`; it is for "), "{said}");
    assert!(!run(&made.config, &["sdl", "--purpose", "monitoring"], true).status.success(), "of which role?");
}
