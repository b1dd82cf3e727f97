//! The gateway under test: started in this process, with a clock and keys of the test's own, and asked over HTTP.

mod reply;
mod setup;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use regiograph::{
    app::{App, commands::subgraph_sdl},
    audit,
    auth::{DemoIssuer, Wanted},
    federation::Sources,
    graphql::{
        Request,
        model::{Field, Type},
    },
    http::{self, Gateway as _},
    policy::{Caller, Policy, Token},
    release::{Issue, Made, Period, Releases, Secret},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

pub use self::{
    reply::Reply,
    setup::{Listing, Setup, SourceSetup},
};
use crate::{caller::As, node::Listener, place::Place};

/// A gateway that answers until it is dropped.
pub struct Gateway {
    folder: tempfile::TempDir,
    address: String,
    client: Client,
    issuer: DemoIssuer,
    policy: Policy,
    now: Arc<Mutex<DateTime<Utc>>>,
    app: Arc<App>,
    server: JoinHandle<()>,
    places: HashMap<String, Place>,
    nodes: HashMap<String, Node>,
    log: audit::Settings,
}

impl Gateway {
    /// A gateway over these sources, started with nothing else to say.
    pub async fn over(sources: impl IntoIterator<Item = SourceSetup>) -> Self {
        Setup::of(sources).start().await
    }

    /// The answer to a query.
    pub async fn ask(&self, caller: &As, query: &str) -> Reply {
        self.ask_with(caller, query, json!({})).await
    }

    /// The answer to a query with variables.
    pub async fn ask_with(&self, caller: &As, query: &str, variables: Value) -> Reply {
        self.send(self.post(caller).json(&json!({ "query": query, "variables": variables }))).await
    }

    /// A POST by a caller, yet without a body.
    pub fn post(&self, caller: &As) -> RequestBuilder {
        let request = self.client.post(self.url());
        match self.token(caller) {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Any request, for tests of HTTP itself.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where GraphQL is asked.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// What `/metrics` tells, at its own address.
    pub async fn metrics(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let router = http::metrics_router(Arc::clone(&self.app) as Arc<dyn http::Gateway>);
        let server = tokio::spawn(async move { http::serve(listener, router, std::future::pending()).await });
        let reply = self.send(self.client.get(format!("http://{address}/metrics"))).await;
        server.abort();
        assert_eq!(reply.status, 200);
        reply.text
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        Reply::of(request.send().await.expect("the gateway answers")).await
    }

    /// A token made now; none for the public.
    #[must_use]
    pub fn token(&self, caller: &As) -> Option<String> {
        let role = self.policy.role(&caller.role).expect("tests name roles that there are");
        let scope = role.claim.zip(caller.scope.as_deref());
        let wanted = Wanted {
            role: &caller.role,
            scopes: scope.as_slice(),
            organisation: caller.organisation.as_deref(),
            purpose: &caller.purpose,
            ttl: Duration::from_secs(3600),
        };
        let token = || self.issuer.token(&wanted, &self.policy, &|_, _| true, &setup::random);
        (caller.role != "public").then(|| token().expect("tests ask for tokens that there are"))
    }

    /// Signs any claims with the issuer's own key.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        let key = EncodingKey::from_ed_pem(self.issuer_key().as_bytes()).expect("the issuer's key is Ed25519");
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &key).expect("claims can be signed")
    }

    /// The schema of a caller, as the command `sdl` prints it.
    #[must_use]
    pub fn sdl(&self, caller: &As) -> String {
        let access = self.app.gateway().access(&self.caller(caller)).expect("every caller has a schema");
        access.schema.schema.sdl()
    }

    /// The subgraph of all roles, as the command `sdl` prints it.
    #[must_use]
    pub fn subgraph(&self) -> String {
        subgraph_sdl(self.app.gateway()).expect("the union of all roles has a schema")
    }

    /// The schema that a caller sees in outline: for each type one line with the names that it has, in order.
    #[must_use]
    pub fn outline(&self, caller: &As) -> Vec<String> {
        let access = self.app.gateway().access(&self.caller(caller)).expect("every caller has a schema");
        let mut lines: Vec<String> = access.schema.model.types.values().map(outline).collect();
        lines.sort_unstable();
        lines
    }

