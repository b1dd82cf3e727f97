//! How much a filter says: bounded by its form, before any of it is worked out.

use async_graphql_value::ConstValue;

use crate::graphql::{
    error::{Code, Problem},
    execute::Values,
};

/// The most conditions of one filter; a list of values is one.
const CONDITIONS_MOST: usize = 500;
/// The most values in all conditions of one filter.
const VALUES_MOST: usize = 10_000;

/// How much a filter says.
#[derive(Default)]
struct Said {
    conditions: usize,
    values: usize,
}

impl Said {
    fn add(&mut self, value: &ConstValue) {
        match value {
            ConstValue::Object(members) => members.values().for_each(|it| self.add(it)),
            ConstValue::List(items) if items.iter().any(|it| matches!(it, ConstValue::Object(_))) => {
                items.iter().for_each(|it| self.add(it));
            }
            ConstValue::List(items) => {
                self.conditions += 1;
                self.values += items.len();
            }
            _ => {
                self.conditions += 1;
                self.values += 1;
            }
        }
    }
}

/// Refuses a filter that says too much.
pub(super) fn check(members: &Values) -> Result<(), Problem> {
    let mut said = Said::default();
    members.values().for_each(|value| said.add(value));
    if said.conditions <= CONDITIONS_MOST && said.values <= VALUES_MOST {
        return Ok(());
    }
    let message = format!(
        "argument \"filter\" holds more than {CONDITIONS_MOST} conditions or {VALUES_MOST} values; ask with fewer"
    );
    Err(Problem { code: Code::CostLimit, message })
}
