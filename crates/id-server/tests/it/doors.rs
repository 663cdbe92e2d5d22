//! Who is let in, and how many.

use id_router::{Config, Limits};
use id_server::ws::PROTOCOL;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, http};

use crate::client::{Client, Server, timing, within};

/// The status of a handshake that is refused, and its body.
#[track_caller]
fn refused<T>(result: Result<T, Error>) -> (http::StatusCode, String) {
    match result {
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            (response.status(), String::from_utf8(body.to_vec()).unwrap())
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("somebody was let in"),
    }
}

#[tokio::test]
async fn without_a_valid_token_there_is_no_socket() {
    let server = Server::start(Config::default(), timing()).await;
    for value in
        ["", "Bearer", "Bearer token-nobody", "Basic token-alice", "token-alice", "Bearer  token"]
    {
        let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
        request.headers_mut().insert("authorization", value.parse().unwrap());
        let (status, body) = refused(within(connect_async(request)).await);
        assert_eq!(status, http::StatusCode::UNAUTHORIZED, "{value:?}");
        assert!(body.contains("Authorization: Bearer"), "{body}");
    }
    let without = format!("ws://{}/ws?token=token-alice", server.address);
    assert_eq!(refused(within(connect_async(without)).await).0, http::StatusCode::UNAUTHORIZED);
    assert_eq!(server.app.router().stats().connections, 0);
    server.stopped().await;
}

#[tokio::test]
async fn a_browser_gives_its_token_as_a_subprotocol() {
    let server = Server::start(Config::default(), timing()).await;
    let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
    let offer = format!("{PROTOCOL}, bearer.token-alice");
    request.headers_mut().insert("sec-websocket-protocol", offer.parse().unwrap());
    let (_socket, response) = within(connect_async(request)).await.unwrap();
    // The token is not sent back.
    assert_eq!(response.headers()["sec-websocket-protocol"], PROTOCOL);
    server.stopped().await;
}

#[tokio::test]
async fn a_user_has_so_many_connections() {
    let limits = Limits { connections_per_user: 1, ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let server = Server::start(config, timing()).await;
    let _first = server.client("alice").await;
    let (status, body) = refused(Client::open(server.address, "alice").await);
    assert_eq!(status, http::StatusCode::TOO_MANY_REQUESTS);
    assert!(body.contains("connections_per_user"), "{body}");
    let _bob = server.client("bob").await;
    server.stopped().await;
}
