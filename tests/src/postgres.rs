//! A PostgreSQL server of the tests' own: one for all tests of a program, a database for each that wants one; and one more
//! for a test that stops it. It stops when the program ends, however that ends. Where PostgreSQL is not installed, tests that want it say that they were
//! skipped; where the environment says `REGIOGRAPH_REQUIRE_POSTGRES=1`, they fail.

use std::{
    env, fs,
    io::Write,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

/// Stops the server as soon as its input ends, which it does when the program of the tests ends.
const WATCH: &str = r#"folder=$1; shift; "$@" >"$folder/log" 2>&1 & read -r _; kill -QUIT $!; wait; rm -rf "$folder""#;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The user and group that servers run as where the tests run as root.
const NOBODY: u32 = 65_534;

/// A server that runs until the program ends, or is stopped.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    databases: AtomicUsize,
    /// The input of each is open as long as this is there; the first removes the folder.
    watches: Vec<Child>,
}

/// The server; none where PostgreSQL is not installed.
#[must_use]
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| programs().map(|programs| Server::start(&programs))).as_ref();
    if server.is_none() {
        let is_required = env::var("REGIOGRAPH_REQUIRE_POSTGRES").is_ok_and(|it| it == "1");
        assert!(!is_required, "PostgreSQL is required, and `initdb` and `postgres` are not installed");
        let thread = thread::current();
        // Past what the tests' harness keeps to itself.
        let words = format!("skipped, as PostgreSQL is not installed: {}\n", thread.name().unwrap_or("a test"));
        let _ = std::io::stderr().write_all(words.as_bytes());
    }
    server
}

/// A server that a test may stop, as nobody else has it; none where PostgreSQL is not installed.
#[must_use]
pub fn own() -> Option<Server> {
    server()?;
    programs().map(|programs| Server::start(&programs))
}

/// The folder of PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders.into_iter().find(|folder| ["initdb", "postgres"].iter().all(|it| folder.join(it).exists()))
}

/// A command as a user that PostgreSQL runs as, which is not root.
fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// Sends a signal to a process that the test has started.
fn kill(signal: &str, process: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), process]).stderr(Stdio::null()).status();
    assert!(sent.is_ok(), "signals can be sent");
}

impl Drop for Server {
    fn drop(&mut self) {
        for watch in &mut self.watches {
            // Its input ends, so that it stops the server; waited for, it leaves nothing behind.
            drop(watch.stdin.take());
            let _ = watch.wait();
        }
    }
}

impl Server {
    fn start(programs: &Path) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder").keep();
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).expect("root gives folders away");
        }
        let data = folder.join("data");
        let made = |locale: &[&str]| {
            let mut initdb = command(&programs.join("initdb"));
            initdb.current_dir(&folder).arg("-D").arg(&data).args(["-U", "test", "-A", "trust", "-E", "UTF8", "-N"]);
            initdb.args(locale).stdin(Stdio::null()).output().is_ok_and(|it| it.status.success())
        };
        // An order of texts that is not that of their code points, where there is one.
        let dutch = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=nl"];
        assert!(made(&dutch) || made(&["--locale=C"]), "initdb makes a data folder");
        let access = "local all secretive scram-sha-256\nhost all secretive all scram-sha-256\n\
                      local all all trust\nhost all all 127.0.0.1/32 trust\n";
        fs::write(data.join("pg_hba.conf"), access).expect("the data folder takes files");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("there is a free port").port();
        let (programs, databases) = (programs.to_owned(), AtomicUsize::new(0));
        let mut server = Self { folder, programs, port, databases, watches: Vec::new() };
        server.run();
        server
    }

    fn run(&mut self) {
        let mut watch = command(Path::new("/bin/sh"));
        let (folder, postgres) = (&self.folder, self.programs.join("postgres"));
        watch.current_dir(folder).args(["-c", WATCH, "watch"]).arg(folder).arg(postgres);
        watch.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-p", &self.port.to_string()]);
        let settings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB"];
        settings.iter().chain(&["max_connections=200", "autovacuum=off"]).for_each(|it| _ = watch.args(["-c", it]));
        watch.args(["-h", "127.0.0.1"]);
        watch.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        self.watches.push(watch.spawn().expect("there is a shell"));
        self.wait();
    }

    /// Stops it as a crash does: without a word to whoever is connected.
    pub fn stop_at_once(&self) {
        self.signal("QUIT");
        let end = Instant::now() + PATIENCE;
        // Its file goes with it.
        while self.process().is_some() {
            assert!(Instant::now() < end, "PostgreSQL does not stop");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it again where it was.
    pub fn start_again(&mut self) {
        self.run();
    }

    /// Stops all of its processes where they stand: who has a connection keeps it, and hears nothing.
    pub fn freeze(&self) {
        self.signal("STOP");
        self.backends().iter().for_each(|it| kill("STOP", it));
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.backends().iter().for_each(|it| kill("CONT", it));
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        kill(name, &self.process().expect("the server runs"));
    }

    fn process(&self) -> Option<String> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        file.lines().next().map(|it| it.trim().to_owned())
    }

    /// The processes that the server has made.
    fn backends(&self) -> Vec<String> {
        let parent = self.process().expect("the server runs");
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let is_of_server = |id: &String| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            // After the name, which may hold anything: its state, and its parent.
            stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1).map(|it| *it == *parent)) == Some(true)
        };
        processes.filter_map(|it| it.file_name().into_string().ok()).filter(is_of_server).collect()
    }

    /// How many connections of gateways to sources there are in a database.
    pub async fn connections(&self, database: &str) -> i64 {
        let mut connection = self.connect(database).await;
        let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'regiograph'";
        let count = sqlx::query_scalar(count).bind(database).fetch_one(&mut connection).await;
        drop(connection.close().await);
        count.expect("the server counts its connections")
    }

    fn wait(&self) {
        let begun = Instant::now();
        let state = || fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        while state().lines().nth(7).is_none_or(|state| state.trim() != "ready") {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start: {}", log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The address of a database, over a socket.
    #[must_use]
    pub fn address(&self, database: &str) -> String {
        format!("postgres://test@localhost:{}/{database}?host={}", self.port, self.folder.display())
    }

    /// The port that it listens on, on this machine.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A new database without tables: its name.
    pub async fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = self.connect("postgres").await;
        let create = format!("CREATE DATABASE {name}");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await.expect("databases can be made");
        drop(connection.close().await);
        name
    }

    /// A connection to a database, which may write.
    pub async fn connect(&self, database: &str) -> PgConnection {
        let options: PgConnectOptions = self.address(database).parse().expect("the server has an address");
        options.disable_statement_logging().connect().await.expect("the server takes connections")
    }

    /// Does something in a database.
    pub async fn execute(&self, database: &str, statements: impl Into<String>) {
        let mut connection = self.connect(database).await;
        let done = sqlx::raw_sql(AssertSqlSafe(statements.into())).execute(&mut connection).await;
        done.expect("the test's own statements run");
        drop(connection.close().await);
    }
}
