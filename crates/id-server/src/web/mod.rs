//! The page: one box that takes any form of an id and says what it is, who made it and what belongs to it.
//!
//! The server writes the whole page, so that it works without a script; the script only makes it quicker to use. Invariants:
//! nothing is loaded from anywhere else; every text of a caller is escaped by the template; no build step. Next: `page.rs`
//! (what is shown), `timeline.rs` (the drawing), `page.css`, `page.js`.

mod page;
mod timeline;
mod when;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use self::page::Question;
use crate::http::extract::{Params, Reader};
use crate::state::Service;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const ICON: &str = include_str!("icon.svg");

/// The routes of the page.
pub(crate) fn router() -> Router<Service> {
    Router::new()
        .route("/", get(search))
        .route("/id/{*id}", get(deep_link))
        .route("/page.css", get(async || asset("text/css; charset=utf-8", STYLE)))
        .route("/page.js", get(async || asset("text/javascript; charset=utf-8", SCRIPT)))
        .route("/icon.svg", get(async || asset("image/svg+xml", ICON)))
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    // Asked for again after each update of the server; it is on the same machine.
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text)
}

/// What the address of the page holds. Other parameters are somebody's own and harmless.
#[derive(Debug, Deserialize)]
struct PageParams {
    #[serde(default)]
    q: String,
    window: Option<u64>,
}

async fn search(
    State(service): State<Service>,
    reader: Reader,
    headers: HeaderMap,
    Params(params): Params<PageParams>,
) -> Response {
    show(&service, reader, &headers, Question::new(params.q, params.window)).await
}

async fn deep_link(
    State(service): State<Service>,
    reader: Reader,
    headers: HeaderMap,
    Path(id): Path<String>,
    Params(params): Params<PageParams>,
) -> Response {
    show(&service, reader, &headers, Question::new(id, params.window)).await
}

async fn show(
    service: &Service,
    Reader(caller): Reader,
    headers: &HeaderMap,
    question: Question,
) -> Response {
    let findings = page::ask(service, &caller, &question).await;
    let status = findings.status();
    // The script takes the inner part only, and puts it into the page that is there.
    let is_part = headers.get("x-part").is_some();
    let html = if is_part {
        page::inner(service, &question, &findings)
    } else {
        page::whole(service, &question, &findings)
    };
    let status = if is_part { StatusCode::OK } else { status };
    (status, Html(html.into_string())).into_response()
}
