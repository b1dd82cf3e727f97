//! What the gateway promises, one promise per file.

mod crawl;
mod ids;
mod oracle;
mod rows_by_rule;
