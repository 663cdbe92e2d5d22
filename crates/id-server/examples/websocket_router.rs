//! A WebSocket server that routes events by run ids of all formats.
//!
//! `cargo run -p id-server --example websocket_router` shows two clients talking through it, and ends.
//! `cargo run -p id-server --example websocket_router -- 127.0.0.1:8080` serves there until Ctrl-C: connect with the token
//! `alice` or `bob`, for instance by `websocat -H 'Authorization: Bearer alice' ws://127.0.0.1:8080/ws`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::future::pending;

use futures_util::{SinkExt as _, StreamExt as _};
use id_router::{Config, Identity, Router};
use id_server::ws::{App, Tokens};
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use unified_id::{ThreadKey, UnifiedId};

/// A demonstration: whoever has one of these tokens may use every thread. Your own `Membership` asks your database.
fn app() -> Result<App, unified_id::ParseError> {
    let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| true);
    let user = |name| Ok::<_, unified_id::ParseError>(Identity::new("acme".parse()?, name));
    Ok(App::new(router, Tokens::new([("alice", user("alice")?), ("bob", user("bob")?)])))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(address) = std::env::args().nth(1) {
        let listener = TcpListener::bind(&address).await?;
        println!("ws://{}/ws", listener.local_addr()?);
        let interrupted = async { drop(tokio::signal::ctrl_c().await) };
        return Ok(id_server::serve_events(listener, app()?, interrupted).await?);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = app()?;
    // Recorded where the run is made: this old id does not hold its thread.
    app.router().record(&"acme".parse()?, "context_1693430400000", ThreadKey::parse("user123")?)?;
    tokio::spawn(id_server::serve_events(listener, app, pending()));

    let mut request = format!("ws://{address}/ws").into_client_request()?;
    request.headers_mut().insert("authorization", "Bearer alice".parse()?);
    let (mut alice, _) = connect_async(request.clone()).await?;
    request.headers_mut().insert("authorization", "Bearer bob".parse()?);
    let (mut bob, _) = connect_async(request).await?;
    alice.send(Message::text(r#"{"op":"subscribe","thread":"thread_user123"}"#)).await?;
    for _ in 0..2 {
        println!("alice <- {}", alice.next().await.ok_or("the server is gone")??);
    }
    println!("bob   <- {}", bob.next().await.ok_or("the server is gone")??);
    let key: unified_id::LegacyKey = "user123".parse()?;
    for id in [
        UnifiedId::run(&key).to_string(),
        "thread_user123_run_1693430400000_a1b2c3d4".to_owned(),
        "run_user123_a1b2c3d4".to_owned(),
        "context_1693430400000".to_owned(),
        "run_user123_67890_ef123456".to_owned(),
    ] {
        println!("\nbob   -> {id}");
        let frame = format!(r#"{{"op":"publish","to":"{id}","body":{{"text":"hello"}}}}"#);
        bob.send(Message::text(frame)).await?;
        let answer = bob.next().await.ok_or("the server is gone")??;
        println!("bob   <- {answer}");
        if answer.to_text()?.contains("delivered") {
            println!("alice <- {}", alice.next().await.ok_or("the server is gone")??);
        }
    }
    Ok(())
}
