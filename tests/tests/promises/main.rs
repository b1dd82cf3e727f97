//! What the gateway promises, one promise per file.

mod graphql_js;
mod oracle;
