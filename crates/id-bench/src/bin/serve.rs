//! The server under load: look-ups over HTTP at a fixed rate, with the load generator on the same machine.
//!
//! `cargo run --release -p id-bench --bin serve -- [rate] [seconds] [entries]`; 10,000 look-ups a second for 20 s over 100,000
//! entries if not given. The rate is kept whatever the server does: a look-up's time counts from the moment at which it was due,
//! so that a server that stalls cannot hide what waited. A second part asks as fast as the answers come.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use id_registry::{Options, Reference, Registry};
use id_server::tokens::Tokens;
use id_server::{Config, Service};
use unified_id::{Tenant, UnifiedId};

/// Look-ups that are due at the same time, each on a connection of its own.
const TOGETHER: usize = 5;
/// Connections that ask as fast as they can.
const GREEDY: usize = 8;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let mut next = |usual| args.next().transpose().map(|given| given.unwrap_or(usual));
    let (rate, seconds, entries) = (next(10_000)?, next(20)?, next(100_000)?);
    let folder = std::env::temp_dir().join(format!("id-bench-serve-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = measure(&folder, rate, seconds, entries);
    std::fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &std::path::Path, rate: u64, seconds: u64, entries: u64) -> Result<()> {
    let registry = Registry::open(folder, Options::default())?;
    let ids = fill(&registry, entries)?;
    println!("entries: {}, on {} processors", ids.len(), thread::available_parallelism()?);
    let mut config = Config::default();
    // One address sends everything; what is measured is not its limit.
    (config.limits.requests_per_second, config.limits.burst) = (10_000_000, 10_000_000);
    let service = Service::new(registry, Tokens::new::<&str>([]), config);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (told, address) = mpsc::channel();
    let serving = thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            told.send(listener.local_addr()?)?;
            let stopped = async { drop(stopped.await) };
            Ok(id_server::serve(listener, service, stopped).await?)
        })
    });
    let address = address.recv().context("the server did not start")?;
    fixed_rate(address, &ids, rate, seconds)?;
    greedy(address, &ids, seconds.min(5))?;
    // Dropped is sent, too: the server only waits for one of both.
    drop(stop);
    serving.join().map_err(|_| anyhow::anyhow!("the server panicked"))?
}

fn fill(registry: &Registry, entries: u64) -> Result<Vec<String>> {
    let tenant: Tenant = "local".parse()?;
    let ids: Vec<String> = (0..entries).map(|_| UnifiedId::workflow().to_string()).collect();
    for part in ids.chunks(5_000) {
        let references = part.iter().map(|id| Reference::new(id.clone(), "mahavishnu")).collect();
        for result in registry.register_batch(&tenant, "bench", references)? {
            result?;
        }
    }
    Ok(ids)
}

/// A connection that asks one thing after the other.
struct Asker {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Asker {
    fn new(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, buffer: vec![0; 8 << 10] })
    }

    fn ask(&mut self, id: &str) -> Result<()> {
        let request = format!("GET /v1/resolve?id={id} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Ok(self.stream.write_all(request.as_bytes())?)
    }

    /// Reads one answer, and checks that it is of this id.
    fn answer(&mut self, id: &str) -> Result<()> {
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..])?;
            ensure!(read > 0, "the server closed the connection");
            filled += read;
            let text = std::str::from_utf8(&self.buffer[..filled])?;
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("an answer without a length")?.parse()?;
            if body.len() >= length {
                ensure!(body.contains(id), "another id was answered: {body}");
                return Ok(());
            }
        }
    }
}

fn fixed_rate(address: SocketAddr, ids: &[String], rate: u64, seconds: u64) -> Result<()> {
    let mut askers = (0..TOGETHER).map(|_| Asker::new(address)).collect::<Result<Vec<_>>>()?;
    let turns = rate * seconds / TOGETHER as u64;
    let pause = Duration::from_secs(seconds) / u32::try_from(turns)?;
    let mut times = Vec::with_capacity(usize::try_from(rate * seconds)?);
    // A second to warm up is not counted.
    let warm = usize::try_from(rate)?;
    let start = Instant::now();
    let mut number = 0_usize;
    for turn in 0..u32::try_from(turns)? {
        let due = start + pause * turn;
        if let Some(early) = due.checked_duration_since(Instant::now()) {
            thread::sleep(early);
        }
        for (at, asker) in askers.iter_mut().enumerate() {
            asker.ask(pick(ids, number + at))?;
        }
        for (at, asker) in askers.iter_mut().enumerate() {
            asker.answer(pick(ids, number + at))?;
            times.push(due.elapsed());
        }
        number += TOGETHER;
    }
    let took = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of look-ups")]
    let real = times.len() as f64 / took;
    println!("asked for {rate}/s, had {real:.0}/s over {took:.1} s");
    report("fixed rate", times.split_off(warm.min(times.len() / 2)));
    Ok(())
}

fn greedy(address: SocketAddr, ids: &[String], seconds: u64) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let all: Vec<Result<Vec<Duration>>> = thread::scope(|scope| {
        let ask = |asker: usize| {
            scope.spawn(move || {
                let (mut connection, mut times) = (Asker::new(address)?, Vec::new());
                while Instant::now() < end {
                    let id = pick(ids, asker * 7_919 + times.len());
                    let start = Instant::now();
                    connection.ask(id)?;
                    connection.answer(id)?;
                    times.push(start.elapsed());
                }
                Ok(times)
            })
        };
        let askers: Vec<_> = (0..GREEDY).map(ask).collect();
        askers.into_iter().map(|asker| asker.join().expect("an asker does not panic")).collect()
    });
    let times = all.into_iter().collect::<Result<Vec<_>>>()?.concat();
    println!("as fast as it goes: {}/s", times.len() as u64 / seconds.max(1));
    report("8 connections", times);
    Ok(())
}

/// Ids in an order that no cache foresees.
fn pick(ids: &[String], number: usize) -> &str {
    &ids[number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % ids.len()]
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1000].as_secs_f64() * 1e6;
    println!(
        "{name}: p50 {:.0} us, p95 {:.0} us, p99 {:.0} us, p99.9 {:.0} us, most {:.0} us",
        at(500),
        at(950),
        at(990),
        at(999),
        at(1000)
    );
}