    /// How a query would be answered, as the command `explain` prints it.
    pub async fn explain(&self, caller: &As, query: &str) -> String {
        let token = self.token(caller).map(|token| Token::new(&token));
        let request = Request { query: query.to_owned(), token, ..Request::default() };
        let reply = self.app.gateway().explain(&self.caller(caller), request, self.now(), Some(secret())).await;
        String::from_utf8_lossy(&reply.body).into_owned()
    }

    fn caller(&self, caller: &As) -> Caller {
        let token = self.token(caller).map(|token| format!("Bearer {token}"));
        self.app.authenticate(token.as_deref()).expect("the issuer's own tokens are good")
    }

    /// Makes the releases of these periods, all or none, under a secret that is the same in every test.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn release(&self, periods: &[&str]) -> Result<Vec<Made>, String> {
        let periods: Vec<Period> = periods.iter().map(|it| it.parse().expect("tests name periods")).collect();
        self.app.release(&periods, &secret(), 31).await.map_err(|refused| refused.to_string())
    }

    /// Makes the next version of the release of a period.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn revise(&self, period: &str) -> Result<Vec<Made>, String> {
        let period: Period = period.parse().expect("tests name periods");
        let made = self.app.issue(Issue::Revision, &[period], &secret(), 31).await;
        made.map_err(|refused| refused.to_string())
    }

    /// The releases that are served now.
    pub async fn releases(&self) -> Arc<Releases> {
        self.app.releases().releases().await.expect("the store can be read")
    }

    /// The sources as they are configured.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.app.gateway().parts().sources
    }

    /// The issuer's private key in PEM.
    #[must_use]
    pub fn issuer_key(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("issuer.pem")).expect("the issuer's key is in its file")
    }

    /// The file of a source.
    #[must_use]
    pub fn file(&self, source: &str) -> PathBuf {
        setup::file(self.folder.path(), source)
    }

    /// Where a source has its rows.
    #[must_use]
    pub fn place(&self, source: &str) -> &Place {
        &self.places[source]
    }

    /// The node that has a source.
    #[must_use]
    pub fn node(&self, source: &str) -> &Gateway {
        &self.nodes[source].gateway
    }

    /// The same, to change it.
    pub fn node_mut(&mut self, source: &str) -> &mut Gateway {
        &mut self.nodes.get_mut(source).expect("the source is at a node").gateway
    }

    /// Who listens between the gateway and the node that has a source.
    #[must_use]
    pub fn listener(&self, source: &str) -> &Listener {
        self.nodes[source].listener.as_ref().expect("the test wants to hear")
    }

    /// Stops the node that has a source.
    pub fn stop_node(&mut self, source: &str) {
        self.nodes.remove(source);
    }

    /// The file of the gateway's own store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    /// Where its audit log is, where it keeps one.
    #[must_use]
    pub fn log(&self) -> &audit::Settings {
        &self.log
    }

    /// The folder of all files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What time it is for the gateway.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass for the gateway.
    pub fn wait(&self, seconds: i64) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += TimeDelta::seconds(seconds);
    }
}

/// A node of a source of the gateway, and who listens on the way there.
struct Node {
    gateway: Gateway,
    listener: Option<Listener>,
}

/// The disclosure secret of every gateway under test.
fn secret() -> Arc<Secret> {
    Arc::new(Secret::new(&std::array::from_fn(|place| place as u8)))
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn outline(ty: &Type) -> String {
    let field = |field: &Field| {
        let args: Vec<_> = field.args.iter().map(|arg| arg.name.as_str()).collect();
        if args.is_empty() { field.name.clone() } else { format!("{}({})", field.name, args.join(" ")) }
    };
    let (name, names): (_, Vec<String>) = match ty {
        Type::Object(object) | Type::Interface(object) | Type::Union(object) => {
            (&object.name, object.fields.values().map(field).collect())
        }
        Type::Enum(list) => (&list.name, list.values.keys().cloned().collect()),
        Type::Input(input) => (&input.name, input.fields.keys().cloned().collect()),
        Type::Scalar(scalar) => (&scalar.name, Vec::new()),
    };
    format!("{name}: {}", names.join(" "))
}
