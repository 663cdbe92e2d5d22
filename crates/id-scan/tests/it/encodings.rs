//! Every encoding that Python reads source in, by every name that it has there, against Python.

use std::path::Path;
use std::process::Command;

use id_scan::{Config, Scanner};

/// Prints name, text in that encoding, column and whether its compiler reads it. Each text has the
/// first characters of a list that the encoding has, before the use on the same line.
const TEXTS: &str = r##"
import encodings, encodings.aliases as aliases, pkgutil
names = {found.name for found in pkgutil.iter_modules(encodings.__path__)} - {"aliases"}
names |= set(aliases.aliases) | {name.replace("_", "-") for name in aliases.aliases}
for name in sorted(names):
    for letters in ["", "\u8868\u80fd", "\u3042\uff71", "\uac00", "\u00e9\u00df", "\u0416", "\u0e01"]:
        line = f"x = '{letters}'; y = uuid.uuid4()"
        text = f"# coding: {name}\n{line}\n"
        try:
            # `unicode_escape` would write the ends of lines as escapes, too.
            data = text.encode(name).replace(b"\\n", b"\n")
        except Exception:
            continue
        if not isinstance(data, bytes) or b"uuid.uuid4()" not in data:
            continue
        try:
            compile(data, "x.py", "exec")
            reads = data.decode(name) == text
        except Exception:
            continue
        if reads:
            print(name, data.hex(), line.index("uuid") + 1)
"##;

#[test]
fn every_name_of_an_encoding_is_known() {
    let output = Command::new("python3").args(["-W", "ignore", "-c", TEXTS]).output();
    let output = output.expect("python3 is on the PATH: the oracle needs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let config = Config::new("/", []);
    let scanner = Scanner::new(&config);
    let (mut texts, mut differences) = (0, Vec::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let [name, data, column] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let byte = |at: usize| u8::from_str_radix(&data[at..at + 2], 16).unwrap();
        let data: Vec<u8> = (0..data.len()).step_by(2).map(byte).collect();
        let start = memchr::memmem::find(&data, b"uuid.uuid4()").unwrap();
        let expected = vec![(start, start + 12, column.parse().unwrap())];
        let report = scanner.scan_text(Path::new("x.py"), &data).unwrap();
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|found| (found.byte_start, found.byte_end, found.column))
            .collect();
        let notes: Vec<_> = report.errors.iter().map(|note| note.message.as_str()).collect();
        if found != expected || !notes.is_empty() {
            differences.push(format!("{name}: {found:?} for {expected:?} {notes:?}"));
        }
        texts += 1;
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert!(texts > 800, "{texts} texts are too few to say anything");
}
