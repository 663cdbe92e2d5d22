//! Trace tables over HTTP: a sink that hangs, refuses, breaks off and comes back; registering does not notice.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use id_registry::{Options, Registry};
use id_server::tokens::{Caller, Scope, Tokens};
use id_server::{Config, Service, TraceTables};
use serde_json::{Value, json};
use unified_id::{Tenant, UnifiedId};

use crate::service::World;

/// What the sink does with a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    /// Reads it and says nothing.
    Hangs,
    /// Says that it cannot.
    Refuses,
    /// Takes it, and its answer breaks off.
    BreaksOff,
    Takes,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    /// Requests that came while it was in each mood that is none of a sound server.
    failed: Vec<Mood>,
    /// Statement and rows of what was taken, and whether account and password were right.
    taken: Vec<(String, String, bool)>,
    /// Connections that hang.
    silent: Vec<TcpStream>,
}

/// A server of trace tables that is written by hand.
#[derive(Clone)]
struct Sink {
    url: String,
    state: Arc<Mutex<State>>,
}

impl Sink {
    fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/?database=ids", listener.local_addr().unwrap());
        let state = State { mood, failed: Vec::new(), taken: Vec::new(), silent: Vec::new() };
        let sink = Self { url, state: Arc::new(Mutex::new(state)) };
        let serving = sink.clone();
        // Ends with the process; each connection has one request.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serving.serve(stream.unwrap());
            }
        });
        sink
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some((head, rows)) = request(&mut stream) else { return };
        let first = head.lines().next().unwrap();
        let target = first.strip_prefix("POST ").unwrap().strip_suffix(" HTTP/1.1").unwrap();
        assert!(target.starts_with("/?database=ids&query="), "{target}");
        assert!(target.contains("&async_insert=0&wait_end_of_query=1"), "{target}");
        let statement = decoded(target.split("query=").nth(1).unwrap().split('&').next().unwrap());
        let head = head.to_lowercase();
        let is_known =
            head.contains("x-clickhouse-user: writer") && head.contains("x-clickhouse-key: secret");
        let mut state = self.state();
        let answer = match state.mood {
            Mood::Hangs => {
                state.failed.push(Mood::Hangs);
                state.silent.push(stream);
                return;
            }
            Mood::Refuses => {
                state.failed.push(Mood::Refuses);
                let said = "Code: 241. DB::Exception: Memory limit exceeded";
                format!(
                    "HTTP/1.1 500 Internal Server Error\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}",
                    said.len()
                )
            }
            Mood::BreaksOff => {
                state.failed.push(Mood::BreaksOff);
                state.taken.push((statement, rows, is_known));
                "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\npart".to_owned()
            }
            Mood::Takes => {
                state.taken.push((statement, rows, is_known));
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
            }
        };
        // Whoever waited too long is gone.
        let _ = stream.write_all(answer.as_bytes());
    }

    fn turn(&self, mood: Mood) {
        let mut state = self.state();
        state.mood = mood;
        state.silent.clear();
    }

    fn failures(&self, mood: Mood) -> usize {
        self.state().failed.iter().filter(|failed| **failed == mood).count()
    }
}

/// Reads one request; none if the other side goes before its end.
fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let len = stream.read(&mut buffer).ok().filter(|len| *len > 0)?;
        bytes.extend_from_slice(&buffer[..len]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let wanted: usize = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        if bytes.len() - end - 4 >= wanted {
            return Some((head, String::from_utf8(bytes[end + 4..].to_vec()).unwrap()));
        }
    }
}

