//! Reads the rows of one embedded CSV file by column name, and says where it cannot. Knows no table.

use std::{error, fmt, str::FromStr};

use csv::StringRecord;

/// Why reference data could not be read. Names file and line.
#[derive(Debug)]
pub enum LoadError {
    /// Not a CSV file, or a row of another length.
    Csv {
        /// The file in `entities/data`.
        file: &'static str,
        /// What the reader says, with the line.
        cause: csv::Error,
    },
    /// A column that the file has not.
    NoColumn {
        /// The file in `entities/data`.
        file: &'static str,
        /// The column looked for.
        column: &'static str,
    },
    /// A value that does not fit its column.
    Misfit {
        /// The file in `entities/data`.
        file: &'static str,
        /// Line in the file, from 1.
        line: u64,
        /// The value's column.
        column: &'static str,
        /// What it should be, such as `a number`.
        expected: &'static str,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Csv { file, cause } => write!(f, "{file}: {cause}"),
            Self::NoColumn { file, column } => write!(f, "{file}: no column `{column}`"),
            Self::Misfit { file, line, column, expected } => {
                write!(f, "{file}, line {line}, column `{column}`: not {expected}")
            }
        }
    }
}

impl error::Error for LoadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Csv { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

/// One embedded file.
#[derive(Clone, Copy)]
pub(crate) struct File {
    /// Its name in `entities/data`.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
}

/// One row, read by column name.
pub(crate) struct Row<'a> {
    file: &'static str,
    header: &'a StringRecord,
    record: StringRecord,
}

impl File {
    /// Makes something of every row.
    pub(crate) fn read<T>(self, make: impl Fn(&Row<'_>) -> Result<T, LoadError>) -> Result<Vec<T>, LoadError> {
        let file = self.name;
        let broken = |cause| LoadError::Csv { file, cause };
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let header = reader.headers().map_err(broken)?.clone();
        reader.records().map(|it| make(&Row { file, header: &header, record: it.map_err(broken)? })).collect()
    }
}

impl Row<'_> {
    /// The value as it stands; may be empty.
    pub(crate) fn raw(&self, column: &'static str) -> Result<&str, LoadError> {
        let place = self.header.iter().position(|it| it == column);
        place.and_then(|it| self.record.get(it)).ok_or(LoadError::NoColumn { file: self.file, column })
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, column: &'static str) -> Result<String, LoadError> {
        self.option(column)?.ok_or_else(|| self.misfit(column, "a text"))
    }

    /// A text, or none where it is empty.
    pub(crate) fn option(&self, column: &'static str) -> Result<Option<String>, LoadError> {
        let text = self.raw(column)?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// A number, or `true` or `false`.
    pub(crate) fn parse<T: FromStr>(&self, column: &'static str, expected: &'static str) -> Result<T, LoadError> {
        self.raw(column)?.parse().map_err(|_| self.misfit(column, expected))
    }

    /// The error that says that the value of `column` is not what it should be.
    pub(crate) fn misfit(&self, column: &'static str, expected: &'static str) -> LoadError {
        let line = self.record.position().map_or(0, csv::Position::line);
        LoadError::Misfit { file: self.file, line, column, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKEN: File = File { name: "broken.csv", text: "code,places\nA,4\nB,four\n" };

    #[test]
    fn a_value_that_does_not_fit_is_named_by_file_line_and_column() {
        let read = BROKEN.read(|row| row.parse::<i32>("places", "a whole number"));
        let told = read.map_err(|it| it.to_string());
        assert_eq!(told, Err("broken.csv, line 3, column `places`: not a whole number".to_owned()));
    }

    #[test]
    fn a_column_that_is_missing_is_named() {
        let told = BROKEN.read(|row| row.text("town")).map_err(|it| it.to_string());
        assert_eq!(told, Err("broken.csv: no column `town`".to_owned()));
    }
}
