//! The application of `/ws`: what all its connections share, and the door.
//!
//! Invariant: nobody who is not authenticated gets a WebSocket; a refusal is an HTTP answer with a reason.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use id_router::{Refused, Router};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::auth::{Authenticate, token};
use super::{PROTOCOL, frames, session};
use crate::metrics::Metrics;
use crate::state::Service;

/// Room for a frame around a body.
const FRAME_OVERHEAD_BYTES: usize = 4 * 1024;

/// How long what may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// A ping is sent this often.
    pub ping: Duration,
    /// A connection from which nothing comes for so long is lost.
    pub idle: Duration,
    /// A connection that does not take a frame for so long is lost.
    pub write: Duration,
    /// A lost connection can resume for this long, and up to as long again.
    pub resume: Duration,
    /// Whoever does not close the connection so long after being asked is cut off.
    pub drain: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            ping: Duration::from_secs(20),
            idle: Duration::from_mins(1),
            write: Duration::from_secs(10),
            resume: Duration::from_mins(1),
            drain: Duration::from_secs(10),
        }
    }
}

/// What all connections share: the router, who knows the tokens, and the times. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    router: Router,
    auth: Box<dyn Authenticate>,
    timing: Timing,
    metrics: Option<Metrics>,
    sessions: AtomicUsize,
    finished: Notify,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("timing", &self.0.timing).finish_non_exhaustive()
    }
}

/// Counts a session for as long as it lives.
#[derive(Debug)]
pub(crate) struct Guest(App);

impl Drop for Guest {
    fn drop(&mut self) {
        if self.0.0.sessions.fetch_sub(1, SeqCst) == 1 {
            self.0.0.finished.notify_waiters();
        }
    }
}

impl App {
    /// Makes an application with the usual times.
    #[must_use]
    pub fn new(router: Router, auth: impl Authenticate + 'static) -> Self {
        Self::with_timing(router, auth, Timing::default())
    }

    /// Makes an application with other times.
    #[must_use]
    pub fn with_timing(router: Router, auth: impl Authenticate + 'static, timing: Timing) -> Self {
        Self::with_metrics(router, auth, timing, None)
    }

    /// The WebSockets of a service: its router, its tokens, its metrics.
    pub(crate) fn of_service(service: &Service) -> Self {
        let (tokens, metrics) = (service.tokens().clone(), service.metrics().clone());
        Self::with_metrics(
            service.router().clone(),
            tokens,
            service.config().websocket,
            Some(metrics),
        )
    }

    fn with_metrics(
        router: Router,
        auth: impl Authenticate + 'static,
        timing: Timing,
        metrics: Option<Metrics>,
    ) -> Self {
        Self(Arc::new(Shared {
            router,
            auth: Box::new(auth),
            timing,
            metrics,
            sessions: AtomicUsize::new(0),
            finished: Notify::new(),
        }))
    }

    /// Returns the router, to publish and to record as a service.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.0.router
    }

    /// Returns the times.
    #[must_use]
    pub fn timing(&self) -> Timing {
        self.0.timing
    }

    /// Returns the routes, to be served alone or beside others.
    pub fn routes(self) -> axum::Router {
        axum::Router::new().route("/ws", any(open)).with_state(self)
    }

    /// Waits until no connection is open, or the time is up.
    pub async fn finished(&self, at_most: Duration) {
        let all = async {
            loop {
                let finished = self.0.finished.notified();
                if self.0.sessions.load(SeqCst) == 0 {
                    return;
                }
                finished.await;
            }
        };
        // Whoever is left is cut off when the runtime ends.
        let _ = timeout(at_most, all).await;
    }

    pub(crate) fn metrics(&self) -> Option<&Metrics> {
        self.0.metrics.as_ref()
    }

    fn guest(&self) -> Guest {
        self.0.sessions.fetch_add(1, SeqCst);
        Guest(self.clone())
    }
}

async fn open(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let response = answer(&app, &headers, upgrade);
    if let Some(metrics) = app.metrics() {
        metrics.websocket(response.status() == StatusCode::SWITCHING_PROTOCOLS);
    }
    response
}

fn answer(
    app: &App,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let Some(who) = token(headers).and_then(|token| app.0.auth.identify(token)) else {
        let challenge = (WWW_AUTHENTICATE, "Bearer");
        return refuse(
            StatusCode::UNAUTHORIZED,
            challenge,
            "unauthorized",
            "no valid token",
            "send `Authorization: Bearer <token>`",
        );
    };
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let connection = match app.0.router.connect(who) {
        Ok(connection) => connection,
        Err(why) => {
            let status = match why {
                Refused::Draining => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::TOO_MANY_REQUESTS,
            };
            return refuse(status, (RETRY_AFTER, "1"), why.code(), &why.to_string(), why.help());
        }
    };
    let max_bytes = app.0.router.config().limits.body_bytes + FRAME_OVERHEAD_BYTES;
    let (guest, timing, metrics) = (app.guest(), app.timing(), app.metrics().cloned());
    upgrade.protocols([PROTOCOL]).max_message_size(max_bytes).max_frame_size(max_bytes).on_upgrade(
        move |socket| async move {
            session::run(socket, connection, timing, metrics).await;
            drop(guest);
        },
    )
}

fn refuse(
    status: StatusCode,
    header: (HeaderName, &'static str),
    code: &str,
    message: &str,
    help: &str,
) -> Response {
    let body = frames::error(None, code, message, help);
    (status, [header, (CONTENT_TYPE, "application/json")], body).into_response()
}
