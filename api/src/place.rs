//! Where something stands in a text file: file, line and column, for messages that can be clicked.

use std::fmt;

/// A place in a file; lines and columns are counted from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name, as it was given.
    pub file: Box<str>,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The place of the byte at `offset` in `text`, which is what `file` holds.
    #[must_use]
    pub fn new(file: &str, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        Self { file: file.into(), line, column: 1 + before[line_start..].chars().count() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "a = 1\né = 2\n";
        let place = |offset| Place::new("f", text, offset).to_string();
        assert_eq!([place(0), place(6), place(9), place(99)], ["f:1:1", "f:2:1", "f:2:3", "f:3:1"]);
    }
}
