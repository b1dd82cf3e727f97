//! Who a caller is by name: what its issuer calls it. For the audit log alone: no right and no cache depends on it, so it
//! is told apart by no comparison and no hash, and nothing prints it.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// The issuer of a token, what it calls whom the token is about, and the program that asked for it.
#[derive(Clone, Default)]
pub struct Subject(Option<Arc<Named>>);

struct Named {
    issuer: Box<str>,
    id: Box<str>,
    client: Option<Box<str>>,
}

impl Subject {
    /// A subject by the claim `sub` of this issuer, and the client by the claim `azp` where the token names one.
    #[must_use]
    pub fn new(issuer: &str, id: &str, client: Option<&str>) -> Self {
        Self(Some(Arc::new(Named { issuer: issuer.into(), id: id.into(), client: client.map(Into::into) })))
    }

    /// The claim `iss`; none without a token. Two issuers may call two people the same.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.0.as_ref().map(|named| &*named.issuer)
    }

    /// The claim `sub`; none without a token.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.as_ref().map(|named| &*named.id)
    }

    /// The program that asked for the token, such as a BI tool: the claim `azp`, where the token has one.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.0.as_ref().and_then(|named| named.client.as_deref())
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject")
    }
}

impl PartialEq for Subject {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Subject {}

impl Hash for Subject {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Caller;

    #[test]
    fn a_name_is_neither_printed_nor_told_apart() {
        let one =
            Caller { subject: Subject::new("https://one.example", "jansen", Some("dashboard")), ..Caller::public() };
        let other = Caller { subject: Subject::new("https://two.example", "de-vries", None), ..Caller::public() };
        let hash = |caller: &Caller| {
            let mut hasher = std::hash::DefaultHasher::new();
            caller.hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!((&one, hash(&one)), (&other, hash(&other)), "no right and no cache depends on who it is");
        assert!(!format!("{one:?}{other:?}").contains("jansen"), "nothing prints it");
        assert_eq!((one.subject.id(), one.subject.client()), (Some("jansen"), Some("dashboard")));
        assert_eq!(one.subject.issuer(), Some("https://one.example"));
        assert_eq!((other.subject.client(), Caller::public().subject.id()), (None, None));
    }
}
