//! What the gateway promises, one promise per file.

mod bad_input;
mod broken_sources;
mod calibration;
mod crawl;
mod graphql_js;
mod ids;
mod oracle;
mod order_of_modules;
mod over_http;
mod privacy;
mod rows_by_rule;
mod snapshots;
mod start_up;
mod tokens;
mod weight;
mod youths;
