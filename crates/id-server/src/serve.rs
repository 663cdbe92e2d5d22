//! Accepts connections until it is told to stop, then lets every one finish.
//!
//! Invariants: a connection that says nothing, or says it slowly, ends in bounded time; so many connections are open at most,
//! and the next one waits in the queue of the operating system. Comes from a binary or an example; goes to `app.rs`.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tower::ServiceExt as _;

use crate::config::Limits;
use crate::state::Service;
use crate::ws::App;
use crate::{app, probe};

/// How often routing and isolation are probed.
const PROBE: Duration = Duration::from_secs(30);

/// How long to wait when no connection can be accepted, because there are no more files.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Bytes of a request's head.
const HEAD_BYTES: usize = 64 << 10;

/// Serves a service on a listener until `shutdown` is ready, and drains it then: no new connection, requests get their
/// answers, WebSockets what waits for them and the close code 1012 (service restart), and whoever does not answer is cut off
/// after [`Limits::drain`].
///
/// # Errors
///
/// What the listener reports when its address cannot be told.
pub async fn serve(
    listener: TcpListener,
    service: Service,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (router, events) = app::routes(&service);
    let limits = service.config().limits;
    let sweeping = tokio::spawn(sweep_service(service.clone()));
    let probing = tokio::spawn(probe_service(service.clone()));
    let stopping = service.clone();
    let stop = async move {
        shutdown.await;
        stopping.metrics().stopping();
    };
    let served = run(listener, router, events, limits, stop).await;
    sweeping.abort();
    probing.abort();
    served
}

/// Serves events alone on a listener until `shutdown` is ready, and drains them then, as [`serve`] does.
///
/// # Errors
///
/// What the listener reports when its address cannot be told.
pub async fn serve_events(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let limits = Limits { drain: app.timing().drain, ..Limits::default() };
    run(listener, app.clone().routes(), app, limits, shutdown).await
}

async fn run(
    listener: TcpListener,
    router: Router,
    events: App,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.local_addr()?;
    let sweeping = tokio::spawn(sweep(events.clone()));
    let (stop, stopped) = watch::channel(());
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let place = tokio::select! {
            () = &mut shutdown => break,
            place = Arc::clone(&places).acquire_owned() => place.map_err(io::Error::other)?,
        };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = talk(stream, peer, router.clone(), limits.head, stopped.clone());
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            // One client's error, or no more files: neither is the end of the others.
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop(listener);
    events.router().drain();
    drop(stopped);
    let _ = stop.send(());
    let (connections, sessions) =
        tokio::join!(timeout(limits.drain, stop.closed()), events.finished(limits.drain));
    let () = sessions;
    if connections.is_err() {
        tracing::warn!("some requests were cut off");
    }
    sweeping.abort();
    Ok(())
}

/// Serves one connection.
async fn talk(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head: Duration,
    mut stopped: watch::Receiver<()>,
) {
    // Small answers are sent at once; that it cannot be said is no reason not to serve.
    let _ = stream.set_nodelay(true);
    let answer = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move {
            let answer: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
            answer
        }
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(HEAD_BYTES)
        .half_close(false);
    let connection = http.serve_connection(TokioIo::new(stream), answer).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // What goes wrong here is the client's: it is gone, slow, or speaks something else.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// Forgets lost connections that do not come back.
async fn sweep(app: App) {
    let mut ticks = interval(app.timing().resume.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        app.router().sweep();
    }
}

/// Forgets callers that do not come back.
async fn sweep_service(service: Service) {
    let mut ticks = interval(Duration::from_mins(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        service.rates().sweep();
    }
}

async fn probe_service(service: Service) {
    let mut ticks = interval(PROBE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(seen) = probe::run(service.router()).await {
            service.metrics().probed(seen.delivered_in, seen.is_isolated);
        }
    }
}
