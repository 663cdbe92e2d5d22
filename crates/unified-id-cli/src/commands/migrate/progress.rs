//! Progress for eyes, for logs, for programs: a bar in a terminal, else lines with rate and time left, or JSON lines.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use id_migrate::{Event, Phase};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::args::FlagsFormat;

/// How often a step that takes long is told again where there is no terminal.
const PACE: Duration = Duration::from_secs(2);

pub(super) struct Progress {
    format: FlagsFormat,
    bar: Option<ProgressBar>,
    step: String,
    phase: Option<Phase>,
    begun: Instant,
    told: Instant,
    /// Where the step began: a resumed one does not begin at nothing.
    from: u64,
}

/// A line of the JSON.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'a str>,
    #[serde(flatten)]
    event: &'a Event,
    rows_per_s: f64,
    eta_s: Option<f64>,
}

impl Progress {
    pub(super) fn new(format: FlagsFormat) -> Self {
        let is_bar = format == FlagsFormat::Text && io::stderr().is_terminal();
        let bar = is_bar.then(|| {
            let style = ProgressStyle::with_template(
                "{msg:40} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}",
            );
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let now = Instant::now();
        Self { format, bar, step: String::new(), phase: None, begun: now, told: now, from: 0 }
    }

    /// The phase that was told of last.
    pub(super) fn phase(&self) -> Option<Phase> {
        self.phase
    }

    pub(super) fn tell(&mut self, event: &Event) {
        self.show(None, event);
    }

    /// The same for one of several databases.
    pub(super) fn tell_of(&mut self, database: &str, event: &Event) {
        self.show(Some(database), event);
    }

    /// A line that is no progress.
    pub(super) fn say(&mut self, what: &str) {
        let mut err = io::stderr();
        let _ = match (&self.bar, self.format) {
            (_, FlagsFormat::Json) => writeln!(err, "{}", serde_json::json!({ "step": what })),
            (Some(bar), _) => {
                bar.println(what);
                Ok(())
            }
            (None, _) => writeln!(err, "{what}"),
        };
    }

    fn show(&mut self, database: Option<&str>, event: &Event) {
        self.phase = Some(event.phase);
        let of = database.map_or_else(String::new, |name| format!("{name} "));
        let step = format!("{of}{}: {}", event.phase.name(), event.what);
        let is_new = step != self.step;
        if is_new {
            self.step = step;
            self.begun = Instant::now();
            self.from = event.done;
        }
        let (rate, eta) = self.pace(event);
        let mut err = io::stderr();
        // Progress that cannot be shown is no reason to stop a migration.
        let _ = match (&self.bar, self.format) {
            (_, FlagsFormat::Json) => {
                let line = Line { database, event, rows_per_s: rate, eta_s: eta };
                serde_json::to_string(&line)
                    .map_err(io::Error::from)
                    .and_then(|line| writeln!(err, "{line}"))
            }
            (Some(bar), _) => {
                if is_new {
                    bar.reset();
                }
                bar.set_message(self.step.clone());
                bar.set_length(event.total);
                bar.set_position(event.done);
                Ok(())
            }
            (None, _) if is_new || self.told.elapsed() >= PACE && event.total > 0 => {
                self.told = Instant::now();
                let rows = match (event.total, is_new, eta) {
                    (0, ..) => String::new(),
                    (total, true, _) => format!(" ({total} rows)"),
                    (total, false, eta) => format!(
                        " ({} of {total} rows, {rate:.0} rows/s, {:.0} s left)",
                        event.done,
                        eta.unwrap_or_default()
                    ),
                };
                writeln!(err, "{}{rows}", self.step)
            }
            _ => Ok(()),
        };
    }

    /// Rows in a second, and the seconds that are left.
    #[expect(clippy::cast_precision_loss, reason = "a rate for eyes")]
    fn pace(&self, event: &Event) -> (f64, Option<f64>) {
        let seconds = self.begun.elapsed().as_secs_f64();
        let done = event.done.saturating_sub(self.from) as f64;
        let rate = if seconds > 0.0 { done / seconds } else { 0.0 };
        let left = event.total.saturating_sub(event.done) as f64;
        (rate, (rate > 0.0).then(|| left / rate))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
