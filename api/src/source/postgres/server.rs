//! Where a PostgreSQL database is and how one logs in there. What it holds is secret: it can be used, not printed.

use std::{fmt, io, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::time::timeout;

/// What may be said in an address behind the `?`.
const PARAMETERS: [&str; 10] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "hostaddr", "port", "dbname", "user", "password"];

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 128;

/// A database of a PostgreSQL server.
#[derive(Clone)]
pub struct Server {
    options: Box<PgConnectOptions>,
}

/// Why an address of a server is none. Says nothing of what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadServer {
    /// It is no address.
    #[error("it is no address such as postgres://user@host/database")]
    Address,
    /// It has parameters that nobody knows.
    #[error("behind the `?` stands something other than {}", PARAMETERS.join(", "))]
    Parameter,
    /// The way of encryption is unknown.
    #[error("sslmode is none of disable, allow, prefer, require, verify-ca, verify-full")]
    Encryption,
}

/// What a server refused, in words for those who run the gateway: without addresses, names and statements.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self(why(&error))
    }
}

impl Server {
    /// Reads an address such as `postgres://user:password@host/database?sslmode=verify-full`. Where it says nothing of
    /// encryption, a server on another machine must prove who it is (`verify-full`). Names are looked up in the schema,
    /// where there is one.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(address: &str, schema: Option<&str>) -> Result<Self, BadServer> {
        let address = address.trim();
        if !address.starts_with("postgres://") && !address.starts_with("postgresql://") {
            return Err(BadServer::Address);
        }
        let parameters = address.split_once('?').map_or("", |(_, parameters)| parameters);
        let mut says_encryption = false;
        for parameter in parameters.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if !PARAMETERS.contains(&name) {
                return Err(BadServer::Parameter);
            }
            if name == "sslmode" {
                value.parse::<PgSslMode>().map_err(|_| BadServer::Encryption)?;
                says_encryption = true;
            }
        }
        let mut options: PgConnectOptions = address.parse().map_err(|_| BadServer::Address)?;
        if !says_encryption && !is_here(&options) {
            options = options.ssl_mode(PgSslMode::VerifyFull);
        }
        if let Some(schema) = schema {
            options = options.options([("search_path", format!("\"{}\"", schema.replace('"', "\"\"")))]);
        }
        // Statements are logged nowhere, and what the server notes by the way may hold values.
        let options = options.options([("client_min_messages", "error")]).disable_statement_logging();
        Ok(Self { options: Box::new(options.statement_cache_capacity(STATEMENTS)) })
    }

    /// How to log in as who may also write: to the gateway's own store.
    #[must_use]
    pub fn to_write(&self) -> PgConnectOptions {
        self.options.as_ref().clone().application_name("regiograph store")
    }

    /// Opens a connection that only reads. The server itself gives up on statements after a while, and on those whose
    /// reader has gone.
    pub(super) async fn open(&self, patience: Duration) -> Result<PgConnection, sqlx::Error> {
        let milliseconds = |time: Duration| time.as_millis().max(1).to_string();
        let options = self.options.as_ref().clone().application_name("regiograph").options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", &milliseconds(patience)),
            ("idle_in_transaction_session_timeout", &milliseconds(patience)),
            ("lock_timeout", &milliseconds(patience)),
            // Which index serves depends on the values; to look is cheap beside a wrong guess.
            ("plan_cache_mode", "force_custom_plan"),
            ("jit", "off"),
        ]);
        let mut connection = options.connect().await?;
        if connection.server_version_num().is_some_and(|version| version >= 140_000) {
            // A server that cannot look says so, and then gives up with `statement_timeout`.
            let checks = sqlx::raw_sql("SET client_connection_check_interval = '200ms'");
            if let Err(error @ sqlx::Error::Io(_)) = checks.execute(&mut connection).await {
                return Err(error);
            }
        }
        Ok(connection)
    }

    /// Why there is no connection, in words for those who run the gateway.
    pub async fn why_unreachable(&self, patience: Duration) -> String {
        match timeout(patience, self.open(patience)).await {
            Err(_) => "it does not answer".to_owned(),
            Ok(Ok(connection)) => {
                drop(connection.close().await);
                "it answers by now".to_owned()
            }
            Ok(Err(error)) => why(&error),
        }
    }
}

/// Is the server on this machine?
fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    options.get_socket().is_some()
        || host == "localhost"
        || host.starts_with('/')
        || address.is_ok_and(|it| it.is_loopback())
}

/// What a failure to log in means; without addresses, names and what the server says in its own words.
fn why(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => match error.kind() {
            io::ErrorKind::NotFound => "there is no server, or a file of its certificates is absent".to_owned(),
            kind => kind.to_string(),
        },
        sqlx::Error::PoolTimedOut => "it does not answer".to_owned(),
        sqlx::Error::Tls(_) => "it cannot prove who it is, or does not encrypt".to_owned(),
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            let words = match &*code {
                "28000" | "28P01" => "it does not let this user in",
                "3D000" => "it has no such database",
                "42501" => "it does not let this user do that",
                "53300" => "it has no connection left",
                "57P03" => "it is starting or stopping",
                _ => "it refuses",
            };
            format!("{words} ({code})")
        }
        _ => "it is no PostgreSQL server".to_owned(),
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server(..)")
    }
}
