//! This gateway as a node: what other gateways may ask of its sources, each on behalf of its own callers. Every question
//! is held to what this gateway's policy grants that caller, whatever the other's policy says. Knows no HTTP.

mod answer;
mod audited;
mod whom;

use std::{path::Path, sync::Arc};

use self::answer::Hearing;
use crate::{
    clock::Clock,
    graphql::Gateway,
    opaque::GatewayId,
    policy::{Caller, Token},
    secret_file::NoKey,
    source::node::link::{Link, Sent, gateway_of},
};

/// Another gateway that may ask here.
#[derive(Debug)]
pub struct Listed {
    /// How it calls itself.
    pub name: Box<str>,
    /// The sources that it may ask, by their names here.
    pub sources: Vec<Box<str>>,
    /// Is its word taken for who stands in a care relation?
    pub vouches_for_relations: bool,
    /// May it read rows for releases?
    pub releases: bool,
    link: Arc<Link>,
}

/// What answers other gateways.
#[derive(Clone)]
pub struct Node {
    gateway: Arc<Gateway>,
    listed: Arc<[Listed]>,
    clock: Clock,
}

/// Whom a question is asked for.
#[derive(Debug)]
pub enum Asker {
    /// A caller, with the token that it showed.
    Caller(Caller, Option<Token>),
    /// No one: releases are made of what comes back.
    Release,
}

/// The question is not one that this gateway may ask here. What it is that it may not is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the question is not one that may be asked here")]
pub struct Refused;

impl Listed {
    /// A gateway that shares the key in a file, and may ask nothing yet.
    ///
    /// # Errors
    /// Why the file holds no key.
    pub fn from_file(name: &str, path: &Path) -> Result<Self, NoKey> {
        Ok(Self {
            name: name.into(),
            sources: Vec::new(),
            vouches_for_relations: false,
            releases: false,
            link: Arc::new(Link::from_file(path)?),
        })
    }

    /// Is it known by the key of this link?
    #[must_use]
    pub fn has_key_of(&self, link: &Link) -> bool {
        self.link.has_key_of(link)
    }

    /// Is it known by the key of another gateway?
    #[must_use]
    pub fn shares_key_with(&self, other: &Self) -> bool {
        self.has_key_of(&other.link)
    }

    /// The same gateway as before, where it is: what it showed already stays known, so that nobody shows it again.
    fn renewed(mut self, before: &[Self]) -> Self {
        if let Some(same) = before.iter().find(|it| it.name == self.name && it.link.has_key_of(&self.link)) {
            self.link = Arc::clone(&same.link);
        }
        self
    }
}

impl Node {
    /// What answers these gateways from the sources of this one; nothing where there are none. `before` is what answered
    /// them until now.
    #[must_use]
    pub fn new(gateway: &Arc<Gateway>, listed: Vec<Listed>, clock: Clock, before: Option<&Self>) -> Option<Self> {
        let before = before.map_or(&[][..], |node| &node.listed);
        let listed: Arc<[Listed]> = listed.into_iter().map(|it| it.renewed(before)).collect();
        (!listed.is_empty()).then(|| Self { gateway: Arc::clone(gateway), listed, clock })
    }

    /// The gateway whose credential it is, of now. Whether it was made for this question [`Node::verify`] says.
    #[must_use]
    pub fn named(&self, credential: &str) -> Option<&Listed> {
        let name = gateway_of(credential)?;
        let listed = self.listed.iter().find(|it| *it.name == *name)?;
        listed.link.is_of(&name, credential, self.clock.now()).then_some(listed)
    }

    /// As what, and over whom, a gateway asks with this credential: body and `Authorization` are those that it was made for.
    ///
    /// # Errors
    /// Where the credential does not hold, or was shown before.
    pub fn verify(
        &self,
        listed: &Listed,
        credential: &str,
        (body, authorization): (&[u8], Option<&str>),
    ) -> Result<Sent, Refused> {
        let sent = listed.link.verify(&listed.name, credential, (body, authorization), self.clock.now());
        sent.map_err(|_| Refused)
    }

    /// The answer to a question that came over these gateways, as a body.
    ///
    /// # Errors
    /// Where the gateway may not ask for that, whoever its caller is.
    pub async fn answer(
        &self,
        listed: &Listed,
        (asker, through): (Asker, &[GatewayId]),
        body: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let (now, through) = (self.clock.now(), through.into());
        Hearing { parts: self.gateway.parts(), listed, asker, through, now }.answer(body).await
    }
}
