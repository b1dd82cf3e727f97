//! Another gateway, as a node knows it: a key that both share, and questions as it would ask them. Also one who listens
//! on the way between both.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use regiograph::{
    secret_file::key_from_text,
    source::{
        Failure, Select,
        node::{
            link::{As, Link, Message},
            wire::{Answer, Ask, CREDENTIAL_HEADER, PATH, PROTOCOL, PROTOCOL_HEADER, Question, Told},
        },
    },
};
use reqwest::{Client, RequestBuilder};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::gateway::{Gateway, Reply};

/// The key that a gateway and a node share in tests.
pub const KEY: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f";

/// A key file in a folder, which no one but its owner may read.
#[must_use]
pub fn key_file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("link.key");
    if !path.exists() {
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = file.expect("the folder takes files");
        file.write_all(text.as_bytes()).expect("the file takes a key");
    }
    path
}

/// A gateway that asks a node, made by hand.
pub struct Asking<'n> {
    /// The node.
    pub node: &'n Gateway,
    /// How it calls itself.
    pub name: &'static str,
    /// What it shares with the node.
    pub link: Link,
}

impl<'n> Asking<'n> {
    /// The gateway `national`, with the key of the tests.
    #[must_use]
    pub fn of(node: &'n Gateway) -> Self {
        Self::with(node, KEY)
    }

    /// The same with another key.
    #[must_use]
    pub fn with(node: &'n Gateway, key: &str) -> Self {
        let link = Link::from_key(&key_from_text(key).expect("tests write keys"));
        Self { node, name: "national", link }
    }

    /// A question about a source.
    #[must_use]
    pub fn question(&self, source: &str, ask: Ask) -> Vec<u8> {
        let within = Duration::from_secs(5);
        let question = Question { source: source.into(), ask, relates: false, vouched: Vec::new(), within };
        question.write(self.link.youths()).expect("tests ask what can be asked")
    }

    /// A credential for a message, made now.
    #[must_use]
    pub fn credential(&self, body: &[u8], authorization: Option<&str>, kind: As) -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let mut number = [0; 16];
        number[..8].copy_from_slice(&NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        self.link.sign(self.name, &Message { body, authorization, kind, through: &[] }, number, self.node.now())
    }

    /// A request with this credential, on behalf of whoever shows this.
    pub fn request(&self, body: &[u8], authorization: Option<&str>, credential: &str) -> RequestBuilder {
        let address = self.node.url().replace("/graphql", PATH);
        let request = self.node.client().post(address).body(body.to_vec()).header(PROTOCOL_HEADER, PROTOCOL);
        let request = request.header(CREDENTIAL_HEADER, credential);
        match authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }

    /// The answer to a question, whatever its status.
    pub async fn ask(&self, body: &[u8], authorization: Option<&str>, kind: As) -> Reply {
        let credential = self.credential(body, authorization, kind);
        self.node.send(self.request(body, authorization, &credential)).await
    }

    /// What is told to a question, whatever it is.
    pub async fn told(&self, source: &str, ask: Ask, authorization: Option<&str>) -> Result<Told, Failure> {
        let reply = self.ask(&self.question(source, ask.clone()), authorization, As::Someone).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        Answer::read(reply.text.as_bytes(), &ask, self.link.youths()).told
    }

    /// The answer to a question about rows.
    pub async fn rows(&self, source: &str, select: Select, authorization: Option<&str>) -> Result<Told, Failure> {
        self.told(source, Ask::Rows(Arc::new(select)), authorization).await
    }
}

/// What to do with the answers of a node on their way.
type Change = Box<dyn Fn(String) -> String + Send + Sync>;

/// Stands between a gateway and a node, and hears all that they say to each other.
pub struct Listener {
    /// Its address, which the gateway takes for the node's.
    pub url: String,
    node: Arc<OnceLock<String>>,
    heard: Arc<Mutex<Vec<(String, String)>>>,
    server: JoinHandle<()>,
}

struct Between {
    client: Client,
    node: Arc<OnceLock<String>>,
    heard: Arc<Mutex<Vec<(String, String)>>>,
    change: Change,
}

impl Listener {
    /// Hears what is said to the node at this address.
    pub async fn before(node: &str) -> Self {
        Self::changing(node, |answer| answer).await
    }

    /// One who is there before the node is: [`Listener::lead_to`] says where that is.
    pub async fn before_any() -> Self {
        Self::between(Arc::default(), |answer| answer).await
    }

    /// Says where the node is.
    pub fn lead_to(&self, node: &Gateway) {
        let _ = self.node.set(node.url().replace("/graphql", ""));
    }

    /// The same, where answers come changed.
    pub async fn changing(node: &str, change: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        Self::between(Arc::new(node.to_owned().into()), change).await
    }

    async fn between(node: Arc<OnceLock<String>>, change: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let between = Between {
            client: Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client"),
            node: Arc::clone(&node),
            heard: Arc::clone(&heard),
            change: Box::new(change),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        let router = Router::new().fallback(pass).with_state(Arc::new(between));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, node, heard, server }
    }

    /// All questions and their answers, as they travelled.
    #[must_use]
    pub fn heard(&self) -> Vec<(String, String)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(between): State<Arc<Between>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("questions come whole");
    let node = between.node.get().expect("the test has said where the node is");
    let address = format!("{node}{}", head.uri.path());
    let mut headers = head.headers;
    for name in ["host", "content-length", "accept-encoding"] {
        headers.remove(name);
    }
    let sent = between.client.request(head.method, address).headers(headers).body(body.clone()).send().await;
    let answer = sent.expect("the node is there");
    let (status, version) = (answer.status(), answer.headers().get(PROTOCOL_HEADER).cloned());
    let text = (between.change)(answer.text().await.expect("answers are texts"));
    let said = (String::from_utf8_lossy(&body).into_owned(), text.clone());
    between.heard.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    if let Some(version) = version {
        response = response.header(PROTOCOL_HEADER, version);
    }
    response.body(Body::from(text)).expect("it is an answer")
}
