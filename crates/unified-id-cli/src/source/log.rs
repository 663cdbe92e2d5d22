//! Values that a regular expression finds in the lines of a log.

use std::io::BufRead;

use anyhow::anyhow;
use regex::bytes::Regex;

use super::Sink;
use super::lines::each_line;

/// What finds the values.
#[derive(Debug)]
pub(crate) struct Finder {
    regex: Regex,
    /// The group that is the value: the one named `id`, else the first, else the whole match.
    group: usize,
}

impl Finder {
    pub(crate) fn new(pattern: &str) -> anyhow::Result<Self> {
        let regex = Regex::new(pattern).map_err(|error| {
            anyhow!("`--regex` cannot be read: {error}\nhelp:  Rust's syntax, without look-around and back references")
        })?;
        let named = regex.capture_names().position(|name| name == Some("id"));
        let group = named.unwrap_or(usize::from(regex.captures_len() > 1));
        Ok(Self { regex, group })
    }

    /// Reads the lines; one may hold several values.
    pub(crate) fn read(
        &self,
        reader: &mut impl BufRead,
        sink: &mut impl Sink,
    ) -> anyhow::Result<()> {
        let (mut row, mut locations) = (0, self.regex.capture_locations());
        each_line(reader, |line| {
            row += 1;
            let (mut at, mut found) = (0, false);
            while at <= line.len()
                && let Some(whole) = self.regex.captures_read_at(&mut locations, line, at)
            {
                if let Some((start, end)) = locations.get(self.group) {
                    sink.value(&line[start..end], row);
                    found = true;
                }
                // An empty match would be found again.
                at = if whole.is_empty() { whole.end() + 1 } else { whole.end() };
            }
            if !found {
                sink.absent();
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Notes, slowly};
    use super::*;

    fn found(pattern: &str, text: &[u8]) -> Vec<String> {
        let mut notes = Notes::default();
        Finder::new(pattern).unwrap().read(&mut slowly(text), &mut notes).unwrap();
        notes.0
    }

    #[test]
    fn the_group_id_or_the_first_or_the_whole_match_is_the_value() {
        let log = b"t=1 run=a run=b\nnothing\nrun=\xff\xfe x\n";
        let expected = ["1 a", "1 b", "absent", "3 \\xff\\xfe"];
        assert_eq!(found(r"(?-u)run=(\S+)", log), expected);
        assert_eq!(found(r"(?-u)(run)=(?P<id>\S+)", log), expected);
        assert_eq!(found(r"[ab]$", log), ["1 b", "absent", "absent"]);
        assert_eq!(found("x*", b"ax\n"), ["1 ", "1 x", "1 "]);
        assert_eq!(found("run=(zzz)?", b"run=\n"), ["absent"]);
    }

    #[test]
    fn a_pattern_that_is_none_says_so() {
        let error = Finder::new("run=(").unwrap_err().to_string();
        assert!(error.starts_with("`--regex` cannot be read: "), "{error}");
    }
}
