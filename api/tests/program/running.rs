//! The program in a process of its own, over one made-up source.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use regiograph::{
    app::{
        Foundation, World,
        commands::{self, Who},
    },
    demo::{Generate, generate},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// What is asked; the day and the operation's name stand in no log, measure or trace.
pub(crate) const QUERY: &str = "query Secret { viewer { role } \
    placements(first: 2, filter: { startedOn: { gte: \"2001-02-03\" } }) { totalCount nodes { id } } }";

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Running {
    _folder: tempfile::TempDir,
    pub(crate) config: PathBuf,
    pub(crate) url: String,
    pub(crate) client: Client,
    token: String,
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// Starts it with this before the sources of its configuration, and these variables in its environment.
pub(crate) async fn start(before: &str, environment: &[(&str, &str)]) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 40, whole: false }).unwrap();
    let sources = fs::read_to_string(&made.config).unwrap();
    let sources = &sources[sources.find("[[source]]").unwrap()..];
    fs::write(&made.config, format!("listen = \"127.0.0.1:0\"\n{before}\n{sources}")).unwrap();
    start_in(folder, environment).await
}

/// Starts it with the configuration in this folder.
pub(crate) async fn start_in(folder: tempfile::TempDir, environment: &[(&str, &str)]) -> Running {
    let config = folder.path().join("regiograph.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_regiograph"));
    command.arg("--config").arg(&config).envs(environment.iter().copied()).env_remove("RUST_LOG");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = Arc::new(Mutex::new(String::new()));
    let (mut lines, kept) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
    let reader = thread::spawn(move || {
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            kept.lock().unwrap().push_str(&line);
            line.clear();
        }
    });
    // What follows is not read: nobody need listen.
    let mut welcome = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut welcome).unwrap();
    let url = welcome.split_whitespace().find(|it| it.starts_with("http://"));
    let url = url.unwrap_or_else(|| panic!("{welcome}{}", log.lock().unwrap())).trim_end_matches('/').to_owned();
    let client = Client::builder().timeout(PATIENCE).build().unwrap();
    let foundation = Foundation::read(Some(&config), World::real()).unwrap();
    let who = Who { institution: Some("GI01".to_owned()), ..Who::new("certified_institution") };
    let token = commands::token(&foundation, &who, Duration::from_secs(600)).await.unwrap();
    Running { _folder: folder, config, url, client, token, child, log, reader: Some(reader) }
}

impl Running {
    pub(crate) fn post(&self) -> RequestBuilder {
        self.client.post(format!("{}/graphql", self.url)).bearer_auth(&self.token)
    }

    pub(crate) async fn ask(&self, query: &str) -> Value {
        let request = self.post().json(&json!({ "query": query }));
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) async fn get(&self, url: &str) -> (u16, String) {
        let answer = self.client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The address that a line of the log names.
    pub(crate) async fn address_in_log(&self, line: &str) -> String {
        self.logged(line).await;
        let log = self.log();
        let line = log.lines().find(|it| it.contains(line)).unwrap().to_owned();
        let after = &line[line.find("127.0.0.1:").unwrap()..];
        format!("http://{}", after.trim_end_matches(|it: char| !it.is_ascii_digit()))
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the log holds this.
    pub(crate) async fn logged(&self, words: &str) {
        let began = Instant::now();
        while !self.log().contains(words) {
            assert!(began.elapsed() < PATIENCE, "{words} is not in {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a signal, such as `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: how it ended, and its whole log.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        (status, self.log())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
