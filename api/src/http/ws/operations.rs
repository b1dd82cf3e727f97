//! The operations of one WebSocket: those that run and those that wait, by the client's ids. Dropped, all are cancelled.

use std::collections::{HashMap, VecDeque};
use std::future::Future;

use tokio::task::{AbortHandle, JoinSet};

use crate::graphql::{Reply, Request};
use crate::http::refusal::Refusal;

/// What became of an operation.
pub(super) type Outcome = Result<Reply, Refusal>;

/// Operations that have not ended.
#[derive(Debug, Default)]
pub(super) struct Operations {
    running: JoinSet<(u64, String, Outcome)>,
    waiting: VecDeque<Waiting>,
    /// The bytes of the messages that wait.
    waiting_bytes: usize,
    active: HashMap<String, Active>,
    /// How many were started: an id may come again, a number does not.
    started: u64,
}

#[derive(Debug)]
struct Waiting {
    id: String,
    request: Request,
    bytes: usize,
}

#[derive(Debug)]
enum Active {
    Waiting,
    Running(u64, AbortHandle),
}

impl Operations {
    /// Is there one with this id that has not ended?
    pub(super) fn holds(&self, id: &str) -> bool {
        self.active.contains_key(id)
    }

    /// Has every operation ended?
    pub(super) fn is_empty(&self) -> bool {
        self.active.is_empty() && self.running.is_empty()
    }

    /// How many run, among them those that are being cancelled.
    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    /// How many wait, and how many bytes their messages had.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.waiting.len(), self.waiting_bytes)
    }

    /// Puts one last in the row. Its message had so many bytes.
    pub(super) fn enqueue(&mut self, id: String, request: Request, bytes: usize) {
        self.active.insert(id.clone(), Active::Waiting);
        self.waiting_bytes += bytes;
        self.waiting.push_back(Waiting { id, request, bytes });
    }

    /// Takes the first of the row out, to be started.
    pub(super) fn dequeue(&mut self) -> Option<(String, Request)> {
        let Waiting { id, request, bytes } = self.waiting.pop_front()?;
        self.waiting_bytes -= bytes;
        Some((id, request))
    }

    /// Starts one.
    pub(super) fn start(&mut self, id: String, work: impl Future<Output = Outcome> + Send + 'static) {
        self.started += 1;
        let (number, name) = (self.started, id.clone());
        let running = self.running.spawn(async move { (number, name, work.await) });
        self.active.insert(id, Active::Running(number, running));
    }

    /// Cancels one; an id that is not active says nothing. Did it wait?
    pub(super) fn cancel(&mut self, id: &str) -> bool {
        let active = self.active.remove(id);
        let waited = matches!(active, Some(Active::Waiting));
        match active {
            Some(Active::Running(_, running)) => running.abort(),
            Some(Active::Waiting) => {
                let bytes = &mut self.waiting_bytes;
                self.waiting.retain(|waiting| {
                    let stays = waiting.id != id;
                    *bytes -= if stays { 0 } else { waiting.bytes };
                    stays
                });
            }
            None => {}
        }
        waited
    }

    /// The next one that ends, with its id; none where it was cancelled. May be dropped and asked again; while none
    /// runs, it waits.
    pub(super) async fn ended(&mut self) -> Option<(String, Outcome)> {
        let ended = match self.running.join_next().await {
            Some(ended) => ended,
            None => std::future::pending().await,
        };
        let (number, id, outcome) = ended.ok()?;
        match self.active.get(&id) {
            Some(Active::Running(active, _)) if *active == number => {
                self.active.remove(&id);
                Some((id, outcome))
            }
            _ => None,
        }
    }
}
