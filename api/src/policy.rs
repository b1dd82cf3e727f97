//! Who may see what: pure, default deny. Knows no token, no source and no GraphQL type.

mod grant;

pub use self::grant::{Clause, Grant, Rows};

/// Who asks, after its token was checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The role's name in the policy, such as `region_analyst`; `public` without a token.
    pub role: Box<str>,
    /// The code in the role's scope claim, such as `JZ36`, where the role has one.
    pub scope: Option<Box<str>>,
    /// The consumer's organisation: the scope claim, else the claim `organisation`; empty for `public`.
    pub organisation: Box<str>,
    /// What the rows are used for; none for `public`.
    pub purpose: Option<Box<str>>,
}
