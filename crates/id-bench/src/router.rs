//! The router: a decision among a million threads, an event through a real socket, a million subscriptions that come and go.
//!
//! `cargo run --release -p id-bench -- router` prints this part alone.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use id_router::{Config, Connection, Identity, Item, Limits, Outcome, Publication, Router, Stats};
use id_server::ws::{App, Tokens};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use unified_id::{IdKind, LiveThreads, Route, Tenant, ThreadId, ThreadKey, UnifiedId};

/// Half of the live threads are of this format, half are older.
const LIVE: usize = 1_000_000;
/// Different ids per round, so that the tables are met cold as in a server.
const IDS: usize = 1 << 16;
/// Most of a server's events are for few of its threads.
const BUSY: usize = 1_000;
const ROUNDS: usize = 15;
const GOAL_NS: f64 = 150.0;
const CYCLES: usize = 1_000_000;

/// Measures what the filter names.
pub(crate) fn run(filter: &str, out: &mut impl Write) -> Result<()> {
    if "router/decision".contains(filter) {
        decision(out)?;
    }
    if "router/publish".contains(filter) {
        core(out)?;
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(socket(out))?;
    }
    if "router/cycles".contains(filter) {
        cycles(out)?;
    }
    Ok(())
}

fn router(limits: Limits) -> Router {
    let config = Config { limits, ..Config::default() };
    Router::new(config, |_: &Identity, _: &ThreadKey| true)
}

/// Numbers that look random: a permutation of 0..LIVE would be prefetched in order.
fn scattered(number: usize) -> usize {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}

/// Texts one behind the other, as frames lie in the buffer of the socket that they have just come from. In strings of their
/// own each would be one more read of cold memory, which a router does not do.
#[derive(Default)]
struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.all[start..*end])
    }
}

impl FromIterator<String> for Texts {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Self {
        texts.into_iter().fold(Self::default(), |mut texts, text| {
            texts.all.push_str(&text);
            texts.ends.push(texts.all.len());
            texts
        })
    }
}

fn decision(out: &mut impl Write) -> Result<()> {
    let router = router(Limits { mappings_per_tenant: 2 * LIVE, ..Limits::default() });
    let (plain, mapping): (Tenant, Tenant) = ("plain".parse()?, "mapping".parse()?);
    let threads: Vec<ThreadId> = (0..LIVE / 2).map(|_| ThreadId::new()).collect();
    let old = |number: usize| format!("user{}_session{}", number / 7, number % 7);
    for (number, thread) in threads.iter().enumerate() {
        router.open_thread(&plain, *thread)?;
        router.open_thread(&plain, ThreadKey::parse(&old(number))?)?;
    }
    let run =
        |number: usize| UnifiedId::run(threads[scattered(number) % threads.len()]).to_string();
    let recorded: Vec<String> = (0..LIVE).map(run).collect();
    for (number, id) in recorded.iter().enumerate() {
        router.record(&mapping, id, threads[number % threads.len()])?;
    }
    let of_old = |number: usize| old(scattered(number) % threads.len());
    let ids = |make: &dyn Fn(usize) -> String| (0..IDS).map(make).collect::<Texts>();
    let hex = |number: usize| format!("{:08x}", number & 0xffff_ffff);
    let cases: [(&str, &Tenant, Texts, bool); 9] = [
        ("this format", &plain, ids(&run), true),
        (
            "this format, on an old thread",
            &plain,
            ids(&|n| {
                let core = unified_id::generator::generate();
                UnifiedId::with_core(IdKind::Run, Some(&of_old(n)), core)
                    .map_or_else(|_| String::new(), |id| id.to_string())
            }),
            true,
        ),
        ("this format, beside 1M mappings", &mapping, ids(&run), true),
        (
            "recorded, of 1M mappings",
            &mapping,
            ids(&|n| recorded[scattered(n) % recorded.len()].clone()),
            true,
        ),
        (
            "thread_T_run_MS_H8",
            &plain,
            ids(&|n| format!("thread_{}_run_1756000000000_{}", of_old(n), hex(n))),
            true,
        ),
        ("run_T_H8", &plain, ids(&|n| format!("run_{}_{}", of_old(n), hex(n))), true),
        (
            "thread_T_run_MS_H8, 1000 busy threads",
            &plain,
            ids(&|n| format!("thread_{}_run_1756000000000_{}", of_old(n % BUSY), hex(n))),
            true,
        ),
        (
            "run_T_H8, 1000 busy threads",
            &plain,
            ids(&|n| format!("run_{}_{}", of_old(n % BUSY), hex(n))),
            true,
        ),
        (
            "run_T_n_H8, ambiguous",
            &plain,
            ids(&|n| format!("run_team_{}_{}", 10_000 + n % 90_000, hex(n))),
            false,
        ),
    ];
    for (name, tenant, ids, is_found) in &cases {
        for way in [round, batch] {
            let found =
                router.with_live(tenant, |live| way(live, ids)).context("the tenant is gone")?;
            ensure!(
                found == if *is_found { IDS } else { 0 },
                "{name}: {found} of {IDS} were found"
            );
        }
    }
    let ways: [(&str, Way); 2] = [("one at a time", round), ("in a batch", batch)];
    let mut times = vec![[Vec::new(), Vec::new()]; cases.len()];
    for _ in 0..ROUNDS {
        for ((_, tenant, ids, _), times) in cases.iter().zip(&mut times) {
            for ((_, way), times) in ways.iter().zip(times) {
                let start = Instant::now();
                router.with_live(tenant, |live| std::hint::black_box(way(live, ids)));
                times.push(nanos(start.elapsed(), IDS));
            }
        }
    }
    let best = floor(128 << 20);
    writeln!(
        out,
        "| router/floor | one random read of 128 MiB, each after the one before | {best:.1} | {best:.1} |  |  |"
    )?;
    for ((name, ..), times) in cases.iter().zip(&mut times) {
        for ((way, _), times) in ways.iter().zip(times) {
            times.sort_by(f64::total_cmp);
            let (middle, best) = (times[times.len() / 2], times[0]);
            let verdict = if middle < GOAL_NS { "holds" } else { "MISSED" };
            writeln!(
                out,
                "| router/decision, 1M live threads | {name}, {way} | {middle:.1} | {best:.1} |  | {GOAL_NS} ns {verdict} |"
            )?;
        }
    }
    Ok(())
}

