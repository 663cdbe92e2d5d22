//! Flags that follow their file: toggles, bad files, what is logged and counted.

use std::fmt::Write as _;
use std::sync::Mutex;

use id_rollout::{Flag, Issuer, Rollout};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::{Folder, until, write};

/// What was logged in this process, one line per record.
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Log;

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                write!(self.0, " {field}={value:?}").unwrap();
            }
        }
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LOG.lock().unwrap().push(line.0);
    }
}

/// The records that name the file of this test.
fn logged(folder: &Folder) -> Vec<String> {
    let file = folder.file().display().to_string();
    LOG.lock().unwrap().iter().filter(|line| line.contains(&file)).cloned().collect()
}

fn log() {
    // Another test may have been first.
    let _ = tracing::subscriber::set_global_default(Log);
}

#[test]
fn a_toggle_acts_and_is_logged_and_counted() {
    log();
    let folder = Folder::new();
    let rollout = Rollout::follow(folder.sources()).unwrap();
    let issuer = Issuer::new(rollout.clone());
    assert!(issuer.run("user123").unwrap().starts_with("thread_user123_run_"));
    // The file was not there when it was first looked for.
    folder.sources().set(Flag::EnableUnifiedIdGeneration, "true").unwrap();
    until(|| rollout.flags().enable_unified_id_generation);
    assert!(issuer.run("user123").unwrap().starts_with("run_user123_"));
    // Turned off, the old shapes come again.
    folder.sources().set(Flag::EnableUnifiedIdGeneration, "false").unwrap();
    until(|| !rollout.flags().enable_unified_id_generation);
    assert!(issuer.run("user123").unwrap().starts_with("thread_user123_run_"));
    let stats = rollout.stats();
    assert_eq!((stats.toggles, stats.reloads, stats.bad_files), (2, 2, 0));
    assert!(stats.looks > 0);
    let handed_out = issuer.stats();
    assert_eq!((handed_out.new, handed_out.legacy, handed_out.refused), (1, 2, 0));
    let toggles: Vec<_> =
        logged(&folder).into_iter().filter(|line| line.contains("flag changed")).collect();
    assert_eq!(toggles.len(), 2, "{toggles:?}");
    assert!(toggles[0].starts_with("INFO"), "{toggles:?}");
    assert!(
        toggles[0].contains("flag=\"enable_unified_id_generation\" before=false now=true"),
        "{toggles:?}"
    );
}

#[test]
fn a_bad_file_changes_nothing_and_is_said_once() {
    log();
    let folder = Folder::new();
    write(&folder.file(), "rollout_percent = 10\n");
    let rollout = Rollout::follow(folder.sources()).unwrap();
    let bad = |count: u64, text: &str| {
        write(&folder.file(), text);
        until(|| rollout.stats().bad_files == count);
        let looks = rollout.stats().looks;
        until(|| rollout.stats().looks > looks + 3);
        assert_eq!(
            (rollout.stats().bad_files, rollout.flags().rollout_percent),
            (count, 10),
            "{text}"
        );
    };
    bad(1, "rollout_percent = 1000\n");
    bad(2, "rollout_percent = \n");
    bad(3, "percent = 1\n");
    // Cut off by a full disk.
    bad(4, "");
    write(&folder.file(), "rollout_percent = 20\n");
    until(|| rollout.flags().rollout_percent == 20);
    // Gone: the last good values stay. Back again: the same text counts.
    std::fs::remove_file(folder.file()).unwrap();
    until(|| rollout.stats().bad_files == 5);
    assert_eq!(rollout.flags().rollout_percent, 20);
    write(&folder.file(), "rollout_percent = 30\n");
    until(|| rollout.flags().rollout_percent == 30);
    let lines: Vec<_> =
        logged(&folder).into_iter().filter(|line| line.contains("stay as they were")).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.starts_with("WARN") && line.contains("help=")),
        "{lines:?}"
    );
}

#[test]
fn what_contradicts_is_logged() {
    log();
    let folder = Folder::new();
    write(&folder.file(), "enable_legacy_id_compatibility = false\n");
    let rollout = Rollout::follow(folder.sources()).unwrap();
    assert!(!rollout.flags().enable_legacy_id_compatibility);
    assert!(
        logged(&folder)
            .iter()
            .any(|line| line.contains("ids of the old shapes are handed out, but refused"))
    );
}

#[test]
fn a_variable_stays_whatever_the_file_says() {
    let folder = Folder::new();
    let sources = folder.sources().with_variable(Flag::RolloutPercent, "5").unwrap();
    let rollout = Rollout::follow(sources).unwrap();
    write(&folder.file(), "rollout_percent = 90\nenable_unified_id_generation = true\n");
    until(|| rollout.flags().enable_unified_id_generation);
    assert_eq!((rollout.flags().rollout_percent, rollout.stats().toggles), (5, 1));
}

#[test]
fn a_text_of_the_same_length_is_another_text() {
    let folder = Folder::new();
    write(&folder.file(), "rollout_percent = 10\n");
    let rollout = Rollout::follow(folder.sources()).unwrap();
    for percent in [20, 30, 10, 40] {
        write(&folder.file(), &format!("rollout_percent = {percent}\n"));
        until(|| rollout.flags().rollout_percent == percent);
    }
}

#[test]
fn many_rollouts_are_independent() {
    let folders: Vec<_> = (0..80_u64).map(|_| Folder::new()).collect();
    let rollouts: Vec<_> = folders
        .iter()
        .zip(0_u8..)
        .map(|(folder, percent)| {
            write(&folder.file(), &format!("rollout_percent = {percent}\n"));
            Rollout::follow(folder.sources()).unwrap()
        })
        .collect();
    for (rollout, percent) in rollouts.iter().zip(0_u8..) {
        assert_eq!(rollout.flags().rollout_percent, percent);
    }
}
