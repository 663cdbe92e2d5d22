//! The client and a real server, over the loopback interface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use id_client::{Client, ClientError, Reference, Registrar};
use id_server::tokens::{Caller, Scope, Tokens};
use id_server::{Config, Service, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use unified_id::UnifiedId;

/// Serves on a listener until the sender is dropped.
fn start(listener: TcpListener) -> oneshot::Sender<()> {
    let registry = id_registry::Registry::in_memory(id_registry::Options::default()).unwrap();
    let config = Config::default();
    let writer = Caller::new(config.tenant.clone(), "tests", &[Scope::Write]);
    let service = Service::new(registry, Tokens::new([("token", writer)]), config);
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(serve(listener, service, async move {
        let _ = stopped.await;
    }));
    stop
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

#[tokio::test]
async fn what_is_registered_is_found_by_any_spelling() {
    let (listener, address) = listen().await;
    let _server = start(listener);
    let client = Client::new(&address, Some("token")).unwrap();
    let workflow = UnifiedId::workflow();
    let reference = Reference::new(workflow.to_string(), "mahavishnu")
        .with("name", "nightly")
        .alias("thread_user123_run_1693430400000_a1b2c3d4");
    client.register(&reference).await.unwrap();
    let found = client.resolve(&workflow.core().uuid_text()).await.unwrap().unwrap();
    assert_eq!(found["entry"]["system"], "mahavishnu");
    assert_eq!(client.resolve(&UnifiedId::workflow().to_string()).await.unwrap(), None);
    assert_eq!(
        client.trace(&workflow.to_string()).await.unwrap().unwrap()["entry"]["metadata"]["name"],
        "nightly"
    );
    let error = client.register(&Reference::new(workflow.to_string(), "akosha")).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Refused { status: 409, code, .. } if code == "conflict"),
        "{error}"
    );
    let nobody = client.with_token(None).unwrap();
    let error = nobody.register(&reference).await.unwrap_err();
    assert!(matches!(error, ClientError::Refused { status: 401, .. }), "{error}");
}

#[tokio::test]
async fn registrations_wait_for_a_server_that_comes_later() {
    let (listener, address) = listen().await;
    drop(listener);
    let registrar = Registrar::start(Client::new(&address, Some("token")).unwrap());
    let ids: Vec<String> = (0..1_200).map(|_| UnifiedId::test().to_string()).collect();
    for id in &ids {
        registrar.register(Reference::new(id.clone(), "crackerjack"));
    }
    registrar.register(Reference::new("no id", "crackerjack"));
    assert_eq!(registrar.counts().registered, 0);
    let listener = TcpListener::bind(address.strip_prefix("http://").unwrap()).await.unwrap();
    let _server = start(listener);
    let counts = registrar.close(Duration::from_mins(1)).await;
    assert_eq!((counts.registered, counts.refused, counts.dropped), (1_200, 1, 0));
}

#[tokio::test]
async fn a_server_that_never_comes_costs_nothing_but_what_is_dropped() {
    let (listener, address) = listen().await;
    drop(listener);
    let registrar = Registrar::start(Client::new(&address, Some("token")).unwrap());
    for _ in 0..10_600 {
        registrar.register(Reference::new(UnifiedId::test().to_string(), "crackerjack"));
    }
    let dropped = registrar.counts().dropped;
    assert!((100..=600).contains(&dropped), "{dropped}");
    let counts = registrar.close(Duration::from_millis(200)).await;
    assert_eq!(counts.registered, 0);
}
