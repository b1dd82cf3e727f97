//! Where the audit log is and what it is signed with, from the configuration.

use super::{Foundation, SetupError, database};
use crate::{
    audit::{self, AuditKey, Collector, Retention},
    secret_file,
    source::Database,
};

/// The environment's audit key.
pub(in crate::app) const AUDIT_KEY: &str = "REGIOGRAPH_AUDIT_KEY";

impl Foundation {
    /// Where the audit log is, with its key, made on first use.
    pub(in crate::app) fn audit(&self) -> Result<audit::Settings, SetupError> {
        let audit = &self.config.audit;
        let place = || audit.key.as_ref().map_or_else(String::new, |(key, place)| format!("{place}: audit: {key}"));
        let key = match std::env::var(AUDIT_KEY) {
            Ok(text) => AuditKey::from_text(&text, AUDIT_KEY)?,
            Err(_) => AuditKey::from_file_or_create(&audit.key_file, &self.world.random)?,
        };
        Ok(audit::Settings {
            place: match database(&audit.database, place)? {
                Database::Sqlite(path) => audit::Place::File(path),
                Database::Postgres(server) => audit::Place::Server(Box::new(server.to_write())),
            },
            heads: audit.heads_file.clone(),
            writer: match &audit.writer {
                Some(name) => name.clone(),
                None => self.audit_writer()?,
            },
            key,
            clock: self.world.clock.clone(),
            retention: Retention { events: audit.events, processings: audit.processings },
            collector: self
                .config
                .telemetry
                .as_ref()
                .filter(|_| audit.export)
                .map(|to| Collector { otlp: to.otlp.clone(), service: to.service.clone() }),
        })
    }

    /// A name for this gateway's chains, made on first use.
    fn audit_writer(&self) -> Result<Box<str>, SetupError> {
        let made = || {
            let mut bytes = [0; 8];
            (self.world.random)(&mut bytes)?;
            Ok(secret_file::to_hex(&bytes) + "\n")
        };
        let text = secret_file::read_or_create(&self.config.data_dir.join("audit.writer"), made)?;
        Ok(text.trim().into())
    }
}
