//! Row ids, cursors and youths' pseudonyms as a consumer sees them: encrypted, always alike for one consumer, and never
//! alike for two. Knows neither roles' rights nor what a row means.

mod encoding;
mod keys;
mod master;

use std::sync::{Arc, Mutex};

use aes_siv::{KeyInit, aead::inout::InOutBuf, siv::Aes256Siv};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entities::{Date, Datum};
use quick_cache::sync::Cache;

use self::encoding::{Reader, Writer, position};
pub use self::{
    keys::{Consumer, GatewayId, Keys},
    master::{BadMaster, Master},
};
use crate::{clock::Clock, query::Position};

// What is authenticated beside each text: the version of its form, and its kind.
const ROW: &[u8] = b"\x01row";
const YOUTH: &[u8] = b"\x01youth";
const CURSOR: &[u8] = b"\x01cursor";

/// Bytes of the tag that comes before the encrypted bytes (the synthetic initialisation vector).
const TAG: usize = 16;

/// The longest text that is tried: no id, pseudonym or cursor of ours is longer.
const LONGEST: usize = 16 * 1024;

/// One consumer's encryption: AES-SIV, deterministic and authenticated.
pub struct Opaque {
    /// Tells it from every other in `made`.
    number: u64,
    /// Row ids and pseudonyms made before: encrypting costs a microsecond, and pages show the same rows again and again.
    made: Made,
    key: Key,
    /// Keys of before, the newest first: what they made is opened through their last day, and nothing is made with them.
    before: Vec<Before>,
    /// What day it is; none where there are no keys of before.
    clock: Option<Clock>,
    /// The cipher with its keys scheduled. Whoever finds it taken schedules keys of its own: nobody waits.
    ready: Mutex<Cipher>,
}

/// The two AES-256 keys of AES-SIV, which authenticate and encrypt.
type Key = [u8; 64];

/// A key of before.
struct Before {
    key: Key,
    /// The last day on which it opens what it made, Amsterdam.
    until: Date,
}

/// Text by what it was made of, for all consumers; bounded.
type Made = Arc<Cache<Box<[u8]>, Arc<[u8]>>>;

/// What is longer than this is not remembered.
const REMEMBERED: usize = 256;

