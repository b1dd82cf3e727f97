//! The file of signed heads, one line of JSON each, appended to and never changed. It belongs where whoever can change
//! the log cannot: then a log that was cut together with its own heads shows as well.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::chain::Head;
use crate::secret_file::{self, to_hex};

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    log: String,
    writer: String,
    segment: String,
    number: i64,
    kind: String,
    hash: String,
    at: i64,
    key: String,
    signature: String,
}

/// Appends heads; done once they are on the disk.
pub(super) fn append(path: &Path, heads: &[Head]) -> io::Result<()> {
    if heads.is_empty() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut lines = Vec::new();
    for head in heads {
        serde_json::to_writer(&mut lines, &Line::from(head))?;
        lines.push(b'\n');
    }
    // It says of nobody anything, and may stand on a share that knows no rights.
    if let Err(reason) = secret_file::keep_to_owner(path) {
        tracing::debug!(%reason, "the file of signed heads stays as it is");
    }
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(&lines)?;
    file.sync_data()
}

/// All heads of the file, and the numbers of the lines that are none; nothing where there is no file.
pub(super) fn read(path: &Path) -> io::Result<Option<(Vec<Head>, Vec<usize>)>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut heads, mut wrong) = (Vec::new(), Vec::new());
    for (place, line) in text.lines().enumerate() {
        match serde_json::from_str::<Line>(line).ok().and_then(Line::into_head) {
            Some(head) => heads.push(head),
            None => wrong.push(place + 1),
        }
    }
    Ok(Some((heads, wrong)))
}

impl From<&Head> for Line {
    fn from(head: &Head) -> Self {
        let Head { log, writer, segment, number, kind, hash, at, key, signature } = head.clone();
        Self { log, writer, segment, number, kind, hash: to_hex(&hash), at, key, signature }
    }
}

impl Line {
    fn into_head(self) -> Option<Head> {
        let Self { log, writer, segment, number, kind, hash, at, key, signature } = self;
        let digits = hash.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Head { log, writer, segment, number, kind, hash: bytes, at, key, signature })
    }
}