/// What memory alone takes in pages of 4 KB, the best of some rounds: the table of a million threads or mappings has 128 MiB.
fn floor(bytes: usize) -> f64 {
    let places: Vec<u32> = (0_u32..).take(bytes / size_of::<u32>()).map(|at| at | 1).collect();
    let mut at = 0;
    let mut round = |_| {
        let start = Instant::now();
        for step in 0..IDS {
            // Where to read next is known only when this was read.
            at = scattered(at ^ step ^ places[at] as usize) % places.len();
        }
        nanos(start.elapsed(), IDS)
    };
    let best = (0..ROUNDS).map(&mut round).fold(f64::INFINITY, f64::min);
    std::hint::black_box(at);
    best
}

type Way = fn(&dyn LiveThreads, &Texts) -> usize;

/// Decides for every id, as for a batch of events.
fn batch(live: &dyn LiveThreads, ids: &Texts) -> usize {
    let mut found = 0;
    Route::resolve_each(ids.iter(), live, |_, route| {
        found += usize::from(route.thread().is_some());
    });
    found
}

/// Decides for every id; returns how many lead to a thread.
fn round(live: &dyn LiveThreads, ids: &Texts) -> usize {
    ids.iter().filter(|id| Route::resolve(id, live).thread().is_some()).count()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn nanos(time: Duration, count: usize) -> f64 {
    time.as_nanos() as f64 / count as f64
}

fn connect(router: &Router, user: &str) -> Result<Connection> {
    Ok(router.connect(Identity::new("acme".parse()?, user))?)
}

/// An event from its sender into a queue and out of it, without a transport.
fn core(out: &mut impl Write) -> Result<()> {
    let router = router(Limits::default());
    let sender = connect(&router, "sender")?;
    let body: std::sync::Arc<[u8]> =
        br#"{"type":"agent_thinking","text":"one moment"}"#.as_slice().into();
    for readers in [1, 10, 100] {
        let thread = ThreadId::new();
        let mut open = Vec::new();
        for number in 0..readers {
            let reader = connect(&router, &format!("reader{number}"))?;
            reader.subscribe(thread, None)?;
            open.push(reader);
        }
        let run = UnifiedId::run(thread).to_string();
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let events = 20_000 / readers;
            let start = Instant::now();
            for _ in 0..events {
                let outcome = sender.publish(&Publication::new(&run, std::sync::Arc::clone(&body)));
                ensure!(outcome == Outcome::Delivered { n: readers }, "{outcome:?}");
                for reader in &mut open {
                    ensure!(
                        matches!(reader.try_next(), Some(Item::Event(_))),
                        "an event is missing"
                    );
                }
            }
            times.push(nanos(start.elapsed(), events));
        }
        times.sort_by(f64::total_cmp);
        let (middle, best) = (times[times.len() / 2], times[0]);
        writeln!(
            out,
            "| router/publish, without a transport | {readers} readers | {middle:.0} | {best:.0} |  |  |"
        )?;
    }
    Ok(())
}

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn client(url: &str, user: &str) -> Result<Client> {
    let mut request = url.into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {user}").parse()?);
    let (mut client, _) = connect_async(request).await?;
    expect(&mut client, "welcome").await?;
    Ok(client)
}

