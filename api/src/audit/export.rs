//! Processings for the collector of Logboek Dataverwerkingen: one span for each, none left out by a sampler. The log is
//! what counts; where the collector is slow or gone, spans are dropped.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use opentelemetry::{
    KeyValue,
    trace::{Span, SpanId, SpanKind, Status, TraceId, Tracer, TracerProvider},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, IdGenerator, RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider,
    },
};

use super::{
    event::{Event, Outcome, Processing},
    record::{Ready, people},
};

/// Where processings are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// Its address (OTLP over HTTP).
    pub otlp: Box<str>,
    /// The name that spans bear.
    pub service: Box<str>,
}

/// How long one export may take; nobody waits for it.
const EXPORT: Duration = Duration::from_secs(5);
/// The most spans that wait, and of one export.
const WAITING: usize = 65_536;
const AT_ONCE: usize = 2_048;

/// How what sends them is reached. It has a thread of its own, which ends once nobody reaches it any more.
pub(super) struct Export(Sender<Vec<Prepared>>);

/// What sends them.
struct Sending {
    tracer: SdkTracer,
    trace: Wanted,
    /// Sends what is left when it goes.
    _provider: SdkTracerProvider,
}

/// The trace that the next span belongs to.
#[derive(Clone, Debug, Default)]
struct Wanted(Arc<Mutex<Option<TraceId>>>);

#[derive(Debug)]
struct Ids(Wanted, RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        let wanted = *self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.unwrap_or_else(|| self.1.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.1.new_span_id()
    }
}

/// A span in the making.
pub(super) struct Prepared {
    trace: Option<TraceId>,
    at: SystemTime,
    failed: bool,
    attributes: Vec<KeyValue>,
}

impl Export {
    /// Begins to send; none where there is no thread for it.
    pub(super) fn start(collector: &Collector) -> Option<Self> {
        let (spans, received) = channel::<Vec<Prepared>>();
        let collector = collector.clone();
        let work = move || {
            let Some(sending) = Sending::start(&collector) else { return };
            received.into_iter().for_each(|prepared| sending.send(prepared));
        };
        let thread = std::thread::Builder::new().name("processings".to_owned()).spawn(work);
        thread.inspect_err(|error| tracing::error!(%error, "processings cannot be exported")).ok()?;
        Some(Self(spans))
    }

    /// Hands spans over.
    pub(super) fn send(&self, prepared: Vec<Prepared>) {
        // Where the thread has ended, it has said why.
        let _ = self.0.send(prepared);
    }
}

impl Sending {
    fn start(collector: &Collector) -> Option<Self> {
        let endpoint = format!("{}/v1/traces", collector.otlp.trim_end_matches('/'));
        let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
        let exporter = exporter.with_endpoint(endpoint).with_timeout(EXPORT).build();
        let exporter = exporter.inspect_err(|error| tracing::error!(%error, "processings cannot be exported")).ok()?;
        let config = BatchConfigBuilder::default().with_max_queue_size(WAITING).with_max_export_batch_size(AT_ONCE);
        let batches = BatchSpanProcessor::builder(exporter).with_batch_config(config.build()).build();
        let trace = Wanted::default();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(batches)
            .with_sampler(Sampler::AlwaysOn)
            .with_id_generator(Ids(trace.clone(), RandomIdGenerator::default()))
            .with_resource(Resource::builder_empty().with_service_name(collector.service.to_string()).build())
            .build();
        Some(Self { tracer: provider.tracer("regiograph-audit"), trace, _provider: provider })
    }

    fn send(&self, prepared: Vec<Prepared>) {
        for Prepared { trace, at, failed, attributes } in prepared {
            *self.trace.0.lock().unwrap_or_else(PoisonError::into_inner) = trace;
            let name = "regiograph.processing";
            let span = self.tracer.span_builder(name).with_kind(SpanKind::Internal).with_start_time(at);
            let mut span =
                span.with_attributes(attributes).start_with_context(&self.tracer, &opentelemetry::Context::new());
            if failed {
                span.set_status(Status::error("refused"));
            } else {
                span.set_status(Status::Ok);
            }
            span.end_with_timestamp(at);
        }
    }
}

/// The spans of entries: for each data subject one, and for tables one.
pub(super) fn prepare(entries: &[Ready]) -> Vec<Prepared> {
    let of_entry = |it: &Ready| {
        let each = |(processing, bytes): &(Processing, Option<Vec<u8>>)| match bytes {
            None => vec![span(&it.event, processing, None)],
            Some(bytes) => people(bytes).into_iter().map(|one| span(&it.event, processing, Some(one))).collect(),
        };
        it.processings.iter().flat_map(each).collect::<Vec<_>>()
    };
    entries.iter().flat_map(of_entry).collect()
}

fn span(event: &Event, processing: &Processing, subject: Option<&[u8]>) -> Prepared {
    let mut attributes = vec![
        KeyValue::new("dpl.core.processing_activity_id", processing.activity.clone()),
        KeyValue::new("regiograph.dataset", processing.dataset),
    ];
    if let Some(subject) = subject {
        attributes.push(KeyValue::new("dpl.core.data_subject_id", URL_SAFE_NO_PAD.encode(subject)));
        attributes.push(KeyValue::new("dpl.core.data_subject_id_type", "encrypted-pseudonym"));
    }
    attributes.extend(processing.released.as_deref().map(|it| KeyValue::new("regiograph.release", it.to_owned())));
    Prepared {
        trace: event.trace.as_deref().and_then(|it| TraceId::from_hex(it).ok()),
        at: event.at.into(),
        failed: matches!(event.outcome, Outcome::Refused | Outcome::Cancelled),
        attributes,
    }
}
