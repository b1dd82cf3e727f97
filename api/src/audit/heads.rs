//! The file of signed heads and ends, one line of JSON each, appended to. It belongs where whoever can change the log
//! cannot: then a log that was cut together with its own heads shows as well. Ends that others have followed go now and
//! then, once they were found to hold, so that the file stays small; where it can only be appended to, they stay.

use std::{
    collections::{HashMap, HashSet},
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::chain::{END, Head};
use crate::secret_file::{self, to_hex};

/// How often, and after which pauses, it is tried to have the file for oneself: half a second.
const LOCK_TRIES: usize = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

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
    let mut lines = lines(heads)?;
    let mut file = locked(path)?;
    if is_torn(path) {
        lines.insert(0, b'\n');
    }
    file.write_all(&lines)?;
    file.sync_data()
}

/// Writes a file of these heads alone, in place of what stands there: all of it, or nothing.
pub(super) fn replace(path: &Path, heads: &[Head]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    keep(&beside);
    let mut file = File::create(&beside)?;
    file.write_all(&lines(heads)?)?;
    if let Ok(before) = std::fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// Takes out ends that others of the same chain have followed, as far as `holds` says of them that they stand in the log.
/// Nothing else goes. How many went.
pub(super) fn compact(path: &Path, holds: &dyn Fn(&Head) -> bool) -> io::Result<usize> {
    let _lock = locked(path)?;
    let Some((heads, wrong)) = read(path)? else { return Ok(0) };
    // What nobody can read is evidence.
    if !wrong.is_empty() {
        return Ok(0);
    }
    let last = last(&heads);
    let stays = |it: &&Head| it.kind != END || last.contains(&(&*it.log, &*it.writer, it.number)) || !holds(it);
    let kept: Vec<Head> = heads.iter().filter(stays).cloned().collect();
    let gone = heads.len() - kept.len();
    if gone > 0 {
        replace(path, &kept)?;
    }
    Ok(gone)
}

/// The ends that others have followed.
pub(super) fn followed(path: &Path) -> io::Result<Vec<Head>> {
    let Some((heads, _)) = read(path)? else { return Ok(Vec::new()) };
    let last = last(&heads);
    let is_followed = |it: &&Head| it.kind == END && !last.contains(&(&*it.log, &*it.writer, it.number));
    Ok(heads.iter().filter(is_followed).cloned().collect())
}

/// The last end of each chain.
fn last(heads: &[Head]) -> HashSet<(&str, &str, i64)> {
    let mut last: HashMap<(&str, &str), i64> = HashMap::new();
    for head in heads.iter().filter(|it| it.kind == END) {
        let number = last.entry((&head.log, &head.writer)).or_default();
        *number = head.number.max(*number);
    }
    last.into_iter().map(|((log, writer), number)| (log, writer, number)).collect()
}

fn lines(heads: &[Head]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for head in heads {
        serde_json::to_writer(&mut lines, &Line::from(head))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Keeps the file to its owner where that can be: it says nothing of anybody, and may stand on a share that knows no rights.
fn keep(path: &Path) {
    if let Err(reason) = secret_file::keep_to_owner(path) {
        tracing::debug!(%reason, "the file of signed heads stays as it is");
    }
}

/// The file, which no other program appends to or replaces until it is closed. Where there are no locks, programs that
/// share a file go without. A program that keeps it for long holds nobody up: it is tried again later.
fn locked(path: &Path) -> io::Result<File> {
    for _ in 0..LOCK_TRIES {
        keep(path);
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        match file.try_lock() {
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            // Where another program has put a new file into its place meanwhile, that one is asked.
            _ if is_at(&file, path) => return Ok(file),
            _ => {}
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// Does the file end amid a line, as after a loss of power? What comes next is then a line of its own.
fn is_torn(path: &Path) -> bool {
    let mut last = [b'\n'];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)
    });
    read.is_ok() && last != [b'\n']
}

/// Is it this file that stands there?
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |it: io::Result<std::fs::Metadata>| it.ok().map(|it| (it.dev(), it.ino()));
    id(file.metadata()) == id(std::fs::metadata(path))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
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

#[cfg(test)]
mod tests {
    use super::*;

    fn head(number: i64, kind: &str) -> Head {
        Head {
            log: "event".to_owned(),
            writer: "one".to_owned(),
            segment: "2026-11".to_owned(),
            number,
            kind: kind.to_owned(),
            hash: [7; 32],
            at: 0,
            key: "key".to_owned(),
            signature: "signature".to_owned(),
        }
    }

    #[test]
    fn ends_that_others_followed_go_once_they_hold_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heads");
        let all = [head(1, END), head(2, END), head(2, "closed"), head(3, END), head(4, END)];
        append(&path, &all).unwrap();
        assert_eq!(followed(&path).unwrap(), [head(1, END), head(2, END), head(3, END)]);
        assert_eq!(compact(&path, &|it| it.number != 2).unwrap(), 2);
        let kept = vec![head(2, END), head(2, "closed"), head(4, END)];
        assert_eq!(read(&path).unwrap(), Some((kept.clone(), Vec::new())), "what does not hold is evidence");
        append(&path, &[head(5, END)]).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().0.len(), 4);
        std::fs::write(&path, "no head\n").unwrap();
        append(&path, &kept).unwrap();
        assert_eq!(compact(&path, &|_| true).unwrap(), 0, "what nobody can read stays, and all with it");
        std::fs::write(&path, "half a li").unwrap();
        append(&path, &kept).unwrap();
        assert_eq!(read(&path).unwrap(), Some((kept, vec![1])), "no head is lost to a line that was cut short");
    }
}
