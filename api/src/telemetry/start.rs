//! The start of logs and traces: where lines go and in which form, and where spans are sent.

use std::{io::IsTerminal, time::Duration};

use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanId, TraceId, TracerProvider},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{IdGenerator, RandomIdGenerator, Sampler, SdkTracerProvider},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use super::{line::JsonLine, scope};
use crate::config::{LogFormat, Telemetry};

/// What is logged where `RUST_LOG` says nothing.
const FILTER: &str = "info,sqlx=warn,sea_orm_migration=warn,opentelemetry=warn,opentelemetry_sdk=warn";
/// How long one export may take; nobody waits for it.
const EXPORT: Duration = Duration::from_secs(5);
/// How long the end of the program waits for the last spans.
const LAST_SPANS: Duration = Duration::from_secs(2);

/// The export of spans, where there is one.
#[derive(Debug, Default)]
pub struct Exporting(Option<SdkTracerProvider>);

impl Exporting {
    /// Sends what is left. Blocks for two seconds at most; not to be called within the runtime.
    pub fn finish(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(LAST_SPANS)
        {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Starts the log on standard error and, where it is configured, the export of spans. Once per process.
#[must_use]
pub fn start(format: LogFormat, telemetry: Option<&Telemetry>) -> Exporting {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => {
            let colour = std::io::stderr().is_terminal();
            fmt::layer().with_writer(std::io::stderr).with_ansi(colour).with_filter(filter).boxed()
        }
        LogFormat::Json => {
            let lines = fmt::layer().json().event_format(JsonLine).with_ansi(false);
            lines.with_writer(std::io::stderr).with_filter(filter).boxed()
        }
    };
    let (provider, trouble) = match telemetry.map(provider).transpose() {
        Ok(provider) => (provider, None),
        Err(trouble) => (None, Some(trouble)),
    };
    let spans = provider.as_ref().map(|provider| {
        let scope = InstrumentationScope::builder("regiograph").with_version(env!("CARGO_PKG_VERSION")).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer_with_scope(scope));
        // Events stay in the log; places in the code and threads tell nothing to who reads traces.
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_level(false);
        let ours = Targets::new().with_target("regiograph", LevelFilter::INFO);
        let spans_alone = tracing_subscriber::filter::filter_fn(is_span);
        layer.with_filter(tracing_subscriber::filter::FilterExt::and(ours, spans_alone))
    });
    tracing_subscriber::registry().with(lines).with(spans).init();
    if let Some(error) = trouble {
        tracing::error!(%error, "spans cannot be exported");
    }
    Exporting(provider)
}

fn is_span(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_span()
}

/// What batches spans and sends them from a thread of its own. Where the collector is slow or gone, spans are dropped.
fn provider(telemetry: &Telemetry) -> Result<SdkTracerProvider, opentelemetry_otlp::ExporterBuildError> {
    let endpoint = format!("{}/v1/traces", telemetry.otlp.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let exporter = exporter.with_endpoint(endpoint).with_timeout(EXPORT).build()?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty().with_service_name(telemetry.service.to_string());
    let ratio = Sampler::TraceIdRatioBased(telemetry.sampling.share());
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(ratio)))
        .with_id_generator(Ids::default())
        .with_resource(resource.with_attribute(version).build())
        .build())
}

/// A trace that begins here bears the id that the request's log lines bear.
#[derive(Debug, Default)]
struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        let current = scope::current().map(|scope| TraceId::from_bytes(scope.context().trace));
        current.unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}
