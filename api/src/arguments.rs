//! The arguments of the program: its commands, and what each takes.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};
use regiograph::app::{
    Language,
    commands::{self, Who},
};

/// One GraphQL schema over regional data sources of Dutch youth care.
///
/// Without a configuration file it serves the demonstration: nine regions, their expert teams, providers and education
/// partnerships, with made-up rows under ./data that are written on first start.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The configuration file; the demonstration without one.
    #[arg(long, global = true, env = "REGIOGRAPH_CONFIG", hide_env_values = true, display_order = 1_000)]
    pub(crate) config: Option<PathBuf>,
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
pub(crate) enum Command {
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
  regiograph keys rotate --overlap 90d --config regiograph.toml
  regiograph keys rotate audit --config regiograph.toml")]
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
pub(crate) enum KeysAction {
    /// Make a new key, used from the next start on. With a new master key every id, cursor and pseudonym changes.
    ///
    /// What the master key of before made is still understood for the time of the overlap. What the audit key of before
    /// signed and encrypted is read for as long as the log is kept; it signs nothing any more.
    Rotate {
        /// Which key.
        #[arg(value_enum, default_value = "master")]
        key: commands::Rotating,
        /// How long, such as 90d; 0s where the key has leaked. Of the master key alone.
        #[arg(long, value_parser = humantime::parse_duration)]
        overlap: Option<Duration>,
    },
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Hold every record against its chain and its signed heads; exit 1 with what is wrong and where, or where there is no
    /// log.
    #[command(after_help = "Example:
  regiograph audit verify --ends /mnt/auditor/regiograph.ends --config regiograph.toml")]
    Verify {
        /// What an auditor keeps where nobody else can write: the ends of the log as it last verified. All of them must
        /// still stand in it; then the file holds those of now. It is made the first time.
        #[arg(long, value_name = "FILE")]
        ends: Option<PathBuf>,
    },
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

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a number from 1 on".to_owned())
}
