//! One open WebSocket: frames in, calls of the router, frames out.
//!
//! Invariants: at most one frame of the client is worked on at a time, and while the client does not read, none; what waits
//! for it is bounded by the router. Ends by a close frame, a lost connection, or the router's word.

use std::collections::HashSet;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt as _;
use id_router::{Closed, Connection, Item, Publication};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use unified_id::ThreadKey;

use super::app::Timing;
use super::frames::{self, Call};
use crate::metrics::Metrics;

/// Frames that are sent together, if so many wait.
const BATCH: usize = 64;

/// A client that sends so many frames in a row that are not understood is not one of ours.
const MAX_BAD_FRAMES: u32 = 16;

/// How a session ends.
enum End {
    /// The client is gone, and may come back.
    Lost,
    /// The client said goodbye.
    Left,
    /// The server closes, with a code and a reason.
    Close(u16, &'static str),
}

/// The threads of a connection, as it asked for them: the last look before an event leaves.
///
/// The router delivers to nobody else; were it otherwise, the event would be withheld here and counted.
struct Threads {
    subscribed: HashSet<ThreadKey>,
    metrics: Option<Metrics>,
}

impl Threads {
    fn lets_out(&self, thread: &ThreadKey) -> bool {
        let is_own = self.subscribed.contains(thread);
        if !is_own && let Some(metrics) = &self.metrics {
            metrics.misrouted();
        }
        is_own
    }
}

pub(crate) async fn run(
    mut socket: WebSocket,
    mut connection: Connection,
    timing: Timing,
    metrics: Option<Metrics>,
) {
    let mut threads = Threads { subscribed: HashSet::new(), metrics };
    let end = talk(&mut socket, &mut connection, &mut threads, timing).await;
    match end {
        End::Left => connection.leave(),
        End::Lost => drop(connection),
        End::Close(code, reason) => {
            drop(connection);
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            let goodbye = async {
                socket.send(Message::Close(Some(frame))).await?;
                // Until the client's own close frame has come, what it still sends is read and dropped.
                while let Some(Ok(_)) = socket.recv().await {}
                Ok::<(), axum::Error>(())
            };
            // Who does not answer is cut off.
            let _ = timeout(timing.drain, goodbye).await;
        }
    }
}

async fn talk(
    socket: &mut WebSocket,
    connection: &mut Connection,
    threads: &mut Threads,
    timing: Timing,
) -> End {
    let who = connection.identity();
    let welcome = frames::welcome(who.tenant().as_str(), who.user());
    if let Err(end) = send(socket, welcome, timing).await {
        return end;
    }
    let mut pings = interval_at(Instant::now() + timing.ping, timing.ping);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heard, mut bad_frames) = (Instant::now(), 0);
    loop {
        tokio::select! {
            item = connection.next() => {
                if let Err(end) = forward(socket, connection, threads, item, timing).await {
                    return end;
                }
            }
            message = socket.recv() => {
                heard = Instant::now();
                let answer = match message {
                    Some(Ok(Message::Text(text))) => {
                        let (answer, is_bad) = answer(connection, threads, &text);
                        bad_frames = if is_bad { bad_frames + 1 } else { 0 };
                        if bad_frames > MAX_BAD_FRAMES {
                            return End::Close(1008, "too many bad frames");
                        }
                        answer
                    }
                    Some(Ok(Message::Binary(_))) => return End::Close(1003, "text frames only"),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_))) => return End::Left,
                    Some(Err(_)) | None => return End::Lost,
                };
                if let Err(end) = send(socket, answer, timing).await {
                    return end;
                }
            }
            _ = pings.tick() => {
                if heard.elapsed() > timing.idle {
                    return End::Lost;
                }
                if let Err(end) = write(socket, Message::Ping(axum::body::Bytes::new()), timing).await {
                    return end;
                }
            }
        }
    }
}

/// Does what a frame wants; gives the answer, and whether the frame was not understood.
fn answer(connection: &Connection, threads: &mut Threads, text: &str) -> (String, bool) {
    let (reference, call) = match frames::read(text) {
        Ok(call) => call,
        Err(bad) => return (frames::error(bad.reference, bad.code, &bad.message, bad.help), true),
    };
    let answer = match call {
        Call::Subscribe { thread, after } => match connection.subscribe(thread.clone(), after) {
            Ok(position) => {
                threads.subscribed.insert(thread.clone());
                frames::subscribed(reference, &thread, position)
            }
            Err(why) => frames::error(reference, why.code(), &why.to_string(), why.help()),
        },
        Call::Unsubscribe { thread } => {
            let was = connection.unsubscribe(&thread);
            threads.subscribed.remove(&thread);
            frames::unsubscribed(reference, &thread, was)
        }
        Call::Publish { to, users, body } => {
            let own = connection.identity().user();
            // If any of the users is foreign, that one is the claim.
            let claimed = users.iter().find(|user| !own.is(user)).or(users.first());
            let publication = Publication::new(&*to, body.as_bytes());
            let outcome = connection.publish(&publication.claiming(claimed.map(|user| &**user)));
            frames::outcome(reference, &outcome)
        }
    };
    (answer, false)
}

/// Sends what came for the connection, and whatever else waits already.
async fn forward(
    socket: &mut WebSocket,
    connection: &mut Connection,
    threads: &mut Threads,
    first: Item,
    timing: Timing,
) -> Result<(), End> {
    let mut next = Some(first);
    let batch = async {
        for _ in 0..BATCH {
            let Some(item) = next.take().or_else(|| connection.try_next()) else { break };
            let frame = match &item {
                Item::Event(event) if !threads.lets_out(&event.thread) => continue,
                Item::Event(event) => frames::message(event),
                Item::Gap(gap) => frames::gap(gap),
                Item::Ended { thread, why } => {
                    threads.subscribed.remove(thread);
                    frames::ended(thread, *why)
                }
                Item::Closed(why) => {
                    socket.flush().await.map_err(|_| End::Lost)?;
                    return Err(closing(*why));
                }
            };
            socket.feed(Message::Text(frame.into())).await.map_err(|_| End::Lost)?;
        }
        socket.flush().await.map_err(|_| End::Lost)
    };
    timeout(timing.write, batch).await.unwrap_or(Err(End::Lost))
}

fn closing(why: Closed) -> End {
    let (code, reason) = frames::close(why);
    End::Close(code, reason)
}

async fn send(socket: &mut WebSocket, text: String, timing: Timing) -> Result<(), End> {
    write(socket, Message::Text(text.into()), timing).await
}

async fn write(socket: &mut WebSocket, message: Message, timing: Timing) -> Result<(), End> {
    match timeout(timing.write, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Lost),
    }
}
