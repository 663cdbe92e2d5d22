//! Events over a real WebSocket, by ids of all formats.

use id_router::{Config, Identity, Publication};
use serde_json::{Value, json};
use unified_id::{ThreadId, UnifiedId};

use crate::client::{Server, key, timing};

#[tokio::test]
async fn ids_of_all_formats_reach_their_thread_and_nobody_else() {
    let server = Server::start(Config::default(), timing()).await;
    let thread = ThreadId::new();
    let mut alice = server.join("alice", &["user123", &thread.to_string()]).await;
    let mut bob = server.join("bob", &["user1234", "user12", "bob"]).await;
    server.grant("bob", "user123");
    server.grant("bob", &thread.to_string());
    let base = "context_1693430400000";
    server.app.router().record(&"acme".parse().unwrap(), base, key("user123")).unwrap();
    let on_thread = [
        UnifiedId::run(thread).to_string(),
        UnifiedId::message(thread).to_string(),
        UnifiedId::tool(thread).to_string().to_uppercase().replacen("TOOL", "tool", 1),
        thread.to_string(),
        format!("thread_{}_run_1693430400000_a1b2c3d4", thread.core().uuid_text()),
        format!("run_{}_a1b2c3d4", thread.core()),
    ];
    let on_user = [
        "run_user123_01m7wqt1fbff4sq3bgc5bhn9e0",
        "thread_user123_run_1693430400000_a1b2c3d4",
        "run_user123_a1b2c3d4",
        "tool_exec_thread_user123_run_1693430400000_a1b2c3d4_search_1693430400001",
        "user-1761256444203-181-udbw7gp71-user123",
        "thread_user123_1693430400000_abcdefghi",
        "thread_user123",
        base,
    ];
    let all = on_thread.iter().map(|id| (&**id, thread.core().to_string()));
    let all = all.chain(on_user.map(|id| (id, "user123".to_owned())));
    for (number, (id, thread)) in all.enumerate() {
        let body = json!({"number": number, "text": "na\u{ef}ve \u{1f680}"});
        let answer = bob.publish(id, body.clone()).await;
        assert_eq!(answer["outcome"], "delivered", "{id}: {answer}");
        assert_eq!(answer["n"], 1);
        let event = alice.get().await;
        assert_eq!(event["event"], "message");
        assert_eq!((&event["id"], &event["thread"]), (&json!(id), &json!(thread)));
        assert_eq!((&event["from"], &event["body"]), (&json!("bob"), &body));
    }
    // Bob's own threads, which only begin like alice's, got nothing: the next frame is the one for `bob`.
    bob.publish("thread_bob", json!("end")).await;
    let counters = server.app.router().counters();
    assert_eq!(counters.received, 15);
    server.stopped().await;
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let server = Server::start(Config::default(), timing()).await;
    let mut eve = server.join("eve", &["eve"]).await;
    let mut alice = server.join("alice", &["alice"]).await;
    let forged = UnifiedId::run(ThreadId::new()).to_string();
    for (to, why) in [
        ("run_alice_a1b2c3d4", "not_allowed"),
        (&*forged, "not_allowed"),
        ("run_eve_67890_ef123456", "ambiguous"),
        ("context_1693430400000", "thread_is_prefix"),
        ("user_01m7wqt1fbff4sq3bgc5bhn9e0", "no_thread"),
        ("run_01m7wqt1fbff4sq3bgc5bhn9e0", "missing_scope"),
        ("", "empty"),
    ] {
        let answer = eve.publish(to, json!(1)).await;
        assert_eq!((&answer["outcome"], &answer["why"]), (&json!("rejected"), &json!(why)), "{to}");
    }
    let answer = eve.publish("run_eve_67890_ef123456", json!(1)).await;
    assert_eq!(answer["candidates"], json!(["eve", "eve_67890"]));
    // Nothing of it has reached alice.
    assert_eq!(alice.publish("thread_alice", json!("mine")).await["outcome"], "delivered");
    assert_eq!(server.app.router().counters().delivered, 1);
    server.stopped().await;
}

