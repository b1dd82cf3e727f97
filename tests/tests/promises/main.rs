//! What the gateway promises, one promise per file.

mod oracle;
