//! What handlers take out of requests: parameters, bodies and rights; each is refused as a problem.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::Problem;
use crate::guard::Access;
use crate::state::Service;
use crate::tokens::{Caller, Scope};

/// The parameters of the query.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let help = "the parameters are described at /openapi.json; write blanks and signs as %XX";
        Query::try_from_uri(&parts.uri)
            .map(|Query(params)| Self(params))
            .map_err(|error| Problem::bad_request(error.body_text(), help))
    }
}

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Service> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let is_json = request.headers().get(CONTENT_TYPE).is_some_and(|value| {
            let value = value.as_bytes();
            let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
            essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
        });
        if !is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type",
                "the body is not said to be JSON",
                "send `Content-Type: application/json`",
            ));
        }
        let bytes = Bytes::from_request(request, service).await.map_err(|error| {
            let status = error.status();
            let help = format!("send at most {} bytes", service.config().limits.body_bytes);
            Problem::new(status, "body", error.body_text(), help)
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Problem::bad_request(
                format!("the body is not understood: {error}"),
                "its form is described at /openapi.json",
            )
        })
    }
}

macro_rules! rights {
    ($(#[$doc:meta])* $name:ident, $scope:expr) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Caller);

        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                let access = parts.extensions.get::<Access>().ok_or_else(Problem::unauthorized)?;
                access.need($scope).map(Self)
            }
        }
    };
}

rights! {
    /// Whoever may read: on the loopback interface everybody.
    Reader, Scope::Read
}
rights! {
    /// Whoever may register.
    Writer, Scope::Write
}
rights! {
    /// Whoever may administer.
    Admin, Scope::Admin
}
