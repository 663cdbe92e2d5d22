//! Scans what is too large for every change: a file of 1 GB, a line of 100 MB, brackets a million
//! deep, a million files. The binary may take 700 MB of addresses, less than the file is long.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{Runner, cargo, say};

/// Writes an input into a folder and tells how many uses it has.
type Make = fn(&Path) -> Result<usize>;

const GIGABYTE: usize = 1 << 30;
const USE: &str = "x_id = uuid.uuid4()\n";

/// Makes each input, scans it and compares the number of findings with what was written.
pub(super) fn run(runner: &Runner) -> Result<()> {
    runner.run(&mut cargo(&["build", "--release", "--package", "id-lint"]))?;
    let inputs: [(&str, Make); 5] = [
        ("a file of 1 GB", long_file),
        ("a file of 1 GB without a use", idle_file),
        ("a line of 100 MB", long_line),
        ("brackets and blocks in one another", deep),
        ("a million files", many),
    ];
    for (name, make) in inputs {
        let folder = tempfile::tempdir()?;
        let expected = make(folder.path())?;
        let start = std::time::Instant::now();
        let found = scan(runner, folder.path()).with_context(|| name.to_owned())?;
        say(format!("-- {name}: {found} findings in {:.1} s", start.elapsed().as_secs_f64()));
        if found != expected {
            bail!("{name}: {found} findings instead of {expected}");
        }
    }
    Ok(())
}

fn scan(runner: &Runner, folder: &Path) -> Result<usize> {
    let mut command = Command::new("sh");
    let script = r#"ulimit -v 700000; "$0" scan --no-baseline --format=json . "#;
    let script = format!("cd \"$1\" && {{ {script} || test $? -eq 1; }}");
    command.args(["-c", &script]).arg(runner.root().join("target/release/id-lint")).arg(folder);
    let report: Value = serde_json::from_str(&runner.capture(&mut command)?)?;
    let found = report["summary"]["by_rule"]["UID001"].as_u64().unwrap_or(0);
    Ok(usize::try_from(found)?)
}

fn file(folder: &Path, name: &str) -> Result<BufWriter<File>> {
    let mut file = BufWriter::new(File::create(folder.join(name))?);
    file.write_all(b"import uuid\n")?;
    Ok(file)
}

fn long_file(folder: &Path) -> Result<usize> {
    let mut file = file(folder, "long.py")?;
    let block = "class A:\n    def f(self, x=1):\n        return {'a': [x, (1, 2)]}  # text\n\n\n";
    let block = block.repeat(1000);
    let mut count = 0;
    while count * (block.len() + USE.len()) < GIGABYTE {
        file.write_all(block.as_bytes())?;
        file.write_all(USE.as_bytes())?;
        count += 1;
    }
    file.flush()?;
    Ok(count)
}

fn idle_file(folder: &Path) -> Result<usize> {
    let mut file = file(folder, "idle.py")?;
    let block = "def f(self, x=1):\n    return uuid.UUID(x)\n".repeat(1000);
    for _ in 0..GIGABYTE / block.len() {
        file.write_all(block.as_bytes())?;
    }
    file.flush()?;
    Ok(0)
}

fn long_line(folder: &Path) -> Result<usize> {
    let mut file = file(folder, "line.py")?;
    file.write_all(b"x = [uuid.uuid4(), ")?;
    for number in 0..4_000_000 {
        write!(file, "\"{number}\", {number}, ")?;
    }
    write!(file, "uuid.uuid4()]; s = '{}'; y = uuid.uuid4()", "a".repeat(20_000_000))?;
    file.flush()?;
    Ok(3)
}

fn deep(folder: &Path) -> Result<usize> {
    let mut file = file(folder, "deep.py")?;
    let depth = 1_000_000;
    writeln!(file, "x = {}uuid.uuid4(){}", "(".repeat(depth), ")".repeat(depth))?;
    for column in 0..3_000 {
        writeln!(file, "{}def f{column}(x):", " ".repeat(column))?;
    }
    writeln!(file, "{}x = uuid.uuid4()", " ".repeat(3_000))?;
    file.flush()?;
    Ok(2)
}

fn many(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for outer in 0..1000 {
        let inner = folder.join(format!("d{outer}"));
        fs::create_dir(&inner)?;
        for number in 0..1000 {
            let is_use = number % 100 == 0;
            let mut file = File::create(inner.join(format!("f{number}.py")))?;
            let text = if is_use { "import uuid\nx_id = uuid.uuid4()\n" } else { "x = 1\n" };
            file.write_all(text.as_bytes())?;
            count += usize::from(is_use);
        }
    }
    Ok(count)
}
