//! Where the log and the traces of this program go. Must not know what is written into them.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use rollcall_store::TRACE;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// Variables of the OpenTelemetry specification that name a collector; without one of them nothing is exported.
/// The exporter reads the others (headers, time-out, sampler) itself:
/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];

/// Log and traces, until [`Telemetry::end`].
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Writes the log to standard error, as much as `ROLLCALL_LOG` says, and sends traces to a collector if one is named.
    pub fn start() -> anyhow::Result<Self> {
        let filter =
            EnvFilter::try_from_env("ROLLCALL_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
        let log = fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .with_filter(filter);
        let is_wanted = ENDPOINTS
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
        let provider = match is_wanted {
            true => Some(provider()?),
            false => None,
        };
        let traces = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("rollcall"))
                .with_location(false)
                .with_threads(false)
                .with_filter(Targets::new().with_target(TRACE, LevelFilter::TRACE))
        });
        tracing_subscriber::registry().with(log).with(traces).init();
        Ok(Self(provider))
    }

    /// Sends what was not sent yet. A collector that does not answer is only told of.
    pub fn end(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown()
        {
            eprintln!("the last traces were not sent: {error}");
        }
    }
}

fn provider() -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .build()
        .context("traces cannot be exported")?;
    let resource = Resource::builder().with_attribute(opentelemetry::KeyValue::new(
        "service.version",
        env!("CARGO_PKG_VERSION"),
    ));
    // A name given in the environment goes before ours.
    let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
        Some(_) => resource,
        None => resource.with_service_name("rollcall"),
    };
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build())
}
