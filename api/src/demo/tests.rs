//! The demonstration is the same every time, and what it tells could have happened.

mod files;
mod generated;
mod rows;
mod stories;

use std::sync::LazyLock;

use entities::reference::{self, Reference};

use super::{areas::Areas, rows::Rows};

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| reference::load().expect("a test of entities loads it"));

static AREAS: LazyLock<Areas<'static>> = LazyLock::new(|| Areas::of(&REFERENCE));

/// All rows of the demonstration.
static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows::about(&AREAS, super::prepare::YOUTHS));
