//! One line of the log as one JSON object: what happened, where, and the fields of the request that it belongs to.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// Writes lines of JSON.
pub(super) struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), time.into());
        line.insert("level".to_owned(), event.metadata().level().as_str().to_lowercase().into());
        line.insert("target".to_owned(), event.metadata().target().into());
        for span in ctx.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                put(&mut line, fields);
            }
        }
        let mut own = String::new();
        ctx.field_format().format_fields(Writer::new(&mut own), event)?;
        put(&mut line, &own);
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// Adds fields that are written as JSON; those for exporters of traces are not for readers of logs.
fn put(line: &mut Map<String, Value>, fields: &str) {
    let fields: Map<String, Value> = serde_json::from_str(fields).unwrap_or_default();
    line.extend(fields.into_iter().filter(|(name, _)| !name.starts_with("otel.")));
}
