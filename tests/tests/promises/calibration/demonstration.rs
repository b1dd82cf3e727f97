//! The demonstration, made and started once for all tests, asked over HTTP; and its files, for what no role is shown.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use regiograph::{
    app::{
        App, Foundation, World,
        commands::{self, Who},
    },
    config::Config,
    http,
    policy::Policy,
    release::{Period, Secret},
};
use reqwest::Client;
use rusqlite::{Connection, OpenFlags, types::FromSql};
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

/// The demonstration while it answers.
pub(crate) struct Demonstration {
    runtime: Runtime,
    foundation: Foundation,
    app: Arc<App>,
    address: String,
    client: Client,
}

/// The one of this run; its folder lies under the build's own and is made anew.
pub(crate) static DEMONSTRATION: LazyLock<Demonstration> = LazyLock::new(|| Demonstration::start("calibration"));

impl Demonstration {
    /// One of its own, in a folder of this name.
    pub(crate) fn start(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("an earlier run's folder can be removed");
        }
        fs::create_dir_all(&folder).expect("there is room for a folder");
        let config = Config::within(&folder);
        let foundation =
            Foundation { file: None, config, demonstration: true, policy: Policy::embedded(), world: World::real() };
        let runtime = Runtime::new().expect("there is a runtime");
        let setup = foundation.setup().expect("the demonstration can be made");
        let (app, address) = runtime.block_on(async {
            let app = App::start(setup).await.expect("the demonstration starts");
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
            let address = format!("http://{}", listener.local_addr().expect("a listener has an address"));
            let router = http::router(Arc::clone(&app) as Arc<dyn http::Gateway>);
            tokio::spawn(http::serve(listener, router, std::future::pending()));
            (app, address)
        });
        let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
        Self { runtime, foundation, app, address, client }
    }

    /// Makes the releases of some periods.
    pub(crate) fn release(&self, periods: &[&str]) {
        let periods: Vec<Period> = periods.iter().map(|it| it.parse().expect("tests name periods")).collect();
        let secret = Arc::new(Secret::new(&std::array::from_fn(|place| place as u8)));
        let made = self.runtime.block_on(self.app.release(&periods, &secret, 31));
        assert_eq!(made.expect("its sources answer").len(), periods.len());
    }

    /// The data of the answer to a role's query; no source is missing in it.
    pub(crate) fn ask(&self, who: &Who, query: &str) -> Value {
        self.runtime.block_on(async {
            let mut request = self.client.post(format!("{}/graphql", self.address)).json(&json!({ "query": query }));
            if who.role != "public" {
                let token = commands::token(&self.foundation, who, Duration::from_secs(60)).await;
                request = request.bearer_auth(token.expect("the role is one of tokens"));
            }
            let answer = request.send().await.expect("the gateway answers");
            let answer: Value = answer.json().await.expect("answers are JSON");
            assert!(answer["errors"].is_null() && answer["extensions"]["partial"].is_null(), "{}: {answer}", who.role);
            answer["data"].clone()
        })
    }

    /// Whom the playground offers to ask as.
    pub(crate) fn personas(&self) -> Vec<Value> {
        let address = format!("{}/playground/roles", self.address);
        self.runtime.block_on(async {
            let answer = self.client.get(address).send().await.expect("the gateway answers");
            let personas: Value = answer.json().await.expect("answers are JSON");
            personas.as_array().cloned().expect("the playground offers roles")
        })
    }

    /// The whole answer to a query as one of those.
    pub(crate) fn ask_as(&self, persona: &Value, query: &str) -> Value {
        self.runtime.block_on(async {
            let request = self.client.post(format!("{}/graphql", self.address)).json(&json!({ "query": query }));
            let request = match persona["token"].as_str() {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            request.send().await.expect("the gateway answers").json().await.expect("answers are JSON")
        })
    }

    /// How many rows of a list a role is shown.
    pub(crate) fn count(&self, who: &Who, list: &str, filter: &str) -> i64 {
        let data = self.ask(who, &format!("{{ {list}(first: 1, filter: {filter}) {{ totalCount }} }}"));
        data[list]["totalCount"].as_i64().expect("all sources answered")
    }

    /// The rows of a list that a role is shown.
    pub(crate) fn rows(&self, who: &Who, list: &str, filter: &str, fields: &str) -> Vec<Value> {
        let query = format!("{{ {list}(first: 1000, filter: {filter}) {{ totalCount nodes {{ {fields} }} }} }}");
        let data = self.ask(who, &query);
        let rows = data[list]["nodes"].as_array().cloned().unwrap_or_default();
        assert_eq!(Some(rows.len() as u64), data[list]["totalCount"].as_u64(), "one page holds them all");
        rows
    }

    /// A column of what a statement gives over the files of all sources of a kind, such as `provider`.
    pub(crate) fn read<T: FromSql>(&self, kind: &str, statement: &str) -> Vec<T> {
        let mut values = Vec::new();
        for file in self.files(kind) {
            let open = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY);
            let connection = open.expect("a source's file opens");
            let mut statement = connection.prepare(statement).expect("the files have the contract's tables");
            let rows = statement.query_map([], |row| row.get(0)).expect("the files have the contract's tables");
            values.extend(rows.map(|it| it.expect("the column is of that type")));
        }
        values
    }

    fn files(&self, kind: &str) -> Vec<PathBuf> {
        let folder = self.foundation.config.data_dir.join("sources");
        let entries = fs::read_dir(folder).expect("the sources were made").flatten().map(|it| it.path());
        let name = |path: &Path| path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(kind));
        entries.filter(|path| name(path)).collect()
    }
}
