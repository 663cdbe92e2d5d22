//! Where cores come from: the generator of the process or, in tests, one whose clock and randomness are given.
//!
//! Invariant: outside of tests a new core costs one relaxed load more than in Rust. Next: `kinds.rs`, which writes texts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use unified_id::generator::{ManualClock, StepEntropy, ThreadEntropy, generate};
use unified_id::{Core, Generator};

/// Whether a source for tests is in place.
static IS_REPLACED: AtomicBool = AtomicBool::new(false);
static SOURCES: Mutex<Vec<Source>> = Mutex::new(Vec::new());

/// A generator for tests, with what moves its clock.
struct Source {
    generator: Made,
    step_ms: u64,
    /// Gives the time in seconds; without it the clock stands still but for `step_ms`.
    clock: Option<Py<PyAny>>,
    now_ms: u64,
}

enum Made {
    Seeded(Generator<ManualClock, StepEntropy>),
    Random(Generator<ManualClock, ThreadEntropy>),
}

impl Made {
    fn generate_at(&self, now_ms: u64) -> Core {
        match self {
            Self::Seeded(generator) => {
                generator.clock().set(now_ms);
                generator.generate()
            }
            Self::Random(generator) => {
                generator.clock().set(now_ms);
                generator.generate()
            }
        }
    }
}

/// Makes a core.
#[inline]
pub(crate) fn core(py: Python<'_>) -> PyResult<Core> {
    if IS_REPLACED.load(Ordering::Relaxed) { replaced(py) } else { Ok(generate()) }
}

/// Fills a slice with cores.
pub(crate) fn fill(py: Python<'_>, cores: &mut [Core]) -> PyResult<()> {
    if !IS_REPLACED.load(Ordering::Relaxed) {
        unified_id::generator::fill(cores);
        return Ok(());
    }
    for place in cores {
        *place = replaced(py)?;
    }
    Ok(())
}

#[cold]
fn replaced(py: Python<'_>) -> PyResult<Core> {
    // The clock is Python code, which may make ids itself: it runs while the lock is free.
    let clock = {
        let sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
        sources.last().and_then(|source| source.clock.as_ref().map(|clock| clock.clone_ref(py)))
    };
    let read_ms = clock.map(|clock| milliseconds(clock.bind(py))).transpose()?;
    let mut sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(source) = sources.last_mut() else { return Ok(generate()) };
    if let Some(read_ms) = read_ms {
        if read_ms < source.now_ms {
            // The test set its clock back and wants ids of that time.
            source.generator =
                Made::Random(Generator::with(ManualClock::new(read_ms), ThreadEntropy));
        }
        source.now_ms = read_ms;
    }
    let core = source.generator.generate_at(source.now_ms);
    source.now_ms += source.step_ms;
    Ok(core)
}

/// Calls a clock that gives seconds, as `time.time` does.
fn milliseconds(clock: &Bound<'_, PyAny>) -> PyResult<u64> {
    let seconds: f64 = clock.call0()?.extract()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time before 1970 is clamped, and the generator clamps further"
    )]
    Ok((seconds * 1000.0).max(0.0) as u64)
}

/// Puts a source for tests in place: a seed and a start, or a clock.
#[pyfunction]
#[pyo3(signature = (seed, start_ms, step_ms, clock))]
pub(crate) fn push_source(seed: u64, start_ms: u64, step_ms: u64, clock: Option<Py<PyAny>>) {
    let generator = if clock.is_some() {
        Made::Random(Generator::with(ManualClock::new(start_ms), ThreadEntropy))
    } else {
        Made::Seeded(Generator::with(ManualClock::new(start_ms), StepEntropy::new(seed)))
    };
    let mut sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
    sources.push(Source { generator, step_ms, clock, now_ms: start_ms });
    IS_REPLACED.store(true, Ordering::Relaxed);
}

/// Takes the latest source for tests away.
#[pyfunction]
pub(crate) fn pop_source() {
    let mut sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
    let source = sources.pop();
    IS_REPLACED.store(!sources.is_empty(), Ordering::Relaxed);
    drop(sources);
    // Its clock is a Python object; what its end runs may come back here.
    drop(source);
}

/// A generator whose caller brings the time: increasing while the time does not jump far back.
#[pyclass(frozen, module = "unified_id._native")]
#[derive(Debug)]
pub(crate) struct Clocked {
    state: Mutex<(Generator<ManualClock, ThreadEntropy>, u64)>,
}

/// A clock that goes back further than this was set by somebody who wants the other time: an hour.
const SET_BACK_MS: u64 = 3_600_000;

#[pymethods]
impl Clocked {
    #[new]
    fn new() -> Self {
        Self { state: Mutex::new((Generator::with(ManualClock::new(0), ThreadEntropy), 0)) }
    }

    /// Makes the text of a core at a time in Unix milliseconds.
    fn core(&self, now_ms: u64) -> String {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms + SET_BACK_MS < state.1 {
            *state = (Generator::with(ManualClock::new(now_ms), ThreadEntropy), now_ms);
        }
        state.1 = now_ms;
        state.0.clock().set(now_ms);
        state.0.generate().to_string()
    }
}
