//! Another Regiograph near the data: what a gateway and a node say to each other, and how each knows who the other is.

pub mod link;
pub mod wire;
