//! The program `regiograph`: reads its arguments, runs one command, prints what it says.

mod arguments;

use std::{
    future::pending,
    io::{ErrorKind, Write as _},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::Parser;
use regiograph::{
    app::{App, Foundation, Served, commands, notify},
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

use self::arguments::{Arguments, AuditCommand, Command, KeysAction};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the end of the program waits for work that nobody waits for any more.
const LAST_WORK: Duration = Duration::from_secs(2);

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
        Command::Keys { action: Some(KeysAction::Rotate { key, overlap }) } => {
            commands::rotate(&foundation()?, key, overlap)?
        }
        Command::Audit { command: AuditCommand::Verify { ends } } => {
            let verified = commands::verify(&foundation()?, ends.as_deref()).await?;
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
    let measures = foundation.world.telemetry.metrics.connections.clone();
    let crowd = http::Crowd::new(&foundation.config.http, measures);
    notify::ready();
    let beside = async {
        commands::warn(foundation, &app).await;
        // What a reload takes out of service is not to be held here.
        drop(app);
        tokio::join!(measure(measured, &served), reload(hangup, &served));
    };
    let ended = tokio::select! {
        ended = http::serve_crowd(listener, router, crowd, stop) => ended.map_err(Into::into),
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
