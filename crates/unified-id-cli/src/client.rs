//! Requests to the server, for its checks: one at a time, each within a bounded time. They may be wrong on purpose.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer.
const MAX_BYTES: usize = 64 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The address is none.
    #[error("`{0}` is no address of a server: write it like http://127.0.0.1:8681")]
    Address(String),
    /// The token cannot be sent.
    #[error("the token has characters that no token has")]
    Token,
    /// The server cannot be reached.
    #[error("the server cannot be reached: is it running?")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server does not answer in time.
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Late,
    /// The server refused; the text is its own.
    #[error("{status} {code}: {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// A short stable name.
        code: String,
        /// What is wrong.
        detail: String,
    },
    /// The answer is not what a server of this kind sends.
    #[error("the answer is not understood")]
    Answer,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Bytes,
}

/// A client. Cheap to clone; connections are kept and shared.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    base: String,
    token: Option<HeaderValue>,
}

impl Client {
    /// Takes the address of a server, such as `http://127.0.0.1:8681`, and a token.
    ///
    /// # Errors
    ///
    /// [`Address`](ClientError::Address), [`Token`](ClientError::Token).
    pub(crate) fn new(base: &str, token: Option<&str>) -> Result<Self, ClientError> {
        let base = base.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| ClientError::Address(base.clone()))?;
        if uri.scheme_str() != Some("http") || uri.authority().is_none() || uri.path() != "/" {
            return Err(ClientError::Address(base));
        }
        let token = token.map(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| ClientError::Token)?;
            value.set_sensitive(true);
            Ok(value)
        });
        let pool = Pool::builder(TokioExecutor::new()).build_http();
        Ok(Self { pool, base, token: token.transpose()? })
    }

    /// Returns the same client with another token.
    ///
    /// # Errors
    ///
    /// [`Token`](ClientError::Token).
    pub(crate) fn with_token(&self, token: Option<&str>) -> Result<Self, ClientError> {
        Self::new(&self.base, token).map(|other| Self { pool: self.pool.clone(), ..other })
    }

    /// Returns the address of the server.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request, and returns the answer whatever its status; `headers` are added, or stand for those of the client.
    ///
    /// # Errors
    ///
    /// [`Unreachable`](ClientError::Unreachable), [`Late`](ClientError::Late), [`Address`](ClientError::Address).
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ClientError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| ClientError::Address(method.to_owned()))?;
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let request =
            request.body(Full::new(body)).map_err(|_| ClientError::Address(path.to_owned()))?;
        let answer = async {
            let answer = self
                .pool
                .request(request)
                .await
                .map_err(|error| ClientError::Unreachable(error.into()))?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), MAX_BYTES)
                .collect()
                .await
                .map_err(ClientError::Unreachable)?;
            Ok(Answer { status, body: body.to_bytes() })
        };
        timeout(PATIENCE, answer).await.map_err(|_| ClientError::Late)?
    }

    /// Asks, and takes the answer as JSON.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), [`Refused`](ClientError::Refused), [`Answer`](ClientError::Answer).
    pub(crate) async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.send("GET", path, None, &[]).await?.json()
    }

    /// Sends JSON, and takes the answer as JSON.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Value, ClientError> {
        let body = serde_json::to_value(body).map_err(|_| ClientError::Answer)?;
        self.send("POST", path, Some(&body), &[]).await?.json()
    }

    /// Finds who made an id; none if nobody registered it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub(crate) async fn resolve(&self, id: &str) -> Result<Option<Value>, ClientError> {
        match self.get(&format!("/v1/resolve?id={}", encoded(id))).await {
            Err(ClientError::Refused { status: 404, .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Tells all that is known around an id; none if nobody registered it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub(crate) async fn trace(&self, id: &str) -> Result<Option<Value>, ClientError> {
        match self.get(&format!("/v1/trace?id={}", encoded(id))).await {
            Err(ClientError::Refused { status: 404, .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Registers an id, and waits until it is durable.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); [`Refused`](ClientError::Refused) with the code `conflict` if it belongs to another owner.
    pub(crate) async fn register(&self, reference: &Value) -> Result<Value, ClientError> {
        self.post("/v1/register", reference).await
    }
}

impl Answer {
    /// Takes the body as JSON.
    ///
    /// # Errors
    ///
    /// [`Refused`](ClientError::Refused) if the status is none of success, [`Answer`](ClientError::Answer) if the body is no JSON.
    pub(crate) fn json(&self) -> Result<Value, ClientError> {
        let value: Option<Value> = serde_json::from_slice(&self.body).ok();
        if (200..300).contains(&self.status) {
            return value.ok_or(ClientError::Answer);
        }
        let text = |name: &str| {
            let field = value.as_ref().and_then(|value| value.get(name)).and_then(Value::as_str);
            field.unwrap_or_default().to_owned()
        };
        Err(ClientError::Refused {
            status: self.status,
            code: text("code"),
            detail: text("detail"),
        })
    }
}

/// A text as part of a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            for part in ['%', hex(byte >> 4), hex(byte & 15)] {
                encoded.push(part);
            }
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_texts_are_checked() {
        for wrong in ["", "localhost", "https://a", "http://a/b", "ftp://a", "http://"] {
            assert!(matches!(Client::new(wrong, None), Err(ClientError::Address(_))), "{wrong}");
        }
        assert!(matches!(Client::new("http://a", Some("a\nb")), Err(ClientError::Token)));
        assert_eq!(encoded("user:1 \u{e4}&"), "user%3A1%20%C3%A4%26");
    }
}
