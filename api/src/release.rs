//! Protected tables: all cells of a closed vocabulary over a closed period, made once from complete sources and fixed
//! then. What is stored here is safe to show to everyone; nothing that a caller says reaches it.

mod cell;
mod period;
mod vocabulary;
mod protect;
mod audit;
mod feasible;
mod net;
mod bounds;
mod rules;
mod tally;
mod magnitude;
mod classes;
mod crowd;
mod ledger;
mod key;
mod perturbation;
mod make;
mod revision;
mod areas;
mod observe;
mod secret;
mod released;
mod read;
mod reason;
mod record;
mod sign;
mod store;

pub use self::{
    areas::{geography, geography_of, reference_of},
    cell::{
        Area, CellId, Cells, Counted, Geography, Hidden, Observation, Period, Published, PublishedMeasure, Vocabulary,
    },
    key::Secret,
    make::{Made, Making, NotMade, cut_off, make},
    period::{NotAPeriod, named},
    perturbation::{KEYS, LARGEST_ERROR, Perturbation, STEP, VARIANCE, Weight},
    protect::protect,
    read::{Shelf, Unread},
    reason::{Reason, Reasoning, reasons},
    record::Contributor,
    released::{OtherSources, Released, Releases},
    revision::Issue,
    rules::Rules,
    sign::{BadSigner, Signer, Verifier},
    store::NotStored,
};

#[cfg(test)]
mod tests;
