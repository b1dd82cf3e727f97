//! What anyone may ask is bounded by what it costs, before anything is asked; and what nobody should send is refused in
//! bounded time, with the gateway as well as before.

mod bodies;
mod budgets;
mod connections;
mod cost;
mod documents;
mod documents_ways;
mod filters;
mod hostile;
mod old_keys;
mod private;
mod schema;
mod wait;
