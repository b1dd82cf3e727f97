//! The program `regiograph`: reads its arguments, runs one command, prints what it says.

use std::{
    future::pending,
    io::{ErrorKind, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use regiograph::{
    app::{
        App, Foundation, Served,
        commands::{self, Who},
        notify,
    },
    audit::Language,
    demo::Generate,
    http,
    release::Issue,
    telemetry,
};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One GraphQL schema over regional data sources of Dutch youth care.
///
/// Without a configuration file it serves the demonstration: nine regions, their expert teams, providers and education
/// partnerships, with made-up rows under ./data that are written on first start.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The configuration file; the demonstration without one.
    #[arg(long, global = true, env = "REGIOGRAPH_CONFIG", hide_env_values = true, display_order = 1_000)]
    config: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  regiograph                                          serve the demonstration on 127.0.0.1:8080
  regiograph token --role region_analyst --region JZ36
                                                      a token for the demonstration
  regiograph explain --role public '{ capacityReports { totalCount } }'
                                                      which sources are asked, and how
  regiograph check --config regiograph.toml           is everything as it should be?

The environment: REGIOGRAPH_CONFIG, REGIOGRAPH_LISTEN, REGIOGRAPH_MASTER_KEY, REGIOGRAPH_DISCLOSURE_KEY,
REGIOGRAPH_AUDIT_KEY, REGIOGRAPH_LOG_FORMAT (text or json), and RUST_LOG for what is logged.";

#[derive(Subcommand)]
enum Command {
    /// Serve GraphQL over HTTP (what is done when no command is given).
    ///
    /// Sources that cannot be opened are named in the log and do not stop the others. Ctrl-C or SIGTERM ends it, after the
    /// requests under way. SIGHUP reads the configuration again: policy, sources, limits and issuer change without a
    /// request being dropped, or nothing does where anything is wrong.
    #[command(after_help = "Examples:
  regiograph serve
  regiograph serve --config regiograph.toml
  REGIOGRAPH_LISTEN=0.0.0.0:80 regiograph serve")]
    Serve,
    /// Check configuration, policy and sources; exit 1 with what is wrong and where.
    ///
    /// Reads all rows of all sources, and prints counts only. Warnings alone are exit 0.
    #[command(after_help = "Example:
  regiograph check --config regiograph.toml")]
    Check,
    /// Print a token of the demonstration's own issuer, alone on standard output.
    ///
    /// Refused where [[issuer]] names a real issuer. `regiograph policy` lists the roles, and what each needs.
    #[command(after_help = "Examples:
  regiograph token --role region_analyst --region JZ36
  regiograph token --role provider --provider ALMATA --ttl 7d
  curl 127.0.0.1:8080/graphql -H 'Content-Type: application/json' -d '{\"query\":\"{ viewer { role } }\"}' \\
    -H \"Authorization: Bearer $(regiograph token --role ministry)\"")]
    Token {
        #[command(flatten)]
        who: Who,
        /// How long it is good for, such as 30m, 1h or 7d.
        #[arg(long, default_value = "1h", value_parser = humantime::parse_duration)]
        ttl: Duration,
    },
    /// Print the schema: of a role, or the union of all with federation directives.
    #[command(after_help = "Examples:
  regiograph sdl                       the union of all roles, a subgraph for a federation router
  regiograph sdl --role public         what everyone may see
  regiograph sdl --role inspectorate --purpose investigation:20260001")]
    Sdl {
        /// The role, as the policy names it.
        #[arg(long)]
        role: Option<String>,
        /// What the rows are used for, which decides what a role sees; the policy lists the purposes of each role.
        #[arg(long, default_value = "monitoring", requires = "role")]
        purpose: String,
    },
    /// Print how a query would be answered: per source its statement, and the rule that granted it.
    ///
    /// Asks no source, but for one thing: of a released table it says why cells are hidden, as the rows stand now, and
    /// only of cells all of whose rows the role may read.
    #[command(after_help = "Examples:
  regiograph explain --role public '{ capacityReports { totalCount } }'
  regiograph explain --role region_analyst --region JZ36 '{ placements(first: 5) { nodes { startedOn } } }'")]
    Explain {
        #[command(flatten)]
        who: Who,
        /// The GraphQL document.
        query: String,
    },
    /// Print the policy matrix as Markdown, or what another policy would open and close.
    ///
    /// Each change is one line: whose rows of which dataset a role would see, how far, and which fields come or go.
    #[command(after_help = "Examples:
  regiograph policy
  regiograph policy --diff proposed.toml
  regiograph policy --config regiograph.toml --diff proposed.toml")]
    Policy {
        /// Another policy file: print what each role would see more, or no more, if it took this one's place.
        #[arg(long, value_name = "OTHER")]
        diff: Option<PathBuf>,
    },
    /// Make the protected tables of a closed quarter or year, once; print how many cells are shown.
    ///
    /// All sources must answer completely; else nothing is made. What is made stays as it is: corrections wait for the
    /// next release. A period is closed so long after its last day as `[release] cut_off` says.
    #[command(after_help = "Examples:
  regiograph release --period 2025Q4 --config regiograph.toml
  regiograph release --period 2025 --config regiograph.toml
  regiograph release --period 2025 --revision --config regiograph.toml")]
    Release {
        /// The quarter or year, such as 2025Q4 or 2025.
        #[arg(long)]
        period: String,
        /// Make the next version of a release that stands. Both stay; who names the period is given the newest.
        #[arg(long)]
        revision: bool,
    },
    /// Copy the gateway's own store into a new file, while gateways run.
    ///
    /// Keys are not copied: keep theirs elsewhere. To restore, stop the gateways and put the file in the store's place.
    #[command(after_help = "Example:
  regiograph backup --to store-2026-11-22.sqlite --config regiograph.toml")]
    Backup {
        /// The new file; refused where there is one.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Show which keys there are: names, versions, ids, ages and where they are kept. Never a key.
    #[command(after_help = "Examples:
  regiograph keys --config regiograph.toml
  regiograph keys rotate --overlap 90d --config regiograph.toml")]
    Keys {
        #[command(subcommand)]
        action: Option<KeysAction>,
    },
    /// The audit log: does it hold together, who saw a youth, what has been kept long enough.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Write sources of any size with made-up rows, the same every time, for benchmarks.
    #[command(after_help = "Example:
  regiograph generate --dir bench --sources 3 --rows 100000
  regiograph serve --config bench/regiograph.toml")]
    Generate {
        /// The folder; a regiograph.toml that serves the sources is put there too.
        #[arg(long)]
        dir: PathBuf,
        /// How many sources.
        #[arg(long, default_value_t = 3, value_parser = positive)]
        sources: usize,
        /// How many placements in each source.
        #[arg(long, default_value_t = 10_000)]
        rows: u64,
        /// Also write whole.sqlite, which holds the rows of all sources in one table.
        #[arg(long)]
        whole: bool,
    },
}

#[derive(Subcommand)]
enum KeysAction {
    /// Make a new master key, used from the next start on: every id, cursor and pseudonym changes.
    ///
    /// What the key of before made is still understood for the time of the overlap.
    Rotate {
        /// How long, such as 90d; 0s where the key has leaked.
        #[arg(long, value_parser = humantime::parse_duration)]
        overlap: Duration,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Hold every record against its chain and its signed heads; exit 1 with what is wrong and where.
    #[command(after_help = "Example:
  regiograph audit verify --config regiograph.toml")]
    Verify,
    /// Tell who saw a youth, when and for what, in plain words.
    ///
    /// The pseudonym is the one that the youth has at its source. It is read from standard input, so that no shell keeps
    /// it.
    #[command(after_help = "Example:
  regiograph audit subject --holder ALMATA --language en < pseudonym.txt")]
    Subject {
        #[command(flatten)]
        of: commands::Of,
        /// In Dutch or in English.
        #[arg(long, value_enum, default_value = "nl")]
        language: Language,
    },
    /// Take out the months that have been kept as long as `[audit]` says. Their signed heads stay.
    Expire,
}

/// How long the end of the program waits for work that nobody waits for any more.
const LAST_WORK: Duration = Duration::from_secs(2);

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a number from 1 on".to_owned())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (format, telemetry) = Foundation::telemetry(arguments.config.as_deref());
    let serves = matches!(arguments.command, None | Some(Command::Serve));
    let exporting = telemetry::start(format, telemetry.as_ref().filter(|_| serves));
    // What a fault says may hold a value; where it was does not.
    std::panic::set_hook(Box::new(|fault| {
        let place = fault.location().map(ToString::to_string);
        tracing::error!(place, "a fault of the program; please report it");
    }));
    let finished = Runtime::new().context("cannot start threads").and_then(|runtime| {
        let finished = runtime.block_on(run(arguments));
        // A thread that waits for a file system that does not answer must not hold up the end.
        runtime.shutdown_timeout(LAST_WORK);
        finished
    });
    exporting.finish();
    finished.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "regiograph: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let foundation = || commands::foundation(arguments.config.as_deref());
    let said = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            serve(&foundation()?).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Check => {
            let checked = commands::check(&foundation()?).await?;
            say(&checked.report)?;
            return Ok(if checked.faults > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
        Command::Token { who, ttl } => commands::token(&foundation()?, &who, ttl).await? + "\n",
        Command::Sdl { role, purpose } => commands::sdl(&foundation()?, role.as_deref(), &purpose).await? + "\n",
        Command::Explain { who, query } => commands::explain(&foundation()?, &who, query).await?,
        Command::Policy { diff } => commands::policy(&foundation()?.policy, diff.as_deref())?,
        Command::Release { period, revision } => {
            let issue = if revision { Issue::Revision } else { Issue::First };
            commands::release(&foundation()?, &period, issue).await?
        }
        Command::Backup { to } => commands::backup(&foundation()?, &to)?,
        Command::Keys { action: None } => commands::keys(&foundation()?),
        Command::Keys { action: Some(KeysAction::Rotate { overlap }) } => commands::rotate(&foundation()?, overlap)?,
        Command::Audit { command: AuditCommand::Verify } => {
            let verified = commands::verify(&foundation()?).await?;
            say(&verified.report)?;
            return Ok(if verified.is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Audit { command: AuditCommand::Subject { of, language } } => {
            commands::subject(&foundation()?, &of, language, std::io::stdin().lock()).await?
        }
        Command::Audit { command: AuditCommand::Expire } => commands::expire(&foundation()?).await?,
        Command::Generate { dir, sources, rows, whole } => {
            commands::generate(Generate { dir: &dir, sources, rows, whole })?
        }
    };
    say(&said)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints what a command says. Whoever reads need not read to the end: `head` does not.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot print"),
        _ => Ok(()),
    }
}

async fn serve(foundation: &Foundation) -> anyhow::Result<()> {
    let listen = foundation.listen()?;
    let listener = TcpListener::bind(listen).await;
    let listener = listener.with_context(|| {
        format!("cannot listen on {listen} (REGIOGRAPH_LISTEN names another address, such as 127.0.0.1:8081)")
    })?;
    let measured = match foundation.config.metrics.listen {
        Some(address) => {
            let listener = TcpListener::bind(address).await;
            Some(listener.with_context(|| format!("cannot listen on {address} (metrics.listen)"))?)
        }
        None => None,
    };
    let app = App::start(foundation.setup()?).await?;
    if let Err(error) = commands::demonstrate(foundation, &app).await {
        tracing::warn!("the demonstration goes without releases: {error:#}");
    }
    let served = Served::new(Arc::clone(&app), foundation);
    let stop = stop(Arc::clone(&served), foundation.config.shutdown.drain)?;
    // The demonstration has no configuration to read again, and ends with its terminal.
    let hangup = foundation.file.is_some().then(|| signal(SignalKind::hangup()));
    let hangup = hangup.transpose().context("cannot wait for SIGHUP")?;
    // Whoever started it need not listen to what it says.
    let _ = writeln!(std::io::stdout(), "{}", commands::welcome(foundation, &app, listener.local_addr()?));
    let router = http::router_for(Arc::clone(&served) as Arc<dyn http::Gateway>, &foundation.config.http);
    notify::ready();
    let beside = async {
        commands::warn(foundation, &app).await;
        // What a reload takes out of service is not to be held here.
        drop(app);
        tokio::join!(measure(measured, &served), reload(hangup, &served));
    };
    let ended = tokio::select! {
        ended = http::serve(listener, router, stop) => ended.map_err(Into::into),
        () = beside => Ok(()),
    };
    served.sign().await;
    ended
}

/// Serves metrics at their own address for as long as the program runs.
async fn measure(listener: Option<TcpListener>, served: &Arc<Served>) {
    if let Some(listener) = listener {
        if let Ok(address) = listener.local_addr() {
            tracing::info!(%address, "metrics are served");
        }
        let router = http::metrics_router(Arc::clone(served) as Arc<dyn http::Gateway>);
        if let Err(error) = http::serve(listener, router, pending()).await {
            tracing::error!(%error, "metrics are served no more");
        }
    }
    pending::<()>().await;
}

/// Reads the configuration again at every SIGHUP.
async fn reload(hangup: Option<Signal>, served: &Served) {
    if let Some(mut hangup) = hangup {
        while hangup.recv().await.is_some() {
            served.reload().await;
        }
    }
    pending::<()>().await;
}

/// Ready when the program is to stop: after Ctrl-C or SIGTERM, when load balancers have had time to see that it is not
/// ready any more. A second signal ends that time.
fn stop(served: Arc<Served>, drain: Duration) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminated = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut interrupted = signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?;
    let mut asked = async move || {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    };
    Ok(async move {
        asked().await;
        served.stop();
        notify::stopping();
        tracing::info!(?drain, "stopping after the requests under way");
        tokio::select! {
            () = tokio::time::sleep(drain) => {}
            () = asked() => {}
        }
    })
}
