//! All routes together, behind the one door.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::http::Problem;
use crate::state::Service;
use crate::{guard, http, mcp, web, ws};

/// What OpenMetrics text is called.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns the routes of a service, and the application of its WebSockets, whose connections end when it is drained.
pub fn routes(service: &Service) -> (Router, ws::App) {
    let app = ws::App::of_service(service);
    let limits = service.config().limits;
    let router = http::router()
        .merge(web::router())
        .route("/openapi.json", get(|| async { Json(http::openapi()) }))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .fallback(nothing)
        .method_not_allowed_fallback(other_method)
        .with_state(service.clone())
        .route_service("/mcp", mcp::http(service))
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(from_fn_with_state(limits.request, in_time))
        // A WebSocket is not bounded in time: its own times hold.
        .merge(app.clone().routes())
        .layer(from_fn_with_state(service.clone(), guard::guard));
    (router, app)
}

async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let late = |_| {
        let help = "send the whole request at once; ask for less, or try again";
        Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "timeout",
            format!("no answer within {} s", limit.as_secs()),
            help,
        )
        .into_response()
    };
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(late)
}

/// The process runs.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The registry reads and writes.
async fn readyz(State(service): State<Service>) -> Response {
    let health = tokio::task::spawn_blocking(move || service.registry().health()).await;
    match health {
        Ok(health) if health.is_ok => "ready\n".into_response(),
        Ok(health) => {
            let help = "see the server's log and the data's disk";
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not_ready",
                health.problems.join("; "),
                help,
            )
            .into_response()
        }
        Err(_) => Problem::failed("the health could not be asked").into_response(),
    }
}

async fn metrics(State(service): State<Service>) -> Response {
    let text = tokio::task::spawn_blocking(move || service.metrics().text()).await;
    text.map_or_else(
        |_| Problem::failed("the metrics could not be read").into_response(),
        |text| ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
    )
}

async fn nothing(request: Request) -> Problem {
    let path = http::error::shown(request.uri().path());
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_such_page",
        format!("there is no `{path}`"),
        "the paths are listed at /openapi.json",
    )
}

async fn other_method(method: Method) -> Problem {
    let help = "see /openapi.json";
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        format!("{method} is not possible here"),
        help,
    )
}
