//! Row ids, cursors and youths' pseudonyms as a consumer sees them: encrypted, always alike for one consumer, and never
//! alike for two. Knows neither roles' rights nor what a row means.

mod encoding;
mod keys;
mod master;

use std::sync::Mutex;

use aes_siv::{KeyInit, aead::inout::InOutBuf, siv::Aes256Siv};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entities::Datum;

use self::encoding::{Reader, Writer, position};
pub use self::{
    keys::{Consumer, Keys},
    master::{BadMaster, Master},
};
use crate::query::Position;

/// The version of the keys; part of what is authenticated, so that a later key can stand beside this one.
const KEY_VERSION: u8 = 1;

/// Bytes of the tag that comes before the encrypted bytes (the synthetic initialisation vector).
const TAG: usize = 16;

/// The longest text that is tried: no id, pseudonym or cursor of ours is longer.
const LONGEST: usize = 16 * 1024;

/// One consumer's encryption: AES-SIV, deterministic and authenticated.
pub struct Opaque {
    key: Key,
    /// The cipher with its keys scheduled. Whoever finds it taken schedules keys of its own: nobody waits.
    ready: Mutex<Cipher>,
}

/// The two AES-256 keys of AES-SIV, which authenticate and encrypt.
type Key = [u8; 64];

struct Cipher {
    siv: Aes256Siv,
    /// Keeps its room between calls.
    bytes: Vec<u8>,
}

/// A row, named among all rows of all sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowId {
    /// The dataset's type name.
    pub dataset: String,
    /// The source's name.
    pub source: String,
    /// The row's id at its source.
    pub id: Datum,
}

impl std::fmt::Debug for Opaque {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opaque(..)")
    }
}

impl Opaque {
    fn new(key: Key) -> Self {
        Self { ready: Mutex::new(Cipher::new(&key)), key }
    }

    /// Appends a row's id, as text that needs no escapes.
    pub fn row_id(&self, dataset: &str, source: &str, id: &Datum, out: &mut Vec<u8>) {
        self.seal(&[b"row"], out, |it| {
            it.text(dataset);
            it.text(source);
            it.datum(id);
        });
    }

    /// The row that an id names; nothing for what this consumer was never given.
    #[must_use]
    pub fn open_row_id(&self, text: &str) -> Option<RowId> {
        self.open(&[b"row"], text, |it| {
            Some(RowId { dataset: it.text()?.to_owned(), source: it.text()?.to_owned(), id: it.datum()? })
        })
    }

    /// Appends a youth's pseudonym for this consumer. Equally long for pseudonyms that are equally long at their holders.
    pub fn youth(&self, raw: &str, out: &mut Vec<u8>) {
        self.seal(&[b"youth"], out, |it| it.text(raw));
    }

    /// The pseudonym that holders know; nothing for what this consumer was never given.
    #[must_use]
    pub fn open_youth(&self, text: &str) -> Option<String> {
        self.open(&[b"youth"], text, |it| it.text().map(ToOwned::to_owned))
    }

    /// Appends a cursor. `list` names the dataset and the order: the cursor opens for no other.
    pub fn cursor(&self, list: &str, position: &Position, out: &mut Vec<u8>) {
        self.seal(&[b"cursor", list.as_bytes()], out, |it| it.position(position));
    }

    /// The position that a cursor of this list holds; nothing for another list's, another consumer's or a forged one.
    #[must_use]
    pub fn open_cursor(&self, list: &str, text: &str) -> Option<Position> {
        self.open(&[b"cursor", list.as_bytes()], text, position)
    }

    fn seal(&self, about: &[&[u8]], out: &mut Vec<u8>, write: impl FnOnce(&mut Writer<'_>)) {
        self.with_cipher(|Cipher { siv, bytes }| {
            bytes.clear();
            bytes.extend_from_slice(&[0; TAG]);
            write(&mut Writer::new(bytes));
            let (head, body) = bytes.split_at_mut(TAG);
            let tag = siv.encrypt_inout_detached(headers(about), InOutBuf::from(body));
            head.copy_from_slice(&tag.expect("there are few headers"));
            let start = out.len();
            out.resize(start + bytes.len().div_ceil(3) * 4, 0);
            let length = URL_SAFE_NO_PAD.encode_slice(&*bytes, &mut out[start..]);
            out.truncate(start + length.expect("room was made for every byte"));
        });
    }

    fn open<T>(
        &self,
        about: &[&[u8]],
        text: &str,
        read: impl for<'r> FnOnce(&mut Reader<'r>) -> Option<T>,
    ) -> Option<T> {
        if text.len() > LONGEST {
            return None;
        }
        self.with_cipher(|Cipher { siv, bytes }| {
            bytes.clear();
            URL_SAFE_NO_PAD.decode_vec(text, bytes).ok()?;
            let (tag, body) = bytes.split_at_mut_checked(TAG)?;
            let tag = aes_siv::Tag::try_from(&*tag).ok()?;
            siv.decrypt_inout_detached(headers(about), InOutBuf::from(&mut *body), &tag).ok()?;
            let mut reader = Reader::new(body)?;
            let value = read(&mut reader)?;
            reader.is_at_end().then_some(value)
        })
    }

    fn with_cipher<T>(&self, work: impl FnOnce(&mut Cipher) -> T) -> T {
        match self.ready.try_lock() {
            Ok(mut cipher) => work(&mut cipher),
            Err(_) => work(&mut Cipher::new(&self.key)),
        }
    }
}

impl Cipher {
    fn new(key: &Key) -> Self {
        Self { siv: Aes256Siv::new(key.into()), bytes: Vec::with_capacity(128) }
    }
}

/// What is authenticated beside the text: the key's version, what kind it is of, and where it belongs.
fn headers<'a>(about: &'a [&'a [u8]]) -> impl Iterator<Item = &'a [u8]> {
    std::iter::once(&[KEY_VERSION][..]).chain(about.iter().copied())
}

#[cfg(test)]
mod tests;
