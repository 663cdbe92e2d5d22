//! Bodies that nobody meant: every one is answered, none by a failure of the server.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::service::World;

/// A path with a body that it takes.
const SEEDS: [(&str, &str); 8] = [
    ("/v1/inspect", r#"{"ids":["01m7wqt1fbff4sq3bgc5bhn9e0","run_user123_a1b2c3d4"]}"#),
    ("/v1/resolve", r#"{"ids":["01m7wqt1fbff4sq3bgc5bhn9e0"]}"#),
    (
        "/v1/register",
        r#"{"id":"workflow_01m7wqt1fbff4sq3bgc5bhn9e0","system":"mahavishnu","kind":"workflow","metadata":{"a":[1,2.5e3,null,{"b":"\u00e4"}]},"aliases":["run_user123_a1b2c3d4"],"links":[{"relation":"parent","to":"test_01m7wqt1fcff4sq3cdmzk4w7rt"}]}"#,
    ),
    (
        "/v1/register/batch",
        r#"{"references":[{"id":"test_01m7wqt1fcff4sq3cdmzk4w7rt","system":"crackerjack"}]}"#,
    ),
    (
        "/v1/systems",
        r#"{"name":"billing","aliases":["invoices"],"prefixes":["inv_"],"patterns":["^INV-[0-9]+$"]}"#,
    ),
    ("/v1/new", r#"{"kind":"workflow","count":2}"#),
    (
        "/mcp",
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"resolve","arguments":{"id":"01m7wqt1fbff4sq3bgc5bhn9e0"}}}"#,
    ),
    (
        "/mcp",
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#,
    ),
];

/// Pieces that parsers stumble over.
const PIECES: [&str; 14] = [
    "\"",
    "{",
    "[",
    "}",
    "]",
    ",",
    ":",
    "null",
    "-0",
    "1e999",
    "\\ud800",
    "\u{0}",
    "\"\":{}",
    "99999999999999999999",
];

/// A small generator of numbers: the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }
}

fn mutated(seed: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut body = seed.as_bytes().to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(body.len());
        match numbers.below(5) {
            0 => body.truncate(at),
            1 => drop(body.splice(at..at, PIECES[numbers.below(PIECES.len())].bytes())),
            2 if !body.is_empty() => body[at] = u8::try_from(numbers.below(256)).unwrap(),
            3 => drop(body.drain(at..(at + numbers.below(8)).min(body.len()))),
            _ => {
                let end = (at + numbers.below(40)).min(body.len());
                let copy = body[at..end].to_vec();
                drop(body.splice(at..at, copy));
            }
        }
    }
    body
}

#[tokio::test]
async fn no_body_makes_the_server_fail() {
    let world = World::new();
    let mut numbers = Numbers(1);
    for round in 0..6_000 {
        let (path, seed) = SEEDS[round % SEEDS.len()];
        let body = mutated(seed, &mut numbers);
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("host", "localhost")
            .header("authorization", "Bearer admin")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        let answer = world.send(request.body(Body::from(body.clone())).unwrap()).await;
        let shown = || format!("{path} {}: {answer:?}", String::from_utf8_lossy(&body));
        assert!(answer.status.as_u16() < 500, "{}", shown());
        if path != "/mcp" {
            serde_json::from_str::<Value>(&answer.text)
                .unwrap_or_else(|error| panic!("{error}: {}", shown()));
        }
    }
}

/// Nesting costs a recursive reader its stack.
#[tokio::test]
async fn deep_and_wide_bodies_are_refused_or_answered() {
    let world = World::new();
    for (path, body) in [
        (
            "/v1/register",
            format!("{{\"id\":\"a\",\"system\":\"a\",\"metadata\":{}", "{\"a\":".repeat(100_000)),
        ),
        ("/v1/register", "[".repeat(1_000_000)),
        (
            "/mcp",
            format!(
                "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{}",
                "[".repeat(1_000_000)
            ),
        ),
        ("/v1/resolve", format!("{{\"ids\":[{}]}}", vec!["\"a\""; 200_000].join(","))),
    ] {
        let request = Request::builder().method("POST").uri(path).header("host", "localhost");
        let request = request
            .header("authorization", "Bearer admin")
            .header("content-type", "application/json");
        let request = request.header("accept", "application/json, text/event-stream");
        let answer = world.send(request.body(Body::from(body)).unwrap()).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{path}: {answer:?}");
    }
}
