//! A source at another Regiograph near the data, which is asked over HTTP on behalf of whoever asks here, and finds out for
//! itself what may be seen. A node that is absent makes the source unavailable, and is tried at the next question.

pub mod exchange;
mod http;
pub mod link;
#[cfg(test)]
mod tests;
pub mod wire;
mod words;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use ::http::Uri;
use entities::Datum;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::Semaphore;

use self::{
    exchange::Exchange,
    http::{Http, Request},
    link::{As, Link, Message},
    wire::{Answer, Ask, Question, Room, Told},
};
use super::{Failure, Inspected, Partial, Records, Select, Source, Tabulate, Terms, resilient::Means};
use crate::{
    opaque::GatewayId,
    outbound::Trust,
    policy::{OnBehalf, Opened, Someone},
    telemetry::{SourceLoad, spawn_blocking},
};

/// How long a node may take to compare its tables with the contract.
const THOROUGH: Duration = Duration::from_secs(60);

/// From this many bytes on an answer is read on a thread of its own.
const LARGE: usize = 256 * 1024;

/// Where a node is, and how it and this gateway know each other.
#[derive(Clone)]
pub struct Node {
    /// The address of its endpoint.
    pub endpoint: Uri,
    /// The source's name at the node.
    pub remote: Box<str>,
    /// How this gateway is called there.
    pub gateway: Box<str>,
    /// Which gateway this is, so that no question comes back to it.
    pub own: GatewayId,
    /// What both share.
    pub link: Arc<Link>,
    /// Whose certificates are taken.
    pub trust: Trust,
    /// Time, and numbers that are used once.
    pub means: Means,
    /// What makes tokens for it, where it is not shown those of callers as they came.
    pub exchange: Option<Arc<dyn Exchange>>,
}

/// A source at a node.
pub(super) struct NodeSource {
    terms: Terms,
    node: Node,
    http: Http,
    turns: Semaphore,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Node(..)")
    }
}

impl Node {
    /// Why there is no connection, in words for those who run the gateway.
    pub async fn why_unreachable(&self, patience: Duration) -> String {
        let http = Http::new(&self.trust, 1);
        tokio::time::timeout(patience, http.why_unreachable(&self.endpoint))
            .await
            .unwrap_or_else(|_| "it does not answer".to_owned())
    }
}

impl NodeSource {
    /// Takes the settings in; opens nothing.
    pub(super) fn open(terms: Terms, node: Node) -> Self {
        let http = Http::new(&node.trust, terms.concurrency);
        Self { turns: Semaphore::new(terms.concurrency), terms, node, http }
    }

    /// Puts a question on this behalf. To nobody's name none is put: a node has to know for whom it finds out.
    async fn ask(&self, ask: Ask, on_behalf: &OnBehalf) -> Result<Told, Failure> {
        match on_behalf.open() {
            Opened::Nobody => Err(Failure::Refused),
            // Without a token it would take them for everyone.
            Opened::Someone(someone) if someone.is_unproved() => Err(Failure::Refused),
            Opened::Someone(someone) => self.ask_as(ask, (As::Someone, on_behalf), Some(someone)).await,
            Opened::Release => self.ask_as(ask, (As::Release, on_behalf), None).await,
        }
    }