/// Waits for a frame that contains a word; others are passed over.
async fn expect(client: &mut Client, word: &str) -> Result<()> {
    loop {
        let message = client.next().await.context("the server is gone")??;
        if message.is_text() && message.to_text()?.contains(word) {
            return Ok(());
        }
    }
}

/// Events through a server over loopback TCP: from the sender's frame to the reader's.
async fn socket(out: &mut impl Write) -> Result<()> {
    const SINGLE: usize = 20_000;
    const STREAM: usize = 200_000;
    let router =
        router(Limits { queue_events: 1 << 18, queue_bytes: 1 << 30, ..Limits::default() });
    let user = |name: &str| {
        Ok::<_, anyhow::Error>((name.to_owned(), Identity::new("acme".parse()?, name)))
    };
    let app = App::new(router, Tokens::new([user("sender")?, user("reader")?]));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}/ws", listener.local_addr()?);
    let serving =
        tokio::spawn(id_server::serve_events(listener, app.clone(), std::future::pending()));
    let (mut sender, mut reader) = (client(&url, "sender").await?, client(&url, "reader").await?);
    let thread = ThreadId::new();
    reader.send(Message::text(format!(r#"{{"op":"subscribe","thread":"{thread}"}}"#))).await?;
    expect(&mut reader, "subscribed").await?;
    let frame = format!(
        r#"{{"op":"publish","to":"{}","body":{{"type":"agent_thinking","text":"one moment"}}}}"#,
        UnifiedId::run(thread)
    );
    let frame = tokio_tungstenite::tungstenite::Utf8Bytes::from(frame);
    let mut times = Vec::new();
    for _ in 0..SINGLE {
        let start = Instant::now();
        sender.send(Message::Text(frame.clone())).await?;
        expect(&mut reader, "message").await?;
        times.push(start.elapsed());
        expect(&mut sender, "delivered").await?;
    }
    times.sort();
    let at = |percent: usize| times[times.len() * percent / 100].as_nanos() / 1000;
    writeln!(
        out,
        "| router/publish to socket, one at a time | p50 {} us, p95 {} us, p99 {} us |  |  |  |  |",
        at(50),
        at(95),
        at(99)
    )?;
    let (mut send, mut answers) = sender.split();
    let start = Instant::now();
    let sending = tokio::spawn(async move {
        for _ in 0..STREAM {
            send.feed(Message::Text(frame.clone())).await?;
        }
        send.flush().await
    });
    let answering = tokio::spawn(async move { answers.by_ref().take(STREAM).count().await });
    for _ in 0..STREAM {
        expect(&mut reader, "message").await?;
    }
    let per_second = 1e9 / nanos(start.elapsed(), STREAM);
    sending.await??;
    ensure!(answering.await? == STREAM, "an answer is missing");
    writeln!(
        out,
        "| router/publish to socket, as a stream | {per_second:.0} messages/s |  |  |  |  |"
    )?;
    let counters = app.router().counters();
    ensure!(counters.received == (SINGLE + STREAM) as u64, "an event was lost: {counters:?}");
    serving.abort();
    Ok(())
}

/// Memory of this process in bytes, where the system tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

fn cycles(out: &mut impl Write) -> Result<()> {
    let router = router(Limits::default());
    let cycle = |count: usize| -> Result<Duration> {
        let connection = connect(&router, "alice")?;
        let start = Instant::now();
        for _ in 0..count {
            let thread = ThreadId::new();
            connection.subscribe(thread, None)?;
            ensure!(connection.unsubscribe(&thread.into()), "a subscription is missing");
        }
        let time = start.elapsed();
        connection.leave();
        Ok(time)
    };
    cycle(CYCLES / 10)?;
    let before = resident();
    let time = cycle(CYCLES)?;
    let grown = resident().zip(before).map_or_else(
        || "memory unknown".to_owned(),
        |(after, before)| format!("{} KiB more memory", after.saturating_sub(before) / 1024),
    );
    ensure!(router.stats() == Stats::default(), "something stayed: {:?}", router.stats());
    writeln!(
        out,
        "| router/cycles, subscribe and unsubscribe | {CYCLES} cycles, all tables empty, {grown} | {:.0} |  |  |  |",
        nanos(time, CYCLES)
    )?;
    Ok(())
}
