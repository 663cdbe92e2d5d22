//! The metrics, as OpenMetrics text: what was counted here, and what registry, router, reader and generator count themselves.
//!
//! Invariants: no label takes a caller's text, so that nobody can make the number of series grow; nothing is counted twice.
//! `docs/guide/server.md` lists the names, which the alert rules and the dashboard under `docs/` use.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

type Label = [(&'static str, &'static str); 1];
type Counters = Family<Label, Counter>;
type Histograms = Family<Label, Histogram, fn() -> Histogram>;

/// Seconds, close together around the millisecond that is promised.
const FINE: [f64; 16] = [
    0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.000_75, 0.001, 0.001_5,
    0.002_5, 0.005, 0.01, 0.05, 0.5, 5.0,
];

/// Seconds, for what applications wait for.
const COARSE: [f64; 12] =
    [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0];

/// What the plans want measured of the applications, in the words of their tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Operation {
    WorkflowCreation,
    TestLookup,
    SessionLookup,
    EntityResolution,
}

/// What is counted here. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    generated: Counter,
    monotonicity_faults: Counter,
    collisions: Counter,
    validation_failures: Counter,
    registrations: Counters,
    resolutions: Counters,
    resolution_errors: Counter,
    resolution: Histogram,
    applications: Histograms,
    requests: Counter,
    refused: Counters,
    websocket_attempts: Counters,
    misrouted: Counter,
    isolation_failures: Counter,
    probes: Counters,
    delivery: Histogram,
    up: Gauge,
}

impl Metrics {
    /// Makes all metrics at zero; `sources` are read when somebody asks.
    #[expect(clippy::too_many_lines, reason = "a list of metrics with their words")]
    pub(crate) fn new(sources: Box<dyn Collector>) -> Self {
        use strum::IntoEnumIterator as _;

        let applications: Histograms = Family::new_with_constructor(|| Histogram::new(COARSE));
        let mut inner = Inner {
            registry: Registry::default(),
            generated: Counter::default(),
            monotonicity_faults: Counter::default(),
            collisions: Counter::default(),
            validation_failures: Counter::default(),
            registrations: Counters::default(),
            resolutions: Counters::default(),
            resolution_errors: Counter::default(),
            resolution: Histogram::new(FINE),
            applications,
            requests: Counter::default(),
            refused: Counters::default(),
            websocket_attempts: Counters::default(),
            misrouted: Counter::default(),
            isolation_failures: Counter::default(),
            probes: Counters::default(),
            delivery: Histogram::new(COARSE),
            up: Gauge::default(),
        };
        inner.up.set(1);
        // A series that is not there yet makes an alert blind: a share of nothing is nothing.
        for outcome in ["new", "same", "kept", "conflict", "refused", "failed"] {
            drop(inner.registrations.get_or_create(&[("outcome", outcome)]));
        }
        for result in ["found", "unknown", "invalid", "failed"] {
            drop(inner.resolutions.get_or_create(&[("result", result)]));
        }
        for result in ["accepted", "refused"] {
            drop(inner.websocket_attempts.get_or_create(&[("result", result)]));
        }
        for cause in ["host", "origin", "unauthorized", "scope", "rate"] {
            drop(inner.refused.get_or_create(&[("cause", cause)]));
        }
        for result in ["passed", "failed"] {
            drop(inner.probes.get_or_create(&[("result", result)]));
        }
        for operation in Operation::iter() {
            drop(inner.applications.get_or_create(&[("operation", operation.into())]));
        }
        let registry = &mut inner.registry;
        registry.register("ulid_generated", "Ids that this server made", inner.generated.clone());
        registry.register(
            "ulid_monotonicity_faults",
            "Ids that this server made and that are not greater than the one before",
            inner.monotonicity_faults.clone(),
        );
        registry.register(
            "ulid_collisions",
            "Ids that two owners registered: the second one was refused",
            inner.collisions.clone(),
        );
        registry.register(
            "ulid_validation_failures",
            "Requests, or items of a batch, that were refused because they are wrong",
            inner.validation_failures.clone(),
        );
        registry.register(
            "ulid_registrations",
            "Registrations by outcome",
            inner.registrations.clone(),
        );
        registry.register("ulid_resolutions", "Look-ups by result", inner.resolutions.clone());
        registry.register(
            "cross_system_resolution_errors",
            "Look-ups and traces that failed",
            inner.resolution_errors.clone(),
        );
        registry.register(
            "ulid_resolution_duration_seconds",
            "Time of a look-up in the registry",
            inner.resolution.clone(),
        );
        registry.register(
            "ulid_application_duration_seconds",
            "Time of what the applications wait for, by operation",
            inner.applications.clone(),
        );
        registry.register("ulid_requests", "Requests that came in", inner.requests.clone());
        registry.register(
            "ulid_requests_refused",
            "Requests that were refused, by cause",
            inner.refused.clone(),
        );
        registry.register(
            "ulid_websocket_attempts",
            "Requests for a WebSocket by result",
            inner.websocket_attempts.clone(),
        );
        registry.register(
            "ulid_misrouted",
            "Events that came out at a connection that has not subscribed to their thread: withheld there",
            inner.misrouted.clone(),
        );
        registry.register(
            "ulid_isolation_failures",
            "Probes in which a foreign user or tenant got or sent what it must not",
            inner.isolation_failures.clone(),
        );
        registry.register(
            "ulid_probes",
            "Probes of routing and isolation by result",
            inner.probes.clone(),
        );
        registry.register(
            "ulid_delivery_duration_seconds",
            "Time from publishing to receiving, of the probes",
            inner.delivery.clone(),
        );
        registry.register(
            "ulid_up",
            "1 while the server serves, 0 while it stops",
            inner.up.clone(),
        );
        registry.register_collector(sources);
        Self(Arc::new(inner))
    }

