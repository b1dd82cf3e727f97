//! Which keys the gateway works with: a name for each, its age and who may use its file. Never the key.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::Context;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::Foundation;
use crate::{config::Database, secret_file};

/// What stands before a key when its id is made, so that the id is a digest of nothing else.
const DOMAIN: &[u8] = b"regiograph key id\0";

/// `keys`: one line for each key that the configuration names, or that is made beside the store.
///
/// # Errors
/// Where a file that is there cannot be read.
pub fn keys(foundation: &Foundation) -> anyhow::Result<String> {
    let (config, data) = (&foundation.config, &foundation.config.data_dir);
    let now = foundation.world.clock.now();
    let mut out = String::from("| key | id | age | rights | where |\n|---|---|---|---|---|\n");
    kept(&mut out, ("master", Some("REGIOGRAPH_MASTER_KEY")), &config.keys.master_file, now)?;
    kept(&mut out, ("disclosure", Some("REGIOGRAPH_DISCLOSURE_KEY")), &data.join("disclosure.key"), now)?;
    kept(&mut out, ("release signing", None), &data.join("release.pem"), now)?;
    if config.auth.is_none() {
        kept(&mut out, ("demonstration's issuer", None), &data.join("issuer.pem"), now)?;
    }
    if let Some(file) = &config.keys.youth_key_file {
        kept(&mut out, ("youth", None), file, now)?;
    }
    for source in &config.sources {
        if let Database::Node(node) = &source.database {
            kept(&mut out, (&format!("node of source {}", source.name), None), &node.key_file, now)?;
        }
    }
    for gateway in &config.gateways {
        kept(&mut out, (&format!("gateway {}", gateway.name), None), &gateway.key_file, now)?;
    }
    Ok(out)
}

/// One line: a key in the environment, which wins, or in a file.
fn kept(
    out: &mut String,
    (name, variable): (&str, Option<&'static str>),
    file: &Path,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let of_environment = variable.and_then(|variable| Some((variable, std::env::var(variable).ok()?)));
    let told = match of_environment {
        Some((variable, key)) => format!("{} | – | – | {variable}", id(&key)),
        None if !file.exists() => format!("– | not made yet | – | {}", file.display()),
        None => of_file(file, now).with_context(|| format!("cannot read {}", file.display()))?,
    };
    writeln!(out, "| {name} | {told} |")?;
    Ok(())
}

fn of_file(file: &Path, now: DateTime<Utc>) -> std::io::Result<String> {
    let metadata = fs::metadata(file)?;
    let mode = metadata.permissions().mode() & 0o777;
    let days = (now - DateTime::<Utc>::from(metadata.modified()?)).num_days().max(0);
    let rights = if mode & 0o077 == 0 { format!("{mode:03o}") } else { format!("{mode:03o}: others may use it") };
    Ok(format!("{} | {days} d | {rights} | {}", id(&fs::read_to_string(file)?), file.display()))
}

/// A short name of a key, by which two copies are told to be the same: nothing follows from it about the key.
fn id(key: &str) -> String {
    let digest = Sha256::new().chain_update(DOMAIN).chain_update(key.trim()).finalize();
    secret_file::to_hex(&digest[..4])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::World;

    #[test]
    fn keys_are_told_by_their_ids_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("regiograph.toml");
        fs::write(&config, "data_dir = \"data\"\n").unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let key = "8f".repeat(31) + "00";
        let file = folder.path().join("data/master.key");
        fs::write(&file, format!("{key}\n")).unwrap();
        let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o600);
        let told = || keys(&Foundation::read(Some(&config), World::real()).unwrap()).unwrap();
        let line = |told: &str| told.lines().find(|line| line.starts_with("| master ")).unwrap().to_owned();
        let before = line(&told());
        assert!(before.contains(&id(&key)) && before.contains("| 0 d | 600 |"), "{before}");
        assert!(told().contains("| disclosure | – | not made yet |"), "{}", told());
        assert!(!told().contains(&key[..8]), "{}", told());
        mode(0o644);
        assert!(line(&told()).contains("644: others may use it"));
    }
}
