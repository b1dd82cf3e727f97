//! Faults that a source of any kind may have, and the kinds of sources with how each is made to have them. One more kind
//! of source is one more value in [`KINDS`].

use std::{fs, path::Path, time::Duration};

use entities::Dataset;

use crate::{
    gateway::{Gateway, SourceSetup},
    row, trouble,
};

/// What may befall a source while the gateway runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there any more.
    Gone,
    /// It takes the question and never answers.
    Hanging,
    /// Someone else has it for himself.
    Locked,
    /// It answers what is no answer at all.
    Garbage,
    /// Only its beginning is left.
    Truncated,
    /// A column of the contract was taken out.
    ColumnDropped,
    /// A value of a column is of another kind: a moment with its offset, where a day must be.
    OtherTimeZone,
}

/// Puts a source right again.
pub type Mend = Box<dyn FnOnce()>;

/// A kind of source.
pub trait Kind: Sync {
    /// Its name in the configuration.
    fn name(&self) -> &'static str;

    /// A source of a provider, yet without rows.
    fn source(&self, name: &str, provider: &str) -> SourceSetup;

    /// What can befall it.
    fn faults(&self) -> &'static [Fault];

    /// Lets it befall a source; of the dataset `of` where it befalls one.
    fn befall(&self, gateway: &Gateway, source: &str, of: &'static Dataset, fault: Fault) -> Mend;
}

/// All kinds.
pub const KINDS: [&dyn Kind; 1] = [&Sqlite];

impl Fault {
    /// How the source is said to have answered.
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Self::Gone | Self::Garbage | Self::Truncated => "UNREACHABLE",
            Self::Hanging | Self::Locked => "TIMED_OUT",
            Self::ColumnDropped => "DRIFTED",
            Self::OtherTimeZone => "MALFORMED",
        }
    }
}

/// A SQLite file.
pub struct Sqlite;

impl Kind for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn source(&self, name: &str, provider: &str) -> SourceSetup {
        SourceSetup::of_provider(name, provider)
    }

    fn faults(&self) -> &'static [Fault] {
        use Fault::{ColumnDropped, Garbage, Gone, Hanging, Locked, OtherTimeZone, Truncated};
        &[Gone, Hanging, Locked, Garbage, Truncated, ColumnDropped, OtherTimeZone]
    }

    fn befall(&self, gateway: &Gateway, source: &str, of: &'static Dataset, fault: Fault) -> Mend {
        let path = gateway.file(source);
        match fault {
            Fault::Gone => {
                trouble::take_away(&path);
                Box::new(move || trouble::bring_back(&path))
            }
            Fault::Hanging => {
                trouble::make_slow(&path, of);
                Box::new(move || trouble::make_fast(&path, of))
            }
            Fault::Locked => {
                let connection = row::open(&path);
                connection.execute_batch("BEGIN EXCLUSIVE").expect("nobody else has the file for himself");
                Box::new(move || drop(connection))
            }
            Fault::Garbage => overwrite(&path, |whole| vec![0x5a; whole.len()]),
            Fault::Truncated => overwrite(&path, |whole| whole[..4096.min(whole.len() / 2)].to_vec()),
            Fault::ColumnDropped => {
                let whole = fs::read(&path).expect("a source's file can be read");
                trouble::drop_column(&path, of, "started_on");
                // A file of another length or time is another one to the gateway: put back as it was, at the same place.
                Box::new(move || fs::write(&path, whole).expect("a source's file can be written"))
            }
            Fault::OtherTimeZone => {
                let table = of.table;
                row::execute(&path, &format!("UPDATE {table} SET started_on = started_on || 'T00:30:00+02:00'"));
                let mend = format!("UPDATE {table} SET started_on = substr(started_on, 1, 10)");
                Box::new(move || row::execute(&path, &mend))
            }
        }
    }
}

/// Writes something else over the file, in place.
fn overwrite(path: &Path, other: impl FnOnce(&[u8]) -> Vec<u8>) -> Mend {
    let (path, whole) = (path.to_owned(), fs::read(path).expect("a source's file can be read"));
    fs::write(&path, other(&whole)).expect("a source's file can be written");
    Box::new(move || fs::write(&path, whole).expect("a source's file can be written"))
}

/// The deadline of sources that are made to fail.
pub const DEADLINE: Duration = Duration::from_secs(1);