/// Reads the signs of a parameter that stand as `%XX` or `+`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        bytes.push(match byte {
            b'%' => {
                let sign = std::str::from_utf8(&rest[..2]).unwrap();
                rest = &rest[2..];
                u8::from_str_radix(sign, 16).unwrap()
            }
            b'+' => b' ',
            byte => *byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn world(sink: &Sink) -> World {
    let mut tables = TraceTables::new(&sink.url).unwrap();
    tables.user = Some("writer".to_owned());
    tables.password = Some("secret".to_owned());
    tables.timeout = Duration::from_millis(200);
    tables.outbox.batch = 50;
    tables.outbox.longest_wait = Duration::from_millis(100);
    let registry = Registry::in_memory(Options::default()).unwrap();
    let caller = Caller::new(Tenant::new("local").unwrap(), "writer", &[Scope::Write]);
    let service = Service::with_sink(
        registry,
        Tokens::new([("writer", caller)]),
        Config::default(),
        tables.sink(),
        tables.outbox,
    );
    World::of(service.unwrap())
}

/// The value of a gauge as it is written.
async fn gauge(world: &World, name: &str) -> String {
    let text = world.get("/metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap().to_owned()
}

async fn register(world: &World, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let id = UnifiedId::job().to_string();
        world
            .post("/v1/register", "writer", json!({"id": id, "system": "crackerjack"}))
            .await
            .expect(201);
        ids.push(id);
    }
    ids
}

async fn wait_for(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so().await {
        assert!(Instant::now() < end, "{what}: not within a minute");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_sink_that_is_away_is_told_later_and_holds_nothing_up() {
    let sink = Sink::start(Mood::Hangs);
    let world = world(&sink);
    let mut ids = Vec::new();
    for mood in [Mood::Hangs, Mood::Refuses] {
        sink.turn(mood);
        // Every registration is answered while not one statement is.
        ids.extend(register(&world, 100).await);
        assert!(sink.state().taken.is_empty());
        wait_for("two failures", async || sink.failures(mood) >= 2).await;
        assert_eq!(gauge(&world, "ulid_outbox_events").await, format!("{}.0", ids.len()));
    }
    wait_for("failures are counted", async || {
        gauge(&world, "ulid_outbox_failures").await.parse::<f64>().unwrap() >= 2.0
    })
    .await;
    assert!(gauge(&world, "ulid_outbox_age_seconds").await.parse::<f64>().unwrap() > 0.0);
    // What was taken and not answered comes again.
    sink.turn(Mood::BreaksOff);
    wait_for("an answer that breaks off", async || sink.failures(Mood::BreaksOff) >= 2).await;
    assert_eq!(gauge(&world, "ulid_outbox_events").await, "200.0");
    sink.turn(Mood::Takes);
    wait_for("all is told", async || gauge(&world, "ulid_outbox_events").await == "0.0").await;
    for name in ["ulid_outbox_age_seconds", "ulid_outbox_failures"] {
        assert_eq!(gauge(&world, name).await, "0.0", "{name}");
    }
    drop(world);

    let state = sink.state();
    assert!(state.taken.iter().all(|(.., is_known)| *is_known));
    let rows = |table: &str| {
        let statement = format!("INSERT INTO unified_id_{table} FORMAT JSONEachRow");
        state.taken.iter().filter(move |(of, ..)| *of == statement).map(|(_, rows, _)| rows)
    };
    let mut seen: Vec<(String, u64)> = Vec::new();
    for batch in rows("entry") {
        assert!(batch.lines().count() <= 50);
        for line in batch.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            seen.push((row["id"].as_str().unwrap().to_owned(), row["version"].as_u64().unwrap()));
        }
    }
    // The first row of an id has the largest version, and the same row again has the same one.
    let distinct: BTreeSet<_> = seen.into_iter().collect();
    let told: BTreeSet<&str> = distinct.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(told, ids.iter().map(String::as_str).collect::<BTreeSet<_>>());
    assert_eq!(distinct.len(), ids.len());
    assert_eq!(rows("event").map(|batch| batch.lines().count()).sum::<usize>() % 50, 0);
}

#[tokio::test]
async fn a_service_ends_while_its_sink_hangs() {
    let sink = Sink::start(Mood::Hangs);
    let world = world(&sink);
    register(&world, 1).await;
    wait_for("the sink hangs", async || sink.failures(Mood::Hangs) >= 1).await;
    // Returns: the request in flight has its time, and nothing is tried after it.
    drop(world);
    assert!(sink.state().taken.is_empty());
}
