//! What is on disk when `fix` is killed, or the disk is full: each file is the old one or the new one.

use std::process::Stdio;
use std::time::{Duration, Instant};

use id_testkit::TempProject;

use crate::{code, command, run, seen};

const OLD: &str = "import uuid\nuser_id = str(uuid.uuid4())\n";
const NEW: &str = "from unified_id import UserId\nuser_id = UserId.new()\n";
const FILES: usize = 120;

/// So long something may take on a machine that does much else.
const LIMIT: Duration = Duration::from_mins(1);

/// A text that is longer than one block of any disk, so that half of it can be written.
fn long(text: &str) -> String {
    format!("{text}{}", "# padding\n".repeat(2_000))
}

fn name(number: usize) -> String {
    format!("src/m{number:03}.py")
}

/// How many files are the new ones; any that is neither the old nor the new one fails the test.
fn new_files(project: &TempProject) -> usize {
    let (old, new) = (long(OLD), long(NEW));
    let is_new = |number: &usize| {
        let text = std::fs::read(project.path().join(name(*number))).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text == old || text == new, "{}: {:?}", name(*number), &text[..60]);
        text == new
    };
    (0..FILES).filter(is_new).count()
}

#[test]
fn a_killed_fix_leaves_each_file_old_or_new() {
    let text = long(OLD);
    let files = (0..FILES).map(name);
    let project = files.fold(TempProject::new(), |project, name| project.file(&name, &text));
    for goal in [1, FILES / 3, FILES / 2] {
        let mut fix = command(project.path(), &["fix"]);
        let mut child = fix.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while new_files(&project) < goal && child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < LIMIT, "nothing is written");
        }
        let _ = child.kill();
        child.wait().unwrap();
        new_files(&project);
    }
    // What a killed run left beside the files is in nobody's way.
    let output = run(project.path(), &["fix"]);
    assert_eq!(code(&output), 0, "{}", seen(&output));
    assert_eq!(new_files(&project), FILES);
}

#[cfg(unix)]
#[test]
fn a_file_that_does_not_fit_stays_as_it_is() {
    let text = long(OLD);
    let project = TempProject::new().file("big.py", &text).file("small.py", OLD);
    // A limit that says what a full disk says: no room for more than a few blocks.
    let fix = command(project.path(), &["fix"]);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""]);
    shell.arg(fix.get_program()).args(fix.get_args()).current_dir(project.path());
    let output = shell.output().unwrap();
    assert_eq!(code(&output), 2, "{}", seen(&output));
    assert!(seen(&output).contains("big.py"), "{}", seen(&output));
    let read = |name: &str| std::fs::read_to_string(project.path().join(name)).unwrap();
    assert!(read("big.py") == text, "it was written in part");
    assert_eq!(read("small.py"), NEW);
    let names = std::fs::read_dir(project.path()).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["big.py", "small.py"]);
}
