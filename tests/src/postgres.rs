//! A PostgreSQL server of the tests' own: one for all tests of a program, a database for each that wants one. It stops
//! when the program ends, however that ends. Where PostgreSQL is not installed, tests that want it say that they were
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

/// A server that runs until the program ends.
pub struct Server {
    folder: PathBuf,
    port: u16,
    databases: AtomicUsize,
    /// Its input is open as long as this is there.
    _watch: Child,
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
        let mut watch = command(Path::new("/bin/sh"));
        watch.current_dir(&folder).args(["-c", WATCH, "watch"]).arg(&folder).arg(programs.join("postgres"));
        watch.arg("-D").arg(&data).arg("-k").arg(&folder).args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
        let settings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB"];
        settings.iter().chain(&["max_connections=200", "autovacuum=off"]).for_each(|it| _ = watch.args(["-c", it]));
        watch.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let watch = watch.spawn().expect("there is a shell");
        let server = Self { folder, port, databases: AtomicUsize::new(0), _watch: watch };
        server.wait();
        server
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
