//! The server on a real socket: slow and silent clients, its end, MCP.

use std::time::{Duration, Instant};

use id_server::{Config, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::within;
use crate::service::World;

struct Running {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

async fn start(config: Config) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let service = World::with(config).service;
    let serving = tokio::spawn(serve(listener, service, async move {
        let _ = stopped.await;
    }));
    Running { address, stop, serving }
}

/// Sends bytes, and reads until the server closes.
async fn talk(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn impatient() -> Config {
    let mut config = Config::default();
    (config.limits.head, config.limits.request) =
        (Duration::from_millis(300), Duration::from_millis(300));
    config
}

#[tokio::test]
async fn slow_and_silent_clients_are_let_go() {
    let server = start(impatient()).await;
    let start = Instant::now();
    let silent = talk(server.address, "");
    let half = talk(server.address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ");
    let body = talk(
        server.address,
        "POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{",
    );
    let (silent, half, body) = tokio::join!(silent, half, body);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(silent, "");
    assert!(half.is_empty() || half.starts_with("HTTP/1.1 408"), "{half}");
    assert!(body.starts_with("HTTP/1.1 408"), "{body}");
    // A fast one is served meanwhile.
    let fast = talk(
        server.address,
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(fast.starts_with("HTTP/1.1 200"), "{fast}");
    server.stop.send(()).unwrap();
    within(server.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_no_http_is_no_danger() {
    let server = start(impatient()).await;
    for request in [
        "\u{0}\u{1}\u{2}\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000)),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "A: b\r\n".repeat(500)),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
    ] {
        let answer = talk(server.address, &request).await;
        assert!(
            answer.is_empty()
                || answer.starts_with("HTTP/1.1 4")
                || answer.starts_with("HTTP/1.0 4"),
            "{answer}"
        );
    }
    server.stop.send(()).unwrap();
    within(server.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn more_connections_than_there_may_be_wait_for_a_place() {
    let mut config = Config::default();
    config.limits.connections = 2;
    config.limits.head = Duration::from_millis(500);
    let server = start(config).await;
    let _held = [
        TcpStream::connect(server.address).await.unwrap(),
        TcpStream::connect(server.address).await.unwrap(),
    ];
    // Served as soon as one of the silent ones was let go.
    let answer = talk(
        server.address,
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop.send(()).unwrap();
    within(server.serving).await.unwrap().unwrap();
}

async fn mcp(server: &Running, token: &str, message: Value) -> Value {
    let body = message.to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\n{token}Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = talk(server.address, &request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn mcp_has_the_same_tools_and_the_same_door() {
    let server = start(Config::default()).await;
    let listed = mcp(&server, "", json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await;
    let _guard = id_testkit::snapshots("mcp").bind_to_scope();
    insta::assert_snapshot!(
        "tools",
        serde_json::to_string_pretty(&listed["result"]["tools"]).unwrap()
    );
    let call = |name: &str, arguments: Value| json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": name, "arguments": arguments}});
    let register = call(
        "register",
        json!({"id": "workflow_01m7wqt1fbff4sq3bgc5bhn9e0", "system": "mahavishnu"}),
    );
    let refused = mcp(&server, "", register.clone()).await;
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    let done = mcp(&server, "Authorization: Bearer writer\r\n", register).await;
    assert_eq!(done["result"]["structuredContent"]["outcome"], "new", "{done}");
    let found =
        mcp(&server, "", call("resolve", json!({"id": "01M7WQT1FBFF4SQ3BGC5BHN9E0"}))).await;
    assert_eq!(found["result"]["structuredContent"]["entry"]["system"], "mahavishnu", "{found}");
    let wrong = mcp(&server, "", call("resolve", json!({"id": 1}))).await;
    assert!(wrong["error"]["code"].is_number() || wrong["result"]["isError"] == true, "{wrong}");
    server.stop.send(()).unwrap();
    within(server.serving).await.unwrap().unwrap();
}