#[tokio::test]
async fn the_identity_is_that_of_the_connection() {
    let server = Server::start(Config::default(), timing()).await;
    let mut eve = server.join("eve", &["chat"]).await;
    for frame in [
        json!({"op": "publish", "to": "thread_chat", "user_id": "alice", "body": 1}),
        json!({"op": "publish", "to": "thread_chat", "user_id": 7, "body": 1}),
        json!({"op": "publish", "to": "thread_chat", "body": {"user_id": "alice"}}),
        json!({"op": "publish", "to": "thread_chat", "user_id": "eve", "body": {"user_id": "alice"}}),
        json!({"op": "publish", "to": "thread_chat", "body": {"user_id": ["eve"]}}),
    ] {
        let answer = eve.call(&frame).await;
        assert_eq!(answer["why"], "foreign_user", "{frame}");
    }
    // Two names in one body: whoever reads it may take the other.
    for body in
        [r#"{"user_id":"eve","user_id":"alice"}"#, r#"{"user_id":"eve","user\u005fid":"alice"}"#]
    {
        eve.send(&format!(r#"{{"op":"publish","to":"thread_chat","ref":4711,"body":{body}}}"#))
            .await;
        assert_eq!(eve.get().await["why"], "foreign_user", "{body}");
    }
    let own =
        json!({"op": "publish", "to": "thread_chat", "user_id": "eve", "body": {"user_id": "eve"}});
    eve.send(&own.to_string()).await;
    let (mut event, mut answer) = (eve.get().await, eve.get().await);
    if event["event"] == "outcome" {
        (event, answer) = (answer, event);
    }
    assert_eq!((&event["from"], &answer["outcome"]), (&json!("eve"), &json!("delivered")));
    server.stopped().await;
}

#[tokio::test]
async fn frames_that_are_not_understood_are_answered() {
    let server = Server::start(Config::default(), timing()).await;
    let mut alice = server.join("alice", &["chat"]).await;
    for (frame, code) in [
        ("", "bad_frame"),
        ("[]", "bad_frame"),
        ("{\"op\":\"fly\"}", "bad_frame"),
        ("{\"op\":\"publish\",\"to\":\"thread_chat\"}", "bad_frame"),
        ("{\"op\":\"subscribe\"}", "bad_frame"),
        ("{\"op\":\"subscribe\",\"thread\":\"chat\",\"more\":1}", "bad_frame"),
        ("{\"op\":\"subscribe\",\"thread\":\"thread_\"}", "bad_thread"),
        ("{\"op\":\"subscribe\",\"thread\":\"user_01m7wqt1fbff4sq3bgc5bhn9e0\"}", "bad_thread"),
        ("{\"op\":\"subscribe\",\"thread\":\"chat\",\"after\":\"7\"}", "bad_position"),
        ("{\"op\":\"subscribe\",\"thread\":\"foreign\"}", "not_allowed"),
    ] {
        alice.send(frame).await;
        let answer = alice.get().await;
        assert_eq!((&answer["event"], &answer["code"]), (&json!("error"), &json!(code)), "{frame}");
        assert_ne!(answer["help"], "");
    }
    let answer = alice.call(&json!({"op": "unsubscribe", "thread": "chat"})).await;
    assert_eq!(answer["was"], true);
    server.stopped().await;
}

#[tokio::test]
async fn a_lost_client_resumes_where_it_was() {
    let server = Server::start(Config::default(), timing()).await;
    let mut alice = server.join("alice", &["chat"]).await;
    let mut bob = server.client("bob").await;
    server.grant("bob", "chat");
    bob.publish("thread_chat", json!(1)).await;
    let seen = alice.get().await["position"].clone();
    // Without a close frame: the connection is lost, not left.
    drop(alice);
    let mut outcome = Value::Null;
    let mut sent = 1;
    // The server notices the lost socket a moment later.
    while outcome != "queued" {
        sent += 1;
        outcome = bob.publish("thread_chat", json!(sent)).await["outcome"].clone();
        assert!(outcome == "queued" || outcome == "delivered", "{outcome}");
    }
    let mut alice = server.client("alice").await;
    alice.send(&json!({"op": "subscribe", "thread": "chat", "after": seen}).to_string()).await;
    let mut numbers = Vec::new();
    while numbers.len() < sent - 1 {
        let frame = alice.get().await;
        if frame["event"] == "message" {
            numbers.push(frame["body"].as_u64().unwrap());
        }
    }
    assert_eq!(numbers, (2..=sent as u64).collect::<Vec<_>>());
    server.stopped().await;
}

#[tokio::test]
async fn a_service_may_send_what_is_no_json() {
    let server = Server::start(Config::default(), timing()).await;
    let mut alice = server.join("alice", &["chat"]).await;
    let service = Identity::new("acme".parse().unwrap(), "bob");
    server.grant("bob", "chat");
    let publication = Publication::new("thread_chat", *b"plain \xff text");
    let _ = server.app.router().publish(&service, &publication);
    assert_eq!(alice.get().await["body"], "plain \u{fffd} text");
    server.stopped().await;
}
