//! The program as it is started and stopped by others: signals, exit codes, its log, and where its measures and traces go.

mod collector;
mod log;
mod running;
mod signals;
mod traces;
