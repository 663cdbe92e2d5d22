//! What must hold of the server for the body of any request: it is answered, in the form that was promised, and by no failure.
//!
//! Invariant: needs neither libFuzzer nor anything of this workspace but `id-server` and `id-registry`, so
//! `crates/id-server/tests/it/bodies.rs` includes it.

use std::cell::RefCell;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use id_registry::{Options, Registry};
use id_server::tokens::{Caller, Scope, Tokens};
use id_server::{Config, Service, routes};
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Where bodies go, by the digit or letter before them; `/v1/backup` is left out, because its body names a folder.
pub const PATHS: [&str; 9] = [
    "/v1/inspect",
    "/v1/resolve",
    "/v1/register",
    "/v1/register/batch",
    "/v1/systems",
    "/v1/new",
    "/v1/delete",
    "/v1/purge",
    "/v1/retain",
];

/// After so many bodies a server is made anew, so that what they registered does not pile up.
const BODIES: usize = 10_000;

/// A server in memory.
struct World {
    runtime: Runtime,
    router: Router,
    left: usize,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let registry = Registry::in_memory(Options::default()).expect("a registry can be made");
        let tenant = "local".parse().expect("the name is one");
        let admin = Caller::new(tenant, "admin", &[Scope::Admin]);
        let service = Service::new(registry, Tokens::new([("admin", admin)]), Config::default());
        let router = runtime.block_on(async { routes(&service).0 });
        Self { runtime, router, left: BODIES }
    }

    /// Asks as an administrator, and checks what holds of every answer.
    fn ask(&self, path: &str, body: &[u8]) -> String {
        let request = Request::post(path)
            .header("host", "localhost")
            .header("authorization", "Bearer admin")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Body::from(body.to_vec()))
            .expect("the headers are fixed");
        let shown = || format!("{path} {}", String::from_utf8_lossy(body));
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("routes do not fail");
            let status = answer.status();
            let bytes = to_bytes(answer.into_body(), 64 << 20).await.expect("an answer ends");
            let text = String::from_utf8(bytes.to_vec()).expect("an answer is text");
            assert!(!status.is_server_error(), "{status} {text}: {}", shown());
            text
        })
    }
}

fn with_world(work: impl FnOnce(&World)) {
    thread_local! { static WORLD: RefCell<Option<World>> = const { RefCell::new(None) }; }
    WORLD.with_borrow_mut(|world| {
        let kept = world.get_or_insert_with(World::new);
        work(kept);
        kept.left -= 1;
        if kept.left == 0 {
            *world = None;
        }
    });
}

/// Sends a body to the path that its first byte chooses: the answer is JSON, and a refusal says what and why.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn rest(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let path = PATHS[usize::from(first.wrapping_sub(b'0')) % PATHS.len()];
    with_world(|world| {
        let text = world.ask(path, body);
        // What takes long is answered in lines.
        for line in text.lines() {
            let answer: Value = serde_json::from_str(line).unwrap_or_else(|error| {
                panic!("{error}: {path} {}: {text}", String::from_utf8_lossy(body))
            });
            if answer.get("code").is_some() {
                assert!(answer["help"].as_str().is_some_and(|help| !help.is_empty()), "{answer}");
            }
        }
    });
}

/// Sends a message to the endpoint of MCP.
///
/// # Panics
///
/// Panics if it is answered by a failure of the server.
pub fn mcp(data: &[u8]) {
    with_world(|world| drop(world.ask("/mcp", data)));
}
