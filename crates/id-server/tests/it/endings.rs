//! How connections end: each with its code, and nothing is left behind.

use std::time::Duration;

use futures_util::SinkExt as _;
use id_router::{Config, Identity, Limits, Overflow, Stats};
use id_server::ws::Timing;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::client::{Client, Server, key, timing, within};

fn alice() -> Identity {
    Identity::new("acme".parse().unwrap(), "alice")
}

#[tokio::test]
async fn draining_gives_out_what_waits_and_closes_with_1012() {
    let mut server = Server::start(Config::default(), Timing::default()).await;
    let mut alice = server.join("alice", &["chat"]).await;
    for number in 0..100 {
        alice
            .send(&json!({"op": "publish", "to": "thread_chat", "body": number}).to_string())
            .await;
    }
    let mut numbers = Vec::new();
    let mut outcomes = 0;
    while outcomes < 100 {
        let frame = alice.get().await;
        match frame["event"].as_str().unwrap() {
            "message" => numbers.push(frame["body"].as_u64().unwrap()),
            _ => outcomes += 1,
        }
    }
    server.stop();
    let (code, rest) = alice.closed().await;
    assert_eq!(code, CloseCode::Restart);
    numbers.extend(rest.iter().filter_map(|frame| frame["body"].as_u64()));
    assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    let address = server.address;
    let app = server.app.clone();
    server.stopped().await;
    assert_eq!(app.router().stats().connections, 0);
    assert!(Client::open(address, "alice").await.is_err());
}

#[tokio::test]
async fn a_right_that_is_lost_ends_the_subscription() {
    let server = Server::start(Config::default(), timing()).await;
    let mut alice = server.join("alice", &["chat"]).await;
    let mut bob = server.join("bob", &["chat"]).await;
    server.take("alice", "chat");
    assert_eq!(bob.publish("thread_chat", json!(1)).await["n"], 1);
    let frame = alice.get().await;
    assert_eq!((&frame["event"], &frame["why"]), (&json!("ended"), &json!("revoked")));
    server.app.router().close_thread(&"acme".parse().unwrap(), &key("chat"));
    let mut why = bob.get().await;
    if why["event"] == "message" {
        why = bob.get().await;
    }
    assert_eq!(why["why"], "thread_closed");
    server.stopped().await;
}

#[tokio::test]
async fn who_is_shut_out_is_closed_with_1008() {
    let server = Server::start(Config::default(), timing()).await;
    let mut client = server.join("alice", &["chat"]).await;
    assert_eq!(server.app.router().revoke_user(&alice()), 1);
    assert_eq!(client.closed().await.0, CloseCode::Policy);
    server.stopped().await;
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_holds_nobody_up() {
    let limits = Limits { queue_events: 16, ..Limits::default() };
    let config = Config { overflow: Overflow::Close, limits, ..Config::default() };
    let timing = Timing { write: Duration::from_millis(200), ..timing() };
    let server = Server::start(config, timing).await;
    let _slow = server.join("alice", &["chat"]).await;
    let mut bob = server.client("bob").await;
    server.grant("bob", "chat");
    let body = json!("x".repeat(200_000));
    let mut outcome = json!("delivered");
    // Until the buffers of both ends are full and the queue too; then the thread waits for alice to come back.
    while outcome == "delivered" {
        outcome = bob.publish("thread_chat", body.clone()).await["outcome"].clone();
    }
    assert_eq!(outcome, "queued");
    assert_eq!(server.app.router().stats().connections, 1);
    server.stopped().await;
}

#[tokio::test]
async fn frames_that_are_no_text_or_too_long_end_the_connection() {
    let server = Server::start(Config::default(), timing()).await;
    let mut client = server.client("alice").await;
    within(client.0.send(Message::binary(vec![1, 2, 3]))).await.unwrap();
    assert_eq!(client.closed().await.0, CloseCode::Unsupported);
    let mut client = server.client("alice").await;
    for _ in 0..20 {
        client.send("nonsense").await;
    }
    assert_eq!(client.closed().await.0, CloseCode::Policy);
    let mut client = server.client("alice").await;
    let long = "x".repeat(server.app.router().config().limits.body_bytes + 10_000);
    // The server may close before all of it is sent.
    let _ = client.0.send(Message::text(long)).await;
    let mut other = server.join("bob", &["chat"]).await;
    assert_eq!(other.publish("thread_chat", json!(1)).await["outcome"], "delivered");
    server.stopped().await;
}

#[tokio::test]
async fn who_comes_and_goes_leaves_nothing() {
    let timing = Timing { resume: Duration::from_millis(1), ..timing() };
    let server = Server::start(Config::default(), timing).await;
    for round in 0..20 {
        let mut client = server.join("alice", &["chat", "other"]).await;
        if round % 2 == 0 {
            within(client.0.close(None)).await.unwrap();
        }
        drop(client);
    }
    within(async {
        while server.app.router().stats() != Stats::default() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    server.stopped().await;
}
