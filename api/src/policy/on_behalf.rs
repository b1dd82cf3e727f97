//! On whose behalf a question is asked, for sources that find out for themselves what that someone may see. A question to
//! nobody's name is the default, and such a source answers none. Sealed: what is in it is seen in no log and told apart by
//! no hash; only a source that hands it on opens it.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use entities::Datum;

use super::Caller;
use crate::opaque::GatewayId;

/// What a caller showed to say who it is: the bearer token, as it came. Never seen in a log, and of no use here but to be handed on.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Arc<str>);

/// On whose behalf a question is asked, and over which other gateways it came here.
#[derive(Clone, Default)]
pub struct OnBehalf(Behind, Arc<[GatewayId]>);

#[derive(Clone, Default)]
enum Behind {
    #[default]
    Nobody,
    Someone(Arc<Someone>),
    Release,
}

/// Someone who asks, as a source is told of it that finds out for itself what may be seen.
#[derive(Clone)]
pub struct Someone {
    asker: Caller,
    token: Option<Token>,
    vouched: Vec<(Box<str>, Arc<[Datum]>)>,
    relates: bool,
}

/// What stands in [`OnBehalf`], for the source that hands it on.
pub enum Opened<'o> {
    /// Nobody: the question is not to be asked.
    Nobody,
    /// Someone, perhaps without a token.
    Someone(&'o Someone),
    /// No one: protected tables are made of what comes back.
    Release,
}

impl Token {
    /// The token, without the word `Bearer`.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }
}

impl OnBehalf {
    /// On behalf of a caller that showed this token, or none.
    #[must_use]
    pub fn caller(caller: &Caller, token: Option<Token>) -> Self {
        let someone = Someone { asker: caller.clone(), token, vouched: Vec::new(), relates: false };
        Self(Behind::Someone(Arc::new(someone)), Arc::default())
    }

    /// For a release. Only `release` may ask so: a grant for one says it.
    pub(crate) fn release() -> Self {
        Self(Behind::Release, Arc::default())
    }

    /// For `check`, which tells of numbers of rows and of days alone. Who lets rows be read for releases lets them be
    /// looked at, too.
    pub(crate) fn inspection() -> Self {
        Self(Behind::Release, Arc::default())
    }

    /// The same, of a question that came over these gateways.
    #[must_use]
    pub(crate) fn through(self, gateways: &Arc<[GatewayId]>) -> Self {
        Self(self.0, Arc::clone(gateways))
    }

    /// The gateways that the question came over, the nearest last; none where it was asked here.
    #[must_use]
    pub fn came_through(&self) -> &[GatewayId] {
        &self.1
    }

    /// The same, where these youths are known to stand in a care relation, by its name.
    #[must_use]
    pub(crate) fn vouching(self, relation: &str, youths: &Arc<[Datum]>) -> Self {
        let Behind::Someone(mut someone) = self.0 else { return self };
        Arc::make_mut(&mut someone).vouched.push((relation.into(), Arc::clone(youths)));
        Self(Behind::Someone(someone), self.1)
    }

    /// The same, to find out which youths stand in a care relation of the caller: the first step of a plan.
    #[must_use]
    pub(crate) fn relating(&self) -> Self {
        let Behind::Someone(mut someone) = self.0.clone() else { return self.clone() };
        Arc::make_mut(&mut someone).relates = true;
        Self(Behind::Someone(someone), Arc::clone(&self.1))
    }

    /// Is the question asked on behalf of nobody?
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        matches!(self.0, Behind::Nobody)
    }

    /// Who it is, as answers that are kept for a while are told apart by: a source may show one caller what it hides from
    /// another with the same grant here, and read more in a token than is read here. Its token is told apart, too.
    pub(crate) fn whose(&self) -> impl Hash {
        match &self.0 {
            Behind::Someone(someone) => {
                Some((someone.asker.clone(), someone.token.as_ref().map(|it| Arc::clone(&it.0))))
            }
            Behind::Nobody | Behind::Release => None,
        }
    }

    /// What stands in it. Only a source that hands it on has a use for that.
    #[must_use]
    pub fn open(&self) -> Opened<'_> {
        match &self.0 {
            Behind::Nobody => Opened::Nobody,
            Behind::Someone(someone) => Opened::Someone(someone),
            Behind::Release => Opened::Release,
        }
    }
}

impl Someone {
    /// The bearer token, without the word `Bearer`; none where the caller showed none.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| &*token.0)
    }

    /// Is it someone who showed nothing to say so? Then nobody else can know who it is.
    #[must_use]
    pub fn is_unproved(&self) -> bool {
        self.token.is_none() && self.asker != Caller::public()
    }

    /// The youths that are known to stand in care relations of the caller, by the relations' names.
    #[must_use]
    pub fn vouched(&self) -> &[(Box<str>, Arc<[Datum]>)] {
        &self.vouched
    }

    /// Is it asked which youths stand in a care relation of the caller?
    #[must_use]
    pub fn relates(&self) -> bool {
        self.relates
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl fmt::Debug for OnBehalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnBehalf")
    }
}

impl PartialEq for OnBehalf {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for OnBehalf {}

impl Hash for OnBehalf {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_printed_or_told_apart() {
        let named = OnBehalf::caller(&Caller::public(), Some(Token::new("a-secret")));
        let named = named.vouching("wards", &[Datum::from("a youth")].into());
        assert_eq!(format!("{named:?} {:?}", Token::new("a-secret")), "OnBehalf Token");
        assert_eq!(named, OnBehalf::default());
        assert!(OnBehalf::default().is_nobody() && !named.is_nobody());
    }

    #[test]
    fn kept_answers_of_one_token_are_not_those_of_another() {
        let whose = |token: &str| {
            let mut hasher = std::hash::DefaultHasher::new();
            OnBehalf::caller(&Caller::public(), Some(Token::new(token))).whose().hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(whose("one"), whose("one"));
        assert_ne!(whose("one"), whose("another"), "a node may read more in a token than is read here");
    }

    #[test]
    fn what_is_vouched_and_asked_for_reaches_the_source_and_nothing_else() {
        let named = OnBehalf::caller(&Caller::public(), Some(Token::new("a-secret")));
        let relating = named.clone().vouching("wards", &[Datum::from("a youth")].into()).relating();
        let Opened::Someone(someone) = relating.open() else { unreachable!("a caller asks") };
        assert_eq!((someone.token(), someone.relates(), someone.vouched().len()), (Some("a-secret"), true, 1));
        let Opened::Someone(before) = named.open() else { unreachable!("a caller asks") };
        assert!(!before.relates() && before.vouched().is_empty(), "others are left as they were");
        assert!(OnBehalf::default().relating().is_nobody() && matches!(OnBehalf::release().open(), Opened::Release));
    }
}
