//! The federated list is the list that one would get with all rows in one place; a source that breaks takes only its
//! own rows with it.

mod broken;
mod each;
mod oracle;
mod oracle_tables;
mod slow;
mod tables;
mod within;
