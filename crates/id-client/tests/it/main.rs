//! Tests of the client: whatever the service does, the application goes on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use id_client::{Client, ClientErrorKind, Options};
use id_registry::{Link, Metadata, Reference, Registry};
use unified_id::UnifiedId;

fn quick() -> Options {
    let mut options = Options::default();
    options.queue = 100;
    options.timeout = Duration::from_millis(300);
    options.longest_wait = Duration::from_millis(100);
    options
}

fn reference() -> Reference {
    Reference::new(UnifiedId::job().to_string(), "crackerjack")
}

/// Reads one request; returns its head and its body.
fn request(stream: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let len = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..len]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= wanted {
                return (head.to_owned(), body.to_owned());
            }
        }
        assert!(len > 0, "the request ends early: {text}");
    }
}

fn answer(stream: &mut TcpStream, status: &str, body: &str) {
    let len = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

#[test]
fn a_service_that_is_away_costs_nothing() {
    // A port on which nobody listens.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::http(&format!("http://127.0.0.1:{port}"), None, quick());
    let start = Instant::now();
    (0..1_000).for_each(|_| client.register(reference()));
    assert!(start.elapsed() < Duration::from_secs(1));
    let counts = client.counts();
    assert_eq!((counts.handed_in, counts.taken), (1_000, 0));
    assert!(counts.dropped >= 300, "{counts:?}");
    assert!(!client.flush(Duration::from_millis(50)));
    let error = client.resolve(&UnifiedId::job().to_string()).unwrap_err();
    assert_eq!(error.kind(), ClientErrorKind::Unreachable);
    let start = Instant::now();
    drop(client);
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn what_waits_is_sent_when_the_service_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        // Silent, broken, then well.
        let (silent, _) = listener.accept().unwrap();
        let (mut broken, _) = listener.accept().unwrap();
        request(&mut broken);
        answer(&mut broken, "503 Service Unavailable", "");
        let (mut well, _) = listener.accept().unwrap();
        let (head, body) = request(&mut well);
        answer(&mut well, "200 OK", r#"{"items":[{"ok":{}},{"problem":{}}]}"#);
        drop(silent);
        (head, body)
    });
    let client = Client::http(&url, Some("secret".to_owned()), quick());
    let metadata = Metadata::new(r#"{"try": 1}"#).unwrap();
    let first = Reference::new("01m7wqt1fbff4sq3bgc5bhn9e0", "mahavishnu")
        .kind("workflow")
        .metadata(metadata)
        .alias("run_user123_a1b2c3d4")
        .link(Link::parent("session_01m7wqt1fcff4sq3cdmzk4w7rt"));
    client.register(first);
    // The second one is handed in while the first waits for its answer, or goes with it.
    client.register(Reference::new("01m7wqt1fcff4sq3cdmzk4w7rt", "mahavishnu").kind("workflow"));
    let (head, body) = service.join().unwrap();
    assert!(head.starts_with("POST /v1/register/batch "), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer secret"), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let expected = serde_json::json!({
        "id": "01m7wqt1fbff4sq3bgc5bhn9e0",
        "system": "mahavishnu",
        "kind": "workflow",
        "metadata": {"try": 1},
        "aliases": ["run_user123_a1b2c3d4"],
        "links": [{"relation": "parent", "to": "session_01m7wqt1fcff4sq3cdmzk4w7rt"}],
    });
    assert_eq!(body["references"][0], expected);
    assert!(client.counts().retries >= 2);
}

#[test]
fn answers_of_the_service_are_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let found = r#"{"found_by":"id","entry":{"id":"job_01m7wqt1fbff4sq3bgc5bhn9e0","system":"crackerjack","kind":"job","timestamp_ms":1795187082731,"registered_at_ms":1,"registered_by":"me","state":"live","metadata":{"a":1}}}"#;
    let service = std::thread::spawn(move || {
        let answers = [
            ("200 OK", found),
            ("404 Not Found", r#"{"title":"unknown id"}"#),
            ("400 Bad Request", r#"{"title":"unparsable","detail":"no id","help":"look"}"#),
            ("200 OK", "<html>"),
        ];
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let (head, _) = request(&mut stream);
            assert!(head.starts_with("GET /v1/resolve?id=a%20b"), "{head}");
            answer(&mut stream, status, body);
        }
    });
    let client = Client::http(&url, None, quick());
    let entry = client.resolve("a b").unwrap().unwrap();
    assert_eq!((entry.system.as_str(), entry.metadata["a"].as_i64()), ("crackerjack", Some(1)));
    assert_eq!(client.resolve("a b").unwrap(), None);
    let error = client.resolve("a b").unwrap_err();
    let said = (error.kind(), error.to_string(), error.help().to_owned());
    assert_eq!(said, (ClientErrorKind::Refused, "no id".to_owned(), "look".to_owned()));
    assert_eq!(client.resolve("a b").unwrap_err().kind(), ClientErrorKind::Answer);
    service.join().unwrap();
}

#[test]
fn without_a_service_the_registry_is_in_the_process() {
    let registry = Arc::new(Registry::in_memory(id_registry::Options::default()).unwrap());
    let tenant = "acme".parse().unwrap();
    let client = Client::embedded(registry, tenant, "crackerjack", quick());
    let id = UnifiedId::job().to_string();
    client.register(Reference::new(id.clone(), "crackerjack"));
    client.register(Reference::new("no id", "crackerjack"));
    assert!(client.flush(Duration::from_secs(10)));
    let counts = client.counts();
    assert_eq!((counts.taken, counts.refused, counts.dropped), (1, 1, 0));
    assert_eq!(client.resolve(&id).unwrap().unwrap().kind, "job");
    assert_eq!(client.resolve("no id").unwrap_err().kind(), ClientErrorKind::Refused);
}
