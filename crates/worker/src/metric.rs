//! Names of this crate's metrics: an enum, so that no name is invented at a call.

use std::time::Duration;

/// A part of the worker, the label `part`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Derivation,
    Enrolment,
    Opening,
    Live,
    Upkeep,
    Webhook,
}

impl Part {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Derivation => "derivation",
            Self::Enrolment => "enrolment",
            Self::Opening => "opening",
            Self::Live => "live",
            Self::Upkeep => "upkeep",
            Self::Webhook => "webhook",
        }
    }
}

/// Every metric of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerMetric {
    /// Days derived.
    DaysDerivedTotal,
    /// Days that were written because they differ.
    DaysChangedTotal,
    /// Marks taken from the queue.
    MarksTakenTotal,
    /// Punches announced.
    PunchesAnnouncedTotal,
    /// Duration of one batch, from the claim to the commit.
    DerivationBatchSeconds,
    /// People whose days cannot be derived now and were set aside (not intended).
    EmployeesSetAsideTotal,
    /// Enrolments ended, by label `outcome`: done, refused, failed.
    EnrolmentsTotal,
    /// Duration of the model work for one photograph.
    EnrolmentSeconds,
    /// Rounds that failed, by label `part`.
    ErrorsTotal,
    /// Attempts to deliver a webhook, by label `outcome`: delivered, failed, dead.
    WebhookAttemptsTotal,
    /// Duration of one such attempt.
    WebhookAttemptSeconds,
    /// Partitions made.
    PartitionsMadeTotal,
    /// Devices that went online, offline, … and were announced.
    DeviceHealthChangesTotal,
}

impl WorkerMetric {
    /// The name under which it is exported.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DaysDerivedTotal => "rollcall_worker_days_derived_total",
            Self::DaysChangedTotal => "rollcall_worker_days_changed_total",
            Self::MarksTakenTotal => "rollcall_worker_marks_taken_total",
            Self::PunchesAnnouncedTotal => "rollcall_worker_punches_announced_total",
            Self::DerivationBatchSeconds => "rollcall_worker_derivation_batch_seconds",
            Self::EmployeesSetAsideTotal => "rollcall_worker_employees_set_aside_total",
            Self::EnrolmentsTotal => "rollcall_worker_enrolments_total",
            Self::EnrolmentSeconds => "rollcall_worker_enrolment_seconds",
            Self::ErrorsTotal => "rollcall_worker_errors_total",
            Self::WebhookAttemptsTotal => "rollcall_worker_webhook_attempts_total",
            Self::WebhookAttemptSeconds => "rollcall_worker_webhook_attempt_seconds",
            Self::PartitionsMadeTotal => "rollcall_worker_partitions_made_total",
            Self::DeviceHealthChangesTotal => "rollcall_worker_device_health_changes_total",
        }
    }

    pub(crate) fn count(self, n: usize) {
        metrics::counter!(self.name()).increment(n as u64);
    }

    pub(crate) fn count_for(self, part: Part, n: u64) {
        metrics::counter!(self.name(), "part" => part.as_str()).increment(n);
    }

    pub(crate) fn count_outcome(self, outcome: &'static str) {
        metrics::counter!(self.name(), "outcome" => outcome).increment(1);
    }

    pub(crate) fn record(self, elapsed: Duration) {
        metrics::histogram!(self.name()).record(elapsed.as_secs_f64());
    }
}
