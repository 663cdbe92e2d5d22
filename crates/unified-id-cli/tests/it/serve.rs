//! `unified-id serve` as a program that dies, and the client that goes on.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use id_client::{Client, Options};
use id_registry::Reference;
use unified_id::UnifiedId;

/// A server; killed when this is dropped.
struct Serve {
    process: Child,
    url: String,
    /// Held open: a server that cannot print ends.
    _out: BufReader<ChildStdout>,
}

impl Serve {
    fn start(folder: &Path, port: u16, more: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_unified-id"))
            .args(["serve", "--port", &port.to_string(), "--data"])
            .arg(folder)
            .args(more)
            // Nothing of ours goes through a proxy that the environment names.
            .envs(
                ["http_proxy", "HTTP_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:9")),
            )
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line.split("/  ").next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { process, url, _out: out }
    }

    fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Kills the process at once; nothing of it goes on.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn token(folder: &Path) -> String {
    let file = std::fs::read_to_string(folder.join("tokens.toml")).unwrap();
    let token = file.lines().find_map(|line| line.strip_prefix("token = "));
    token.unwrap().trim_matches('"').to_owned()
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_client_outlives_a_server_that_is_killed() {
    const QUEUE: usize = 1_000;
    const BATCH: usize = 50;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Serve::start(&data, 0, &[]);
    let port = server.port();
    let mut options = Options::default();
    (options.queue, options.batch) = (QUEUE, BATCH);
    options.longest_wait = Duration::from_millis(200);
    let client = Client::http(&server.url, Some(token(&data)), options);
    let mut ids = Vec::new();
    let mut register = |count: usize| {
        for _ in 0..count {
            let id = UnifiedId::job().to_string();
            client.register(Reference::new(&id, "crackerjack"));
            ids.push(id);
        }
    };
    // Killed in the midst of the batches.
    register(800);
    wait_for("a batch is taken", || client.counts().taken > 0);
    server.kill();
    let acknowledged = client.counts().taken;
    // More than the queue holds: the rest is dropped and counted, and nobody waits.
    register(3 * QUEUE);
    wait_for("the client tries again", || client.counts().retries >= 2);
    let counts = client.counts();
    assert_eq!(counts.handed_in, 800 + 3 * QUEUE as u64);
    assert!(counts.dropped > 0 && counts.refused == 0, "{counts:?}");
    let waiting = counts.handed_in - counts.taken - counts.dropped;
    assert!(waiting <= (QUEUE + BATCH) as u64, "{counts:?}");
    assert!(client.resolve(&ids[0]).is_err());

    let server = Serve::start(&data, port, &[]);
    assert!(client.flush(Duration::from_mins(1)), "{:?}", client.counts());
    let counts = client.counts();
    assert!(counts.taken >= acknowledged + waiting && counts.refused == 0, "{counts:?}");
    assert_eq!(counts.taken + counts.dropped, counts.handed_in);
    // What was taken is there, and nothing else: what came before the kill, what waited, and what was sent twice.
    let found: HashSet<&String> =
        ids.iter().filter(|id| client.resolve(id).unwrap().is_some()).collect();
    assert_eq!(found.len() as u64, counts.taken);
    drop(server);
}

#[test]
fn the_flags_lead_to_the_trace_tables() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let password = folder.path().join("password");
    std::fs::File::create(&password).unwrap().write_all(b"secret\n").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/?database=ids", listener.local_addr().unwrap());
    let flags = ["--clickhouse", &url, "--clickhouse-user", "writer", "--clickhouse-password-file"];
    let flags: Vec<&str> = flags.into_iter().chain([password.to_str().unwrap()]).collect();
    let server = Serve::start(&data, 0, &flags);
    let client = Client::http(&server.url, Some(token(&data)), Options::default());
    client.register(Reference::new(UnifiedId::job().to_string(), "crackerjack"));
    listener.set_nonblocking(true).unwrap();
    let mut accepted = None;
    wait_for("the server asks", || {
        accepted = listener.accept().ok();
        accepted.is_some()
    });
    let (mut stream, _) = accepted.unwrap();
    stream.set_nonblocking(false).unwrap();
    let mut head = String::new();
    while !head.contains("\r\n\r\n") {
        let mut buffer = [0; 1024];
        let len = stream.read(&mut buffer).unwrap();
        assert!(len > 0, "{head}");
        head.push_str(std::str::from_utf8(&buffer[..len]).unwrap());
    }
    let head = head.to_lowercase();
    assert!(head.starts_with("post /?database=ids&query=create%20table"), "{head}");
    assert!(head.contains("x-clickhouse-user: writer\r\n"), "{head}");
    assert!(head.contains("x-clickhouse-key: secret\r\n"), "{head}");

    let wrong = Command::new(env!("CARGO_BIN_EXE_unified-id"))
        .args(["serve", "--port", "0", "--clickhouse", "https://db", "--data"])
        .arg(folder.path().join("other"))
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("begin with http://") && said.contains("help:"), "{said}");
}
