//! Tests of the client: whatever the service does, the application goes on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

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
    (0..1_000).for_each(|_| client.register(reference()));
    let counts = client.counts();
    assert_eq!((counts.handed_in, counts.taken), (1_000, 0));
    assert!(counts.dropped >= 300, "{counts:?}");
    assert!(!client.flush(Duration::from_millis(50)));
    let error = client.resolve(&UnifiedId::job().to_string()).unwrap_err();
    assert_eq!(error.kind(), ClientErrorKind::Unreachable);
    // Ends, though nothing can be sent.
    drop(client);
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
        answer(&mut well, "200 OK", r#"{"results":[{"ok":{}},{"problem":{}}]}"#);
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

/// A service that answers each batch by itself.
fn service_of(
    answer_to: impl Fn(&serde_json::Value) -> (&'static str, String) + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Ends with the process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (_, body) = request(&mut stream);
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            let (status, text) = answer_to(&body["references"]);
            answer(&mut stream, status, &text);
        }
    });
    url
}

fn all_taken(references: &serde_json::Value) -> (&'static str, String) {
    let results = vec![serde_json::json!({"ok": {}}); references.as_array().unwrap().len()];
    ("200 OK", serde_json::json!({ "results": results }).to_string())
}

#[test]
fn what_breaks_a_batch_costs_the_rest_of_it_nothing() {
    let url = service_of(|references| {
        let all = references.as_array().unwrap();
        let has = |kind: &str| all.iter().any(|reference| reference["kind"] == kind);
        match () {
            () if all.len() > 10 => ("413 Payload Too Large", String::new()),
            () if has("wrong") => ("400 Bad Request", String::new()),
            () if has("breaks") => ("500 Internal Server Error", String::new()),
            () if has("lost") => ("200 OK", r#"{"results":[]}"#.to_owned()),
            () => all_taken(references),
        }
    });
    let mut options = quick();
    options.longest_wait = Duration::from_millis(1);
    let client = Client::http(&url, None, options);
    for number in 0..50 {
        let kind = match number {
            7 => "wrong",
            20 => "breaks",
            33 => "lost",
            _ => "job",
        };
        client.register(reference().kind(kind));
    }
    assert!(client.flush(Duration::from_mins(1)), "{:?}", client.counts());
    let counts = client.counts();
    assert_eq!((counts.taken, counts.refused, counts.dropped), (47, 3, 0));
}

#[test]
fn a_token_may_be_put_right_while_the_program_runs() {
    let asked = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let url = service_of(move |references| {
        if asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3 {
            return ("401 Unauthorized", String::new());
        }
        all_taken(references)
    });
    let client = Client::http(&url, None, quick());
    client.register(reference());
    assert!(client.flush(Duration::from_mins(1)));
    let counts = client.counts();
    assert_eq!((counts.taken, counts.refused, counts.retries), (1, 0, 3));
}

#[test]
fn answers_of_the_service_are_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let found = r#"{"found_by":"id","entry":{"id":"job_01m7wqt1fbff4sq3bgc5bhn9e0","system":"crackerjack","kind":"job","timestamp_ms":1795187082731,"registered_at_ms":1,"registered_by":"me","state":"live","metadata":{"a":1}}}"#;
    let service = std::thread::spawn(move || {
        let answers = [
            ("200 OK", found),
            ("404 Not Found", r#"{"code":"not_registered","title":"Not Found"}"#),
            ("404 Not Found", "another page"),
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
    // Another service at this address does not know that nobody registered the id.
    assert_eq!(client.resolve("a b").unwrap_err().kind(), ClientErrorKind::Refused);
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
