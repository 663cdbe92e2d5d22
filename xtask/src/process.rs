//! Child processes: the only place that starts, watches and ends them.
//!
//! Every child runs under one deadline. When it passes, the child and all its descendants are
//! killed by their process ids and the caller gets an error; nothing is left running behind a
//! failed command. No shell parses what is run here.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How often a running child is looked at; far below what a person notices.
const POLL: Duration = Duration::from_millis(20);

/// How long output may still arrive after the child has ended.
const DRAIN: Duration = Duration::from_secs(10);

/// Writes one line to standard output; a reader that went away is no error.
pub(crate) fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Returns a cargo command of the running toolchain.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(args);
    command
}

/// Runs children in the root of the repository until a deadline.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    root: PathBuf,
    deadline: Instant,
    limit: Duration,
}

/// What became of a child that ended by itself.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// Standard output, unless it was inherited.
    pub(crate) stdout: String,
}

/// Where the standard output of a child goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    Inherit,
    Capture,
    Tee,
}

impl Runner {
    /// Creates a runner whose children must end within `limit` from now on.
    pub(crate) fn new(limit: Duration) -> Self {
        // Asked of cargo first: two checkouts that share a build folder share the binary as well.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
        let manifest = manifest.map_or(PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().expect("invariant: xtask lies one folder deep").to_path_buf();
        Self { root, deadline: Instant::now() + limit, limit }
    }

    /// Returns the root of the repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns whether the deadline has passed.
    pub(crate) fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Runs a child that writes where we write, and fails unless it succeeds.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        self.finish(command, Output::Inherit).map(drop)
    }

    /// Runs a child and returns its standard output, and fails unless it succeeds.
    pub(crate) fn capture(&self, command: &mut Command) -> Result<String> {
        self.finish(command, Output::Capture).map(|finished| finished.stdout)
    }

    /// Runs a child whose standard output is shown live and returned, successful or not.
    pub(crate) fn tee(&self, command: &mut Command) -> Result<Finished> {
        self.watch(command, Output::Tee)
    }

    fn finish(&self, command: &mut Command, output: Output) -> Result<Finished> {
        let finished = self.watch(command, output)?;
        if !finished.status.success() {
            bail!("`{}` failed ({})", describe(command), finished.status);
        }
        Ok(finished)
    }

    fn watch(&self, command: &mut Command, output: Output) -> Result<Finished> {
        let name = describe(command);
        self.prepare(command);
        command.stdout(if output == Output::Inherit { Stdio::inherit() } else { Stdio::piped() });
        let mut child = command
            .spawn()
            .with_context(|| format!("`{name}` could not be started: is it installed?"))?;
        let lines = child.stdout.take().map(|stdout| collect(stdout, output == Output::Tee));
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if self.is_late() {
                kill_tree(&mut child);
                bail!(
                    "time limit of {} s reached while `{name}` was running: it and its children \
                     were killed; find out what hangs, or give --limit-minutes",
                    self.limit.as_secs()
                );
            }
            std::thread::sleep(POLL);
        };
        let stdout = match lines {
            None => String::new(),
            Some(lines) => lines.recv_timeout(DRAIN).with_context(|| {
                format!("`{name}` ended, but a process it started still holds its output")
            })?,
        };
        Ok(Finished { status, stdout })
    }

    /// Sets the folder, unless the command has one, and takes away what `cargo run` told us about ourselves: a build script that
    /// watches those variables would run again each time `cargo` is called with and without us.
    fn prepare(&self, command: &mut Command) {
        if command.get_current_dir().is_none() {
            command.current_dir(&self.root);
        }
        command.stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
    }
}

/// Reads lines in a thread of their own, so that the deadline also holds for a silent child.
fn collect(stdout: ChildStdout, echo: bool) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let (mut all, mut line) = (String::new(), Vec::new());
        while reader.read_until(b'\n', &mut line).is_ok_and(|len_bytes| len_bytes > 0) {
            let text = String::from_utf8_lossy(&line);
            if echo {
                say(text.trim_end_matches(['\n', '\r']));
            }
            all.push_str(&text);
            line.clear();
        }
        // The receiver is gone only when the deadline has already been reported.
        let _ = sender.send(all);
    });
    receiver
}

/// Returns the command as a person would type it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    let mut text = program.into_owned();
    for arg in command.get_args() {
        text.push(' ');
        // A script given as an argument would fill the screen.
        text.push_str(arg.to_string_lossy().lines().next().unwrap_or_default());
    }
    text
}

/// Kills a child and everything that descends from it.
fn kill_tree(child: &mut Child) {
    let pids = descendants(child.id(), &parents());
    // `kill` is a builtin of every POSIX shell, while a separate binary may be missing.
    let script = format!("kill -KILL {}", pids.iter().map(ToString::to_string).join_words());
    let _ = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status();
    let _ = child.kill();
    let _ = child.wait();
}

/// Returns the parent of each process, as far as this system tells (Linux does).
fn parents() -> HashMap<u32, u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return HashMap::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some((pid, parse_parent(&stat)?))
    })
    .collect()
}

/// Reads the parent from a line of `/proc/<pid>/stat`: `pid (name) state parent ...`, where the
/// name may hold spaces and parentheses.
fn parse_parent(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// Returns `root` and every process below it, parents first.
fn descendants(root: u32, parents: &HashMap<u32, u32>) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        let mut children: Vec<u32> =
            parents.iter().filter(|&(_, of)| *of == parent).map(|(pid, _)| *pid).collect();
        children.sort_unstable();
        found.extend(children);
        next += 1;
    }
    found
}

/// Joins words with spaces.
trait JoinWords {
    fn join_words(self) -> String;
}

impl<I: Iterator<Item = String>> JoinWords for I {
    fn join_words(self) -> String {
        self.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_captured_and_failure_is_an_error() {
        let runner = Runner::new(Duration::from_mins(1));
        assert_eq!(runner.capture(&mut shell("echo one; echo two")).unwrap(), "one\ntwo\n");
        let error = runner.capture(&mut shell("exit 3")).unwrap_err().to_string();
        assert!(error.contains("sh -c exit 3"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let runner = Runner::new(Duration::from_mins(1));
        let error = runner.run(&mut Command::new("no-such-program-at-all")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-at-all"), "{error}");
    }

    #[test]
    fn the_deadline_kills_children_and_their_children() {
        let runner = Runner::new(Duration::from_millis(300));
        let start = Instant::now();
        let error = runner.tee(&mut shell("sleep 600 & sleep 600; wait")).unwrap_err();
        assert!(error.to_string().contains("time limit"), "{error}");
        assert!(start.elapsed() < Duration::from_mins(1));
        assert!(runner.is_late());
    }

    #[test]
    fn parents_are_read_whatever_the_name_holds() {
        assert_eq!(parse_parent("12 (a) b (c)) S 7 12 12 0"), Some(7));
        assert_eq!(parse_parent("12"), None);
    }

    #[test]
    fn descendants_are_found_at_every_depth() {
        let parents = HashMap::from([(2, 1), (3, 2), (4, 2), (5, 4), (9, 8)]);
        assert_eq!(descendants(2, &parents), [2, 3, 4, 5]);
    }
}
