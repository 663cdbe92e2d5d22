//! A process that registers is killed again and again; what it acknowledged has to be there.
//!
//! `cargo test -p id-registry --test crash -- --cycles 1000` for a long run; a few cycles otherwise. Not a libtest harness,
//! because the program starts itself as the process that is killed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "the child tells what was acknowledged")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use id_registry::{Options, Reference, Registry, RegistryErrorKind};
use unified_id::{Tenant, UnifiedId};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["child", folder] => child(Path::new(folder)),
        ["--cycles", count] => parent(count.parse().unwrap()),
        _ => parent(6),
    }
}

fn options() -> Options {
    let mut options = Options::default();
    // So small that the log begins anew between two kills.
    options.sqlite.wal_bytes = 256 << 10;
    options
}

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

/// Registers from four threads and tells each id after it was acknowledged, until it is killed.
fn child(folder: &Path) {
    let registry = Registry::open(folder, options()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let id = UnifiedId::job().to_string();
                    let reference = Reference::new(id.clone(), "crackerjack");
                    registry.register(&acme(), "child", reference).unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "{id}").and_then(|()| out.flush()).unwrap();
                }
            });
        }
    });
}

fn parent(cycles: u32) {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    let mut slowest = Duration::ZERO;
    for cycle in 0..cycles {
        let before = acknowledged.len();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("child")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Another number of writes each time, so that the kill comes at another moment.
        for _ in 0..=(cycle * 37 % 91) {
            acknowledged.push(lines.next().unwrap().unwrap());
        }
        if cycle == 0 {
            let error = Registry::open(folder.path(), options()).unwrap_err();
            assert_eq!(error.kind(), RegistryErrorKind::Locked, "{error}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What was told before the kill and is still in the pipe was acknowledged too; the last line may be torn.
        let rest = lines.map_while(Result::ok).filter(|line| line.len() == "job_".len() + 26);
        acknowledged.extend(rest);
        let start = Instant::now();
        let registry = Registry::open(folder.path(), options()).unwrap();
        slowest = slowest.max(start.elapsed());
        // All of this cycle, and some of all before.
        let step = (before / 200).max(1);
        let old = acknowledged[..before].iter().step_by(step);
        for id in old.chain(&acknowledged[before..]) {
            let found = registry.resolve(&acme(), id).unwrap();
            assert!(
                found.is_some_and(|found| *found.entry.system == *"crackerjack"),
                "{id} is lost"
            );
        }
        if cycle % 50 == 0 || cycle + 1 == cycles {
            let report = registry.scrub().unwrap();
            assert!(report.is_clean(), "{:?}", report.faults);
        }
    }
    println!(
        "{cycles} kills, {} acknowledged writes, none lost, slowest start {} ms",
        acknowledged.len(),
        slowest.as_millis()
    );
}
