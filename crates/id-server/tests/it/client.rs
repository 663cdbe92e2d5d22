//! A server on a port of its own, and clients that speak WebSocket to it.

use std::collections::HashSet;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use id_router::{Config, Identity, Router};
use id_server::ws::{App, Timing, Tokens};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use unified_id::ThreadKey;

/// The bound of every wait: a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Users that may use a thread: `user thread`.
pub(crate) type Members = Arc<Mutex<HashSet<(String, ThreadKey)>>>;

/// The usual times, but that clients which a test has forgotten are cut off soon.
pub(crate) fn timing() -> Timing {
    Timing { drain: Duration::from_millis(100), ..Timing::default() }
}

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    members: Members,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(config: Config, timing: Timing) -> Self {
        let members = Members::default();
        let known = Arc::clone(&members);
        let router = Router::new(config, move |who: &Identity, thread: &ThreadKey| {
            known.lock().unwrap().contains(&(who.user().to_string(), thread.clone()))
        });
        let user = |name: &str| Identity::new("acme".parse().unwrap(), name);
        let tokens = ["alice", "bob", "eve"].map(|name| (format!("token-{name}"), user(name)));
        let app = App::with_timing(router, Tokens::new(tokens), timing);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(id_server::serve_events(listener, app.clone(), async move {
            let _ = stopped.await;
        }));
        Self { app, address, members, stop: Some(stop), serving }
    }

    pub(crate) fn grant(&self, user: &str, thread: &str) {
        self.members.lock().unwrap().insert((user.to_owned(), key(thread)));
    }

    pub(crate) fn take(&self, user: &str, thread: &str) {
        self.members.lock().unwrap().remove(&(user.to_owned(), key(thread)));
    }

    /// Begins to stop; clients see it.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has stopped.
    pub(crate) async fn stopped(mut self) {
        self.stop();
        within(self.serving).await.unwrap().unwrap();
    }

    pub(crate) async fn client(&self, user: &str) -> Client {
        let mut client = Client::open(self.address, user).await.unwrap();
        assert_eq!(client.get().await["event"], "welcome");
        client
    }

    /// A client that is on these threads.
    pub(crate) async fn join(&self, user: &str, threads: &[&str]) -> Client {
        let mut client = self.client(user).await;
        for thread in threads {
            self.grant(user, thread);
            let answer = client.call(&json!({"op": "subscribe", "thread": thread})).await;
            assert_eq!(answer["event"], "subscribed", "{answer}");
        }
        client
    }
}

pub(crate) fn key(text: &str) -> ThreadKey {
    ThreadKey::parse(text).unwrap()
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("nothing came in time")
}

pub(crate) struct Client(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    pub(crate) async fn open(address: SocketAddr, user: &str) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{address}/ws").into_client_request()?;
        let token = format!("Bearer token-{user}");
        request.headers_mut().insert("authorization", token.parse().unwrap());
        Ok(Self(within(connect_async(request)).await?.0))
    }

    pub(crate) async fn send(&mut self, text: &str) {
        within(self.0.send(Message::text(text))).await.unwrap();
    }

    /// The next text frame.
    pub(crate) async fn get(&mut self) -> Value {
        loop {
            match within(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Sends a frame and returns its answer; what comes in between is no answer.
    pub(crate) async fn call(&mut self, frame: &Value) -> Value {
        let mut frame = frame.clone();
        frame["ref"] = json!(4711);
        self.send(&frame.to_string()).await;
        loop {
            let answer = self.get().await;
            if answer["ref"] == 4711 {
                return answer;
            }
        }
    }

    pub(crate) async fn publish(&mut self, to: &str, body: Value) -> Value {
        self.call(&json!({"op": "publish", "to": to, "body": body})).await
    }

    /// Reads until the close frame; returns its code and what came before.
    pub(crate) async fn closed(&mut self) -> (CloseCode, Vec<Value>) {
        let mut before = Vec::new();
        loop {
            match within(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => before.push(serde_json::from_str(&text).unwrap()),
                Message::Close(Some(frame)) => {
                    // Read on, so that the answer to the close frame is sent.
                    let _ = within(self.0.next()).await;
                    return (frame.code, before);
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
