//! Measures how long a toggle takes to act, from the call that writes the file to the first id that shows it, and what
//! asking costs: `cargo run --release -p id-rollout --example toggle`.
#![expect(clippy::print_stdout, reason = "a measurement prints its numbers")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use id_rollout::{Flag, Issuer, Rollout, Sources};
use unified_id::{ThreadScope, UnifiedId};

const TOGGLES: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let sources = Sources::new(folder.path().join("unified-id.toml"));
    let issuer = Issuer::new(Rollout::follow(sources.clone())?);
    let mut times: Vec<Duration> = Vec::new();
    for at in 0..TOGGLES {
        let on = at % 2 == 0;
        let start = Instant::now();
        sources.set(Flag::EnableUnifiedIdGeneration, if on { "true" } else { "false" })?;
        while issuer.run("user123")?.starts_with("run_") != on {
            std::thread::sleep(Duration::from_micros(200));
        }
        times.push(start.elapsed());
    }
    times.sort();
    println!(
        "{TOGGLES} toggles act after {:?} (median), {:?} (95%), {:?} (longest)",
        times[TOGGLES / 2],
        times[TOGGLES * 95 / 100],
        times[TOGGLES - 1]
    );
    assert_eq!(issuer.rollout().stats().toggles, TOGGLES as u64);
    let scope: ThreadScope = "user123".parse()?;
    sources.set(Flag::EnableUnifiedIdGeneration, "true")?;
    while !issuer.rollout().flags().enable_unified_id_generation {
        std::thread::yield_now();
    }
    report("flags", || issuer.rollout().flags().rollout_percent.into());
    report("UnifiedId::run as text", || UnifiedId::run(scope.clone()).to_string().len());
    report("issuer, new ids", || issuer.run("user123").map_or(0, |id| id.len()));
    sources.set(Flag::EnableUnifiedIdGeneration, "false")?;
    while issuer.rollout().flags().enable_unified_id_generation {
        std::thread::yield_now();
    }
    report("issuer, old shape", || issuer.run("user123").map_or(0, |id| id.len()));
    Ok(())
}

fn report(name: &str, mut work: impl FnMut() -> usize) {
    const CALLS: u32 = 200_000;
    let mut best = Duration::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        for _ in 0..CALLS {
            black_box(work());
        }
        best = best.min(start.elapsed());
    }
    println!("{name:24} {:8.1} ns", best.as_secs_f64() * 1e9 / f64::from(CALLS));
}
