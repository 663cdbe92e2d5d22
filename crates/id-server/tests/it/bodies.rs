//! Bodies that nobody meant: every one is answered, none by a failure of the server.

#[path = "../../../../fuzz/src/bodies.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets call these functions from other crates")]
mod targets;

use axum::body::Body;
use axum::http::Request;
use id_testkit::workspace_root;

use crate::service::World;

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

fn mutated(seed: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut body = seed.to_vec();
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

/// Replays what is committed for a fuzz target, and each of it changed in hundreds of ways.
fn replay(target: fn(&[u8]), name: &str, least: usize) {
    let mut seeds: Vec<_> = std::fs::read_dir(workspace_root().join("fuzz/corpus").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    seeds.sort();
    assert!(seeds.len() >= least, "the seeds are gone");
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut numbers = Numbers(1);
    let changed: Vec<Vec<u8>> = (0..4_000)
        .map(|round| {
            let (first, rest) = seeds[round % seeds.len()].split_first().unwrap();
            [&[*first], &*mutated(rest, &mut numbers)].concat()
        })
        .collect();
    id_testkit::replay(target, name, &changed);
}

#[test]
fn rest() {
    replay(targets::rest, "rest", targets::PATHS.len());
}

#[test]
fn mcp() {
    replay(targets::mcp, "mcp", 4);
}

/// A seed that is not taken tries only the refusals.
#[tokio::test]
async fn what_the_fuzzer_starts_from_is_taken() {
    let world = World::new();
    for entry in std::fs::read_dir(workspace_root().join("fuzz/corpus/rest")).unwrap() {
        let path = entry.unwrap().path();
        let seed = std::fs::read(&path).unwrap();
        let to = targets::PATHS[usize::from(seed[0] - b'0')];
        let request = Request::post(to)
            .header("host", "localhost")
            .header("authorization", "Bearer admin")
            .header("content-type", "application/json");
        let answer = world.send(request.body(Body::from(seed[1..].to_vec())).unwrap()).await;
        // Nothing is registered yet that could be asked for, deleted or purged.
        let is_unknown = answer.status == 404 && answer.json()["code"] == "unknown_id";
        assert!(answer.status.is_success() || is_unknown, "{}: {answer:?}", path.display());
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