/// The most pseudonyms that are remembered between two programs.
const REMEMBERED_OF_LINK: usize = 8192;

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
    /// The encryption between two programs that share a key.
    pub(crate) fn shared(key: Key) -> Self {
        Self::new(0, Arc::new(Cache::new(REMEMBERED_OF_LINK)), key)
    }

    fn new(number: u64, made: Made, key: Key) -> Self {
        Self { number, made, ready: Mutex::new(Cipher::new(&key)), key, before: Vec::new(), clock: None }
    }

    /// With these keys of before, by this clock.
    fn with(self, before: Vec<Before>, clock: Clock) -> Self {
        Self { before, clock: Some(clock), ..self }
    }

    /// Appends a row's id, as text that needs no escapes.
    pub fn row_id(&self, dataset: &str, source: &str, id: &Datum, out: &mut Vec<u8>) {
        self.name(ROW, out, |it| {
            it.text(dataset);
            it.text(source);
            it.datum(id);
        });
    }

    /// The row that an id names; nothing for what this consumer was never given.
    #[must_use]
    pub fn open_row_id(&self, text: &str) -> Option<RowId> {
        self.open(&[ROW], text, |it| {
            Some(RowId { dataset: it.text()?.to_owned(), source: it.text()?.to_owned(), id: it.datum()? })
        })
    }

    /// Appends a youth's pseudonym for this consumer. Equally long for pseudonyms that are equally long at their holders.
    pub fn youth(&self, raw: &str, out: &mut Vec<u8>) {
        self.name(YOUTH, out, |it| it.text(raw));
    }

    /// The pseudonym that holders know; nothing for what this consumer was never given.
    #[must_use]
    pub fn open_youth(&self, text: &str) -> Option<String> {
        self.open(&[YOUTH], text, |it| it.text().map(ToOwned::to_owned))
    }

    /// Appends a cursor. `list` names the dataset and the order: the cursor opens for no other.
    pub fn cursor(&self, list: &str, position: &Position, out: &mut Vec<u8>) {
        self.seal(&[CURSOR, list.as_bytes()], out, |it| it.position(position));
    }

    /// The position that a cursor of this list holds; nothing for another list's, another consumer's or a forged one.
    #[must_use]
    pub fn open_cursor(&self, list: &str, text: &str) -> Option<Position> {
        self.open(&[CURSOR, list.as_bytes()], text, position)
    }

    /// A row's or a youth's name, from those made before or made now.
    fn name(&self, kind: &[u8], out: &mut Vec<u8>, write: impl FnOnce(&mut Writer<'_>)) {
        self.with_cipher(|cipher| {
            cipher.write(write);
            // Where the tag will stand there is room to say whose and of which kind it is.
            cipher.bytes[..8].copy_from_slice(&self.number.to_be_bytes());
            cipher.bytes[8..8 + kind.len()].copy_from_slice(kind);
            if let Some(text) = self.made.get(&*cipher.bytes) {
                out.extend_from_slice(&text);
                return;
            }
            let (plain, start) = (Box::<[u8]>::from(&*cipher.bytes), out.len());
            cipher.seal(&[kind], out);
            if plain.len() <= REMEMBERED {
                self.made.insert(plain, out[start..].into());
            }
        });
    }

    fn seal(&self, about: &[&[u8]], out: &mut Vec<u8>, write: impl FnOnce(&mut Writer<'_>)) {
        self.with_cipher(|cipher| {
            cipher.write(write);
            cipher.seal(about, out);
        });
    }

    fn open<T>(&self, about: &[&[u8]], text: &str, read: impl for<'r> Fn(&mut Reader<'r>) -> Option<T>) -> Option<T> {
        if text.len() > LONGEST {
            return None;
        }
        let opened = self.with_cipher(|cipher| cipher.open(about, text, &read));
        opened.or_else(|| self.still_good().find_map(|key| Cipher::new(key).open(about, text, &read)))
    }

    /// The keys of before whose last day is not over: asked anew with every text, since gateways and what they keep ready
    /// outlast days.
    fn still_good(&self) -> impl Iterator<Item = &Key> {
        let today = self.clock.as_ref().filter(|_| !self.before.is_empty()).map(Clock::today);
        self.before.iter().filter(move |before| today.is_some_and(|today| today <= before.until)).map(|it| &it.key)
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

    /// Writes what is to be sealed, after room for the tag.
    fn write(&mut self, write: impl FnOnce(&mut Writer<'_>)) {
        self.bytes.clear();
        self.bytes.extend_from_slice(&[0; TAG]);
        write(&mut Writer::new(&mut self.bytes));
    }

    /// What a text holds that was sealed with this key about this.
    fn open<T>(
        &mut self,
        about: &[&[u8]],
        text: &str,
        read: impl for<'r> Fn(&mut Reader<'r>) -> Option<T>,
    ) -> Option<T> {
        let Self { siv, bytes } = self;
        bytes.clear();
        URL_SAFE_NO_PAD.decode_vec(text, bytes).ok()?;
        let (tag, body) = bytes.split_at_mut_checked(TAG)?;
        let tag = aes_siv::Tag::try_from(&*tag).ok()?;
        siv.decrypt_inout_detached(about, InOutBuf::from(&mut *body), &tag).ok()?;
        let mut reader = Reader::new(body)?;
        let value = read(&mut reader)?;
        reader.is_at_end().then_some(value)
    }

    /// Encrypts what was written, and appends it as text.
    fn seal(&mut self, about: &[&[u8]], out: &mut Vec<u8>) {
        let (head, body) = self.bytes.split_at_mut(TAG);
        let tag = self.siv.encrypt_inout_detached(about, InOutBuf::from(body));
        head.copy_from_slice(&tag.expect("there are few headers"));
        let start = out.len();
        out.resize(start + self.bytes.len().div_ceil(3) * 4, 0);
        let length = URL_SAFE_NO_PAD.encode_slice(&self.bytes, &mut out[start..]);
        out.truncate(start + length.expect("room was made for every byte"));
    }
}

#[cfg(test)]
mod tests;
