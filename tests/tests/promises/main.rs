//! What the gateway promises, one promise per file.

mod bad_input;
mod broken_sources;
mod calibration;
mod care_relations;
mod crawl;
mod docs;
mod graphql_js;
mod ids;
mod links;
mod oracle;
mod order_of_modules;
mod over_http;
mod plans;
mod playground;
mod privacy;
mod quality;
mod rows_by_rule;
mod snapshots;
mod start_up;
mod tokens;
mod weight;
mod whole_youths;
mod youths;
