//! What anyone may ask is bounded by what it costs, before anything is asked; and what nobody should send is refused in
//! bounded time, with the gateway as well as before.

mod bodies;
mod budgets;
mod connections;
mod cost;
mod documents;
mod filters;
mod hostile;
mod old_keys;
mod schema;
