//! What the system knows of this process, from `/proc`; nothing where there is none.

use std::fs;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

/// How many parts of a second `/proc` counts the processor's time in: fixed for programs on Linux.
const TICKS: f64 = 100.0;
/// `/proc/self/status` tells memory in units of so many bytes.
const KIB: i64 = 1024;

/// Reads the process's own numbers whenever metrics are asked for.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut gauge = |name: &str, help: &str, value: Option<i64>| -> Result<(), std::fmt::Error> {
            let Some(value) = value else { return Ok(()) };
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
        };
        let memory = self::status(&status, "VmRSS").map(|kib| kib * KIB);
        gauge("process_resident_memory_bytes", "Memory that is resident, in bytes.", memory)?;
        let virtual_memory = self::status(&status, "VmSize").map(|kib| kib * KIB);
        gauge("process_virtual_memory_bytes", "Memory that is addressed, in bytes.", virtual_memory)?;
        gauge("process_threads", "Threads.", self::status(&status, "Threads"))?;
        let open = fs::read_dir("/proc/self/fd").ok().and_then(|it| i64::try_from(it.count()).ok());
        gauge("process_open_fds", "Open file descriptors.", open)?;
        gauge("process_max_fds", "The most file descriptors that may be open.", most_files())?;
        gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", started())?;
        if let Some(seconds) = processor_time() {
            let counter = ConstCounter::new(seconds);
            let help = "Time of processors that was used, in seconds.";
            counter.encode(encoder.encode_descriptor("process_cpu_seconds", help, None, MetricType::Counter)?)?;
        }
        Ok(())
    }
}

/// The number after a name in `/proc/self/status`.
fn status(text: &str, name: &str) -> Option<i64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

fn most_files() -> Option<i64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The fields of `/proc/self/stat` from the third on; the second may hold spaces.
fn stat() -> Option<Vec<f64>> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split_whitespace().map(|it| it.parse().unwrap_or_default()).collect())
}

fn processor_time() -> Option<f64> {
    let stat = stat()?;
    Some((stat.get(11)? + stat.get(12)?) / TICKS)
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
fn started() -> Option<i64> {
    let system = fs::read_to_string("/proc/stat").ok()?;
    let booted: i64 = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(booted + (stat()?.get(19)? / TICKS) as i64)
}
