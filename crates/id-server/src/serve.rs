//! Serves until it is told to stop, then lets every connection finish.
//!
//! Comes from a binary or an example; goes to `ws/`.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};

use crate::ws::App;

/// Serves an application on a listener until `shutdown` is ready, and drains it then: no new connection, every open one
/// gets what waits for it and the close code 1012 (service restart), and whoever does not answer is cut off after
/// [`Timing::drain`](crate::ws::Timing::drain).
///
/// # Errors
///
/// What the listener reports when it can no longer accept connections.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let sweeping = tokio::spawn(sweep(app.clone()));
    let draining = app.clone();
    let stop = async move {
        shutdown.await;
        draining.router().drain();
    };
    let served = axum::serve(listener, app.clone().routes()).with_graceful_shutdown(stop).await;
    app.finished(app.timing().drain).await;
    sweeping.abort();
    served
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
