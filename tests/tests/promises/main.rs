//! What the gateway promises, one promise per file.

mod graphql_js;
mod bad_input;
mod broken_sources;
mod crawl;
mod ids;
mod oracle;
mod rows_by_rule;
mod start_up;
