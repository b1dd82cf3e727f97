//! Whoever runs the gateway sees how it does, changes what it does while it runs, and tells nobody else.

mod backup;
mod measures;
mod ready;
mod reload;
mod traced;
