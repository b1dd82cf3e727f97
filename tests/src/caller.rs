//! Who asks, as tests say it: a role, and for whom it is held.

/// A caller whose token is made when it asks; `public` asks without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct As {
    /// The role's name in the policy.
    pub role: String,
    /// The code in the role's claim.
    pub scope: Option<String>,
    /// What the rows are used for.
    pub purpose: String,
    /// The organisation, for roles without a claim.
    pub organisation: Option<String>,
}

impl As {
    /// Someone without a token.
    #[must_use]
    pub fn public() -> Self {
        Self::role("public")
    }

    /// A role that needs no claim.
    #[must_use]
    pub fn role(role: &str) -> Self {
        Self { role: role.to_owned(), scope: None, purpose: "monitoring".to_owned(), organisation: None }
    }

    /// The role held for this region, provider ...
    #[must_use]
    pub fn of(mut self, code: &str) -> Self {
        self.scope = Some(code.to_owned());
        self
    }

    /// For another purpose than monitoring.
    #[must_use]
    pub fn for_purpose(mut self, purpose: &str) -> Self {
        self.purpose = purpose.to_owned();
        self
    }

    /// In the name of an organisation.
    #[must_use]
    pub fn at(mut self, organisation: &str) -> Self {
        self.organisation = Some(organisation.to_owned());
        self
    }
}
