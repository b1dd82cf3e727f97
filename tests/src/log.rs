//! What the whole program logs, for tests that look for what stands in it.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// What was logged.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Listens to the whole program from the first time on: everything of the gateway, of others what is not for
    /// debugging.
    #[must_use]
    pub fn listen() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            let filter = tracing_subscriber::EnvFilter::new("info,regiograph=trace");
            let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
            lines.with_writer(move || writer.clone()).init();
            log
        });
        log.clone()
    }

    /// The lines of all tests.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// How many questions about these datasets were put to sources whose names begin so.
    #[must_use]
    pub fn questions(&self, names: &str, datasets: &[&str]) -> usize {
        let of = format!("source.name=\"{names}");
        let about = |line: &&str| datasets.iter().any(|it| line.contains(&format!("dataset=\"{it}\"")));
        let text = self.text();
        text.lines().filter(|line| line.contains("a source is asked") && line.contains(&of)).filter(about).count()
    }
}
