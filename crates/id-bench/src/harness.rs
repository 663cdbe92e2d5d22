//! Measures contenders of one case by turns, so that a noisy machine is as noisy for each of them.

use std::fmt::Write;
use std::time::{Duration, Instant};

/// One way to do what a case is about.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Does the work so many times and returns something that depends on all of it.
    pub(crate) run: Box<dyn FnMut(u64) -> u64>,
    per_call_ns: Vec<f64>,
}

/// How much faster than a peer one of our contenders has to be.
struct Requirement {
    ours: &'static str,
    peer: &'static str,
    ratio: f64,
}

/// What is compared: the first contender is ours.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// How much faster than a peer one of ours has to be.
    required: Vec<Requirement>,
    /// How many items one unit of a contender's count is.
    block: u64,
    contenders: Vec<Contender>,
    /// What others state, in items per second; nothing here can run it.
    stated: Vec<(&'static str, f64)>,
}

impl Case {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, required: Vec::new(), block: 1, contenders: Vec::new(), stated: Vec::new() }
    }

    /// Sets how much faster than a peer the contender `unified-id` has to be.
    pub(crate) fn require(self, peer: &'static str, ratio: f64) -> Self {
        self.require_of("unified-id", peer, ratio)
    }

    /// Sets how much faster than a peer one of ours has to be.
    pub(crate) fn require_of(mut self, ours: &'static str, peer: &'static str, ratio: f64) -> Self {
        self.required.push(Requirement { ours, peer, ratio });
        self
    }

    /// Puts a figure beside the others that was stated elsewhere, in items per second.
    pub(crate) fn stated(mut self, name: &'static str, per_second: f64) -> Self {
        self.stated.push((name, per_second));
        self
    }

    /// Lets one unit of the count stand for so many items.
    pub(crate) fn per(mut self, block: u64) -> Self {
        self.block = block;
        self
    }

    /// Adds a contender; `work` is called once per item and gives something that depends on all of its result.
    ///
    /// A number, because a larger value would be copied, and the copy of what was just written piece by piece is slower
    /// than many a contender.
    pub(crate) fn each(self, name: &'static str, mut work: impl FnMut() -> u64 + 'static) -> Self {
        self.bulk(name, move |count| {
            for _ in 0..count {
                std::hint::black_box(work());
            }
            count
        })
    }

    /// Adds a contender that does many items in one call.
    pub(crate) fn bulk(
        mut self,
        name: &'static str,
        run: impl FnMut(u64) -> u64 + 'static,
    ) -> Self {
        self.contenders.push(Contender { name, run: Box::new(run), per_call_ns: Vec::new() });
        self
    }

    /// Runs all contenders by turns.
    pub(crate) fn measure(&mut self, rounds: usize, slice: Duration) {
        let counts: Vec<u64> =
            self.contenders.iter_mut().map(|contender| calibrate(contender, slice)).collect();
        for _ in 0..rounds {
            for (contender, count) in self.contenders.iter_mut().zip(&counts) {
                let start = Instant::now();
                std::hint::black_box((contender.run)(*count));
                #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
                let per_call = start.elapsed().as_nanos() as f64 / (*count * self.block) as f64;
                contender.per_call_ns.push(per_call);
            }
        }
    }

    /// Writes the rows of this case: median and fastest round per item, and the peer's median as a multiple of ours.
    pub(crate) fn table(&self) -> String {
        let ours = median(&self.contenders[0].per_call_ns);
        let mut table = String::new();
        for (position, contender) in self.contenders.iter().enumerate() {
            let (middle, best) = (median(&contender.per_call_ns), least(&contender.per_call_ns));
            let mut ratio = String::new();
            if position > 0 {
                ratio = format!("{:.2}x", middle / ours);
            }
            let verdict = self.verdict(contender);
            writeln!(
                table,
                "| {} | {} | {middle:.2} | {best:.2} | {ratio} | {verdict} |",
                self.name, contender.name
            )
            .expect("invariant: a string takes any text");
        }
        for (name, per_second) in &self.stated {
            let per_item_ns = 1e9 / per_second;
            let ratio = per_item_ns / ours;
            writeln!(
                table,
                "| {} | {name} | {per_item_ns:.0} |  | {ratio:.0}x | not measured here |",
                self.name
            )
            .expect("invariant: a string takes any text");
        }
        table
    }
}

impl Case {
    /// Says how a contender of ours stands against what is required of it.
    fn verdict(&self, ours: &Contender) -> String {
        let mut verdict = String::new();
        for requirement in self.required.iter().filter(|required| required.ours == ours.name) {
            let peer = self
                .contenders
                .iter()
                .find(|contender| contender.name == requirement.peer)
                .expect("invariant: what is required names a contender");
            let reached = median(&peer.per_call_ns) / median(&ours.per_call_ns);
            let word = if reached >= requirement.ratio { "holds" } else { "MISSED" };
            write!(verdict, "{reached:.2}x {}, {}x {word}", requirement.peer, requirement.ratio)
                .expect("invariant: a string takes any text");
        }
        verdict
    }
}

fn calibrate(contender: &mut Contender, slice: Duration) -> u64 {
    let mut count = 1;
    loop {
        let start = Instant::now();
        std::hint::black_box((contender.run)(count));
        if start.elapsed() >= slice {
            return count;
        }
        count *= 2;
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