    /// The same, where the answer is to be of one kind.
    fn told<T: 'static>(
        &self,
        ask: Ask,
        on_behalf: OnBehalf,
        of_kind: fn(Told) -> Option<T>,
    ) -> BoxFuture<'_, Result<T, Failure>> {
        async move { of_kind(self.ask(ask, &on_behalf).await?).ok_or_else(other) }.boxed()
    }

    async fn ask_as(
        &self,
        ask: Ask,
        (kind, on_behalf): (As, &OnBehalf),
        someone: Option<&Someone>,
    ) -> Result<Told, Failure> {
        let began = Instant::now();
        let _turn = self.turns.acquire().await.map_err(|_| Failure::Busy)?;
        let left = match &ask {
            Ask::Check(_) => THOROUGH,
            _ => self.terms.deadline().saturating_sub(began.elapsed()),
        };
        // The node is to say itself who of its own did not answer in time.
        let within = left - left / 10;
        let relates = someone.is_some_and(Someone::relates);
        let vouched = someone.map(|it| it.vouched().to_vec()).unwrap_or_default();
        let question = Question { source: self.node.remote.clone(), ask, relates, vouched, within };
        let authorization = self.shown(someone, self.terms.deadline()).await?;
        let body = self.put(&question, (kind, on_behalf.came_through()), authorization.as_deref()).await?;
        let (ask, link) = (question.ask, Arc::clone(&self.node.link));
        if body.len() < LARGE {
            return Answer::read(&body, &ask, link.youths()).told;
        }
        let read = spawn_blocking(move || Answer::read(&body, &ask, link.youths()).told).await;
        read.unwrap_or_else(|_| Err(Failure::Malformed("its answer could not be read".to_owned())))
    }

    /// What the node is shown of who asks: the caller's token, or one that was made for the node.
    async fn shown(&self, someone: Option<&Someone>, within: Duration) -> Result<Option<String>, Failure> {
        let Some(token) = someone.and_then(Someone::token) else { return Ok(None) };
        let Some(exchange) = &self.node.exchange else { return Ok(Some(format!("Bearer {token}"))) };
        let made = tokio::time::timeout(within, exchange.exchanged(token)).await;
        Ok(Some(format!("Bearer {}", made.unwrap_or(Err(Failure::TimedOut(within)))?)))
    }

    /// Sends a question with the gateway's credential, and takes in the bytes of the answer.
    async fn put(
        &self,
        question: &Question,
        (kind, came_through): (As, &[GatewayId]),
        authorization: Option<&str>,
    ) -> Result<Vec<u8>, Failure> {
        let Node { link, means, gateway, own, endpoint, .. } = &self.node;
        let body = question.write(link.youths())?;
        if body.len() > wire::QUESTION_MOST {
            return Err(Failure::Malformed("the question is too long for a node".to_owned()));
        }
        let mut number = [0; 16];
        (means.random)(&mut number).map_err(|_| Failure::Malformed("this gateway has no randomness".to_owned()))?;
        let through: Vec<_> = came_through.iter().copied().chain([*own]).collect();
        let message = Message { body: &body, authorization, kind, through: &through };
        let room = Room::of(&question.ask);
        let credential = link.sign(gateway, &message, number, means.clock.now());
        self.http.put(endpoint, Request { body, authorization, credential: &credential, room }).await
    }
}

/// It answered something else than what it was asked.
fn other() -> Failure {
    Failure::Malformed("an answer to another question".to_owned())
}

impl Source for NodeSource {
    fn is_remote(&self) -> bool {
        true
    }

    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        let on_behalf = select.on_behalf.clone();
        self.told(Ask::Rows(select), on_behalf, |told| match told {
            Told::Rows(records) => Some(records),
            _ => None,
        })
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        let on_behalf = select.on_behalf.clone();
        self.told(Ask::Count(select), on_behalf, |told| match told {
            Told::Count(count) => Some(count),
            _ => None,
        })
    }

    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        let on_behalf = select.on_behalf.clone();
        self.told(Ask::Counts(select), on_behalf, |told| match told {
            Told::Counts(counts) => Some(counts),
            _ => None,
        })
    }

    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        let on_behalf = tabulate.select.on_behalf.clone();
        self.told(Ask::Table(tabulate), on_behalf, |told| match told {
            Told::Table(table) => Some(table),
            _ => None,
        })
    }

    fn explain(&self, select: &Select) -> String {
        words::rows(&self.node.remote, select)
    }

    fn explain_table(&self, tabulate: &Tabulate) -> String {
        words::table(&self.node.remote, tabulate)
    }

    fn load(&self) -> SourceLoad {
        let in_use = self.terms.concurrency - self.turns.available_permits();
        SourceLoad { in_use: Some(in_use), most: Some(self.terms.concurrency), ..SourceLoad::default() }
    }

    /// Asked by whoever runs this gateway, and for no caller.
    fn check(&self, on_behalf: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        let datasets = self.terms.datasets.iter().map(|(dataset, _)| *dataset).collect();
        self.told(Ask::Check(datasets), on_behalf, |told| match told {
            Told::Check(inspected) => Some(inspected),
            _ => None,
        })
    }
}
