//! Names of this crate's metrics, and the one recorder of the process.
//! Labels come from fixed sets only, never from what a client wrote.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Counters.
#[derive(Clone, Copy, Debug)]
pub enum Counter {
    /// Requests, by method, route and status.
    Requests,
    /// GraphQL operations, by kind and first root field, and whether it had errors.
    Operations,
    /// Log-ins, by outcome: `ok`, `wrong`, `refused`.
    Logins,
    /// Everybody looks for changes: an announcement could not be read, or the listener reconnected (by reason).
    Wakes,
    /// Live events sent, by kind.
    LiveEvents,
    /// Live events dropped because somebody was too slow, by kind.
    LiveDropped,
    /// Subscribers told to read again, by reason: `slow`, `expired`, `flood`.
    Resyncs,
}

impl Counter {
    /// Name in Prometheus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requests => "rollcall_api_requests_total",
            Self::Operations => "rollcall_api_graphql_operations_total",
            Self::Logins => "rollcall_api_logins_total",
            Self::Wakes => "rollcall_api_feed_wakes_total",
            Self::LiveEvents => "rollcall_api_live_events_total",
            Self::LiveDropped => "rollcall_api_live_events_dropped_total",
            Self::Resyncs => "rollcall_api_feed_resyncs_total",
        }
    }
}

/// Distributions of durations.
#[derive(Clone, Copy, Debug)]
pub enum Histogram {
    /// Time to answer a request, by method and route.
    Request,
    /// Time to execute a GraphQL operation, by kind and first root field.
    Operation,
}

impl Histogram {
    /// Name in Prometheus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "rollcall_api_request_duration_seconds",
            Self::Operation => "rollcall_api_graphql_operation_duration_seconds",
        }
    }

    /// Adds one duration.
    pub(crate) fn record(self, elapsed: Duration, labels: &[(&'static str, String)]) {
        metrics::histogram!(self.name(), labels).record(elapsed.as_secs_f64());
    }
}

/// Present numbers.
#[derive(Clone, Copy, Debug)]
pub enum Gauge {
    /// Open subscriptions, by kind.
    Subscribers,
    /// Open websockets.
    Sockets,
    /// Open event streams (server-sent events).
    EventStreams,
}

impl Gauge {
    /// Name in Prometheus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subscribers => "rollcall_api_subscribers",
            Self::Sockets => "rollcall_api_sockets",
            Self::EventStreams => "rollcall_api_event_streams",
        }
    }
}

pub(crate) fn count(counter: Counter, labels: &[(&'static str, String)]) {
    add(counter, labels, 1);
}

/// Counts several at once.
pub(crate) fn add(counter: Counter, labels: &[(&'static str, String)], n: u64) {
    metrics::counter!(counter.name(), labels).increment(n);
}

/// Counts one more until the guard is dropped.
pub(crate) fn gauge(gauge: Gauge) -> GaugeGuard {
    GaugeGuard::new(metrics::gauge!(gauge.name()))
}

/// As [`gauge`], of one kind.
pub(crate) fn gauge_of(gauge: Gauge, kind: &'static str) -> GaugeGuard {
    GaugeGuard::new(metrics::gauge!(gauge.name(), "kind" => kind))
}

pub(crate) struct GaugeGuard(metrics::Gauge);

impl GaugeGuard {
    fn new(gauge: metrics::Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// Upper bounds of the buckets of every `…_seconds` metric.
const BUCKETS_SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Installs the process's Prometheus recorder, on the first call; gives the handle that renders it.
///
/// Panics when another crate installed a recorder before.
pub fn install() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS_SECONDS)
                .expect("the list of buckets is not empty")
                .install_recorder()
                .expect("this is the only recorder of the process")
        })
        .clone()
}
