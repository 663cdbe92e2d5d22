//! A service in memory, asked without sockets.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use id_registry::{Options, Registry};
use id_server::tokens::{Caller, Scope, Tokens};
use id_server::{Config, Service, routes};
use serde_json::Value;
use tower::ServiceExt as _;
use unified_id::Tenant;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The code of a refusal, whose form is checked.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for field in ["title", "detail", "help"] {
            assert!(!problem[field].as_str().unwrap().is_empty(), "{problem}");
        }
        problem["code"].as_str().unwrap().to_owned()
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) router: Router,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> Self {
        let registry = Registry::in_memory(Options::default()).unwrap();
        let tenant = |name: &str| Tenant::new(name).unwrap();
        let caller = |name, scope| Caller::new(tenant("local"), name, &[scope]);
        let mut bound = caller("mahavishnu-writer", Scope::Write);
        bound.system = Some("mahavishnu".into());
        let tokens = Tokens::new([
            ("admin", caller("admin", Scope::Admin)),
            ("writer", caller("writer", Scope::Write)),
            ("reader", caller("reader", Scope::Read)),
            ("bound", bound),
            ("foreign", Caller::new(tenant("foreign"), "foreign", &[Scope::Write])),
        ]);
        Self::of(Service::new(registry, tokens, config))
    }

    pub(crate) fn of(service: Service) -> Self {
        let (router, _) = routes(&service);
        Self { service, router }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Asks without a token, as somebody on this machine.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, None).await
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("host", "localhost:8681");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.ask("POST", path, Some(token), Some(body)).await
    }
}
