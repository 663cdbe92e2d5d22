//! Runs one case so many times: what `cargo xtask counts` counts the instructions of.

use std::hint::black_box;

use unified_id::generator::{Generator, StepClock, StepEntropy};
use unified_id::{Core, LiveThreads, Route, RunId, Tenant, ThreadId, ThreadKey, parse_any};

const CORE: &str = "01m7wqt1fbff4sq3bgc5bhn9e0";
const THREAD: &str = "thread_01m7wqt1fbff4sq3bgc5bhn9e0";
const RUN: &str = "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt";
const LEGACY: &str = "thread_user123_run_1693430400000_a1b2c3d4";

/// One live thread, so that what is counted is the route and no table.
struct One {
    tenant: Tenant,
    thread: ThreadKey,
}

impl LiveThreads for One {
    fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    fn mapped(&self, _: &str) -> Option<ThreadKey> {
        None
    }

    fn is_live(&self, thread: &ThreadKey) -> bool {
        *thread == self.thread
    }
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let case = args.next().unwrap_or_default();
    let count: u64 = args.next().unwrap_or_default().parse()?;
    let core: Core = CORE.parse()?;
    let (thread, run) = (ThreadId::from_core(core), RunId::parse(RUN)?);
    let generator = Generator::with(StepClock::new(1_787_594_056_811, 0), StepEntropy::new(1));
    let live = One { tenant: "acme".parse()?, thread: ThreadKey::parse("user123")? };
    let mut work: Box<dyn FnMut() -> bool> = match case.as_str() {
        "generate/step_clock" => Box::new(move || black_box(generator.generate()) > core),
        "format/bare" => Box::new(move || black_box(black_box(core).to_text().as_str()).is_empty()),
        "format/run" => Box::new(move || black_box(black_box(run).to_text().as_str()).is_empty()),
        "parse/bare" => Box::new(|| black_box(Core::parse(black_box(CORE))).is_ok()),
        "parse/thread" => Box::new(|| black_box(ThreadId::parse(black_box(THREAD))).is_ok()),
        "parse/run" => Box::new(|| black_box(RunId::parse(black_box(RUN))).is_ok()),
        "parse_any/run" => Box::new(|| black_box(parse_any(black_box(RUN))).is_ok()),
        "parse_any/legacy" => Box::new(|| black_box(parse_any(black_box(LEGACY))).is_ok()),
        "route/legacy" => {
            Box::new(move || Route::resolve(black_box(LEGACY), black_box(&live)).thread().is_some())
        }
        "thread_key" => {
            Box::new(move || black_box(ThreadKey::from(black_box(thread))).as_core().is_some())
        }
        _ => anyhow::bail!("unknown case `{case}`"),
    };
    for _ in 0..count {
        black_box(work());
    }
    Ok(())
}