    /// Writes all metrics as OpenMetrics text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(32 << 10);
        prometheus_client::encoding::text::encode(&mut text, &self.0.registry)
            .expect("invariant: a string takes any text");
        text
    }

    /// Counts ids that were made one after the other; `is_growing` says whether each was greater than the one before.
    pub(crate) fn generated(&self, count: u64, is_growing: bool) {
        self.0.generated.inc_by(count);
        if !is_growing {
            self.0.monotonicity_faults.inc();
        }
    }

    pub(crate) fn registered(&self, outcome: &'static str) {
        self.0.registrations.get_or_create(&[("outcome", outcome)]).inc();
        match outcome {
            "conflict" => drop(self.0.collisions.inc()),
            "refused" => drop(self.0.validation_failures.inc()),
            _ => {}
        }
    }

    pub(crate) fn resolved(&self, result: &'static str, time: Duration) {
        self.0.resolutions.get_or_create(&[("result", result)]).inc();
        self.0.resolution.observe(time.as_secs_f64());
        match result {
            "failed" => drop(self.0.resolution_errors.inc()),
            "invalid" => drop(self.0.validation_failures.inc()),
            _ => {}
        }
    }

    pub(crate) fn failed_trace(&self) {
        self.0.resolution_errors.inc();
    }

    pub(crate) fn took(&self, operation: Operation, time: Duration) {
        self.0
            .applications
            .get_or_create(&[("operation", operation.into())])
            .observe(time.as_secs_f64());
    }

    pub(crate) fn asked(&self) {
        self.0.requests.inc();
    }

    /// Counts a request that was refused, by the code of its problem.
    pub(crate) fn refused(&self, code: &'static str) {
        self.0.refused.get_or_create(&[("cause", code)]).inc();
        if matches!(code, "bad_request" | "body" | "media_type") {
            self.0.validation_failures.inc();
        }
    }

    pub(crate) fn websocket(&self, is_accepted: bool) {
        let result = if is_accepted { "accepted" } else { "refused" };
        self.0.websocket_attempts.get_or_create(&[("result", result)]).inc();
    }

    pub(crate) fn misrouted(&self) {
        self.0.misrouted.inc();
    }

    /// Counts a probe: how long its event took, or that it failed.
    pub(crate) fn probed(&self, delivered_in: Option<Duration>, is_isolated: bool) {
        if let Some(time) = delivered_in {
            self.0.delivery.observe(time.as_secs_f64());
        }
        if !is_isolated {
            self.0.isolation_failures.inc();
        }
        let result = if delivered_in.is_some() && is_isolated { "passed" } else { "failed" };
        self.0.probes.get_or_create(&[("result", result)]).inc();
    }

    pub(crate) fn stopping(&self) {
        self.0.up.set(0);
    }
}

/// Writes a metric that somebody else counts.
pub(crate) struct Scrape<'e>(pub(crate) DescriptorEncoder<'e>);

impl Scrape<'_> {
    pub(crate) fn counter(&mut self, name: &str, help: &str, value: u64) -> std::fmt::Result {
        let counter = ConstCounter::new(value);
        counter.encode(self.0.encode_descriptor(name, help, None, MetricType::Counter)?)
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge of 2^53 bytes may be off by one")]
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: u64) -> std::fmt::Result {
        self.gauge_f64(name, help, value as f64)
    }

    pub(crate) fn gauge_f64(&mut self, name: &str, help: &str, value: f64) -> std::fmt::Result {
        ConstGauge::new(value).encode(self.0.encode_descriptor(
            name,
            help,
            None,
            MetricType::Gauge,
        )?)
    }

    pub(crate) fn counters<'v>(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: impl IntoIterator<Item = (&'v str, u64)>,
    ) -> std::fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (value, count) in values {
            let labels = [(label, value)];
            ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge of 2^53 may be off by one")]
    pub(crate) fn gauges<'v>(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: impl IntoIterator<Item = (&'v str, u64)>,
    ) -> std::fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (value, count) in values {
            let labels = [(label, value)];
            ConstGauge::new(count as f64).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
