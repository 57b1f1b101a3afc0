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
    /// Exchanges of devices' codes, by outcome: `ok`, `refused`, `failed`.
    DeviceEnrolments,
    /// Everybody looks for changes: an announcement could not be read, or the listener reconnected (by reason).
    Wakes,
    /// Live events sent, by kind.
    LiveEvents,
    /// Live events dropped because somebody was too slow, by kind.
    LiveDropped,
    /// Subscribers told to read again, by reason: `slow`, `expired`, `flood`.
    /// Database statements, by kind and first root field of the operation.
    Statements,
    /// Rows read and changed, by the same.
    Rows,
    /// Bytes of answers, by the same.
    Bytes,
    /// What was refused, by reason: `rate`, `limit`, `unknown operation`, `connections`, `timeout`.
    Refused,
    /// Announcements that could not be read, and reconnects of the listener.
    Resyncs,
}

impl Counter {
    /// Name in Prometheus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requests => "rollcall_api_requests_total",
            Self::Operations => "rollcall_api_graphql_operations_total",
            Self::Logins => "rollcall_api_logins_total",
            Self::DeviceEnrolments => "rollcall_api_device_enrolments_total",
            Self::Wakes => "rollcall_api_feed_wakes_total",
            Self::LiveEvents => "rollcall_api_live_events_total",
            Self::LiveDropped => "rollcall_api_live_events_dropped_total",
            Self::Statements => "rollcall_api_database_statements_total",
            Self::Rows => "rollcall_api_database_rows_total",
            Self::Bytes => "rollcall_api_graphql_answer_bytes_total",
            Self::Refused => "rollcall_api_refused_total",
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
    /// Time spent waiting for the database, by the same.
    Database,
}

impl Histogram {
    /// Name in Prometheus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "rollcall_api_request_duration_seconds",
            Self::Operation => "rollcall_api_graphql_operation_duration_seconds",
            Self::Database => "rollcall_api_database_duration_seconds",
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
    /// Connections of the pool at work.
    PoolInUse,
    /// Connections that the pool may open.
    PoolSize,
    /// Requests that wait for a connection of the pool.
    PoolWaiting,
}

impl Gauge {
    /// Name in Prometheus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subscribers => "rollcall_api_subscribers",
            Self::Sockets => "rollcall_api_sockets",
            Self::EventStreams => "rollcall_api_event_streams",
            Self::PoolInUse => "rollcall_api_database_connections_in_use",
            Self::PoolSize => "rollcall_api_database_connections_max",
            Self::PoolWaiting => "rollcall_api_database_connections_waited_for",
        }
    }
}

pub(crate) fn count(counter: Counter, labels: &[(&'static str, String)]) {
    add(counter, 1, labels);
}

pub(crate) fn add(counter: Counter, n: u64, labels: &[(&'static str, String)]) {
    metrics::counter!(counter.name(), labels).increment(n);
}

pub(crate) fn set(gauge: Gauge, n: usize) {
    metrics::gauge!(gauge.name()).set(n as f64);
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
