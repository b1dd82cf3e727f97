//! A collector of traces: takes what is sent over HTTP, and reads the protobuf.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, Span},
};
use prost::Message;
use tokio::net::TcpListener;

#[derive(Clone, Default)]
pub(crate) struct Collector(Arc<Mutex<Vec<ResourceSpans>>>);

impl Collector {
    /// Collects from now on; its address.
    pub(crate) async fn start() -> (Self, String) {
        let collector = Self::default();
        let taker = collector.clone();
        let take = move |body: Bytes| async move {
            let sent = ExportTraceServiceRequest::decode(body).expect("what is sent is protobuf");
            taker.0.lock().unwrap().extend(sent.resource_spans);
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (collector, address)
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let sent = self.0.lock().unwrap();
        sent.iter().flat_map(|it| &it.scope_spans).flat_map(|it| it.spans.clone()).collect()
    }

    pub(crate) fn resources(&self) -> Vec<KeyValue> {
        let sent = self.0.lock().unwrap();
        sent.iter().filter_map(|it| it.resource.clone()).flat_map(|it| it.attributes).collect()
    }

    /// Waits for a span of this name.
    pub(crate) async fn wait_for(&self, name: &str) {
        let began = Instant::now();
        while !self.spans().iter().any(|span| span.name == name) {
            assert!(began.elapsed() < Duration::from_secs(60), "{name} is not among {:?}", self.spans());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An attribute as text.
pub(crate) fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|it| it.key == key)?.value.clone()?.value?;
    Some(match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(is) => is.to_string(),
        other => format!("{other:?}"),
    })
}
