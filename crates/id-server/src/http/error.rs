//! Errors as they are sent: `application/problem+json` (RFC 9457) with a stable code and what to do.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use id_registry::{RegistryError, RegistryErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was refused or failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: u16,
    /// A short stable name, such as `conflict`.
    pub(crate) code: &'static str,
    /// The status in words.
    pub(crate) title: &'static str,
    /// What is wrong, and where.
    pub(crate) detail: String,
    /// What to do.
    pub(crate) help: String,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            status: status.as_u16(),
            code,
            title: status.canonical_reason().unwrap_or("Error"),
            detail: detail.into(),
            help: help.into(),
        }
    }

    pub(crate) fn bad_request(detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail, help)
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_registered",
            format!("`{}` is an id, but nobody registered it", shown(id)),
            "register it, or ask `/v1/inspect` what its text says",
        )
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "no valid token",
            "send `Authorization: Bearer <token>`; the server's tokens are in `tokens.toml` in its data folder",
        )
    }

    pub(crate) fn forbidden(
        code: &'static str,
        detail: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail, help)
    }

    pub(crate) fn failed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            detail,
            "try again; if it stays, look at the server's log",
        )
    }
}

/// A text on one line, cut at 64 characters.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(64).flat_map(char::escape_debug).collect();
    if text.chars().nth(64).is_some() {
        shown.push_str("...");
    }
    shown
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        use RegistryErrorKind as Kind;

        let status = match error.kind() {
            Kind::Conflict | Kind::Clock => StatusCode::CONFLICT,
            Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
            Kind::UnknownId => StatusCode::NOT_FOUND,
            Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
            Kind::Closed | Kind::Locked => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Full => StatusCode::INSUFFICIENT_STORAGE,
            Kind::Unparsable
            | Kind::Name
            | Kind::UnknownSystem
            | Kind::MissingKind
            | Kind::Metadata
            | Kind::Limit
            | Kind::Cursor => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.kind().code(), error.to_string(), error.help())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).expect("invariant: texts and a number are JSON");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        // For the metrics, which count what was refused and why.
        response.extensions_mut().insert(Code(self.code));
        response
    }
}

/// The code of the problem that a response carries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code(pub(crate) &'static str);
