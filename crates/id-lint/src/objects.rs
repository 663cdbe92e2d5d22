//! Reads objects of a repository: one `git cat-file` answers for all of them.
//!
//! It is started before it is needed, so that it is ready when it is asked. Nothing but names goes
//! in, so that no reference can be taken for an option. Used by `git.rs`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::git;

/// So many names are sent at once: they fit into a pipe while git waits for its answers to be read.
const BATCH: usize = 50;

/// A running `git cat-file`.
#[derive(Debug)]
pub(crate) struct Objects {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// An object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

impl Objects {
    /// Starts git in the repository at `top`.
    pub(crate) fn start(top: &Path) -> Option<Self> {
        let mut command = git::command(top, &["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let (input, output) = (child.stdin.take(), child.stdout.take()?);
        Some(Self { child, input, output: BufReader::new(output) })
    }

    /// Asks for objects by their names; no name may hold the end of a line.
    pub(crate) fn ask(&mut self, names: &[String]) -> Option<()> {
        if names.iter().any(|name| name.contains('\n')) {
            return None;
        }
        let names: String = names.iter().flat_map(|name| [name, "\n"]).collect();
        let input = self.input.as_mut()?;
        input.write_all(names.as_bytes()).and_then(|()| input.flush()).ok()
    }

    /// Reads the next answer; `None` if the object is of another kind, not there, or git is gone.
    pub(crate) fn next(&mut self, kind: &str) -> Option<Object> {
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        let mut words = line.trim_end().split(' ');
        let (name, found, size) = (words.next()?, words.next()?, words.next()?);
        let size: usize = size.parse().ok()?;
        let mut content = Vec::new();
        // The content, and an end of line behind it.
        let wanted = u64::try_from(size).ok()? + 1;
        self.output.by_ref().take(wanted).read_to_end(&mut content).ok()?;
        content.pop().filter(|end| *end == b'\n' && content.len() == size && found == kind)?;
        Some(Object { name: name.to_owned(), content })
    }

    /// Reads texts by the names of their objects.
    pub(crate) fn texts(&mut self, names: &[String]) -> Option<Vec<Vec<u8>>> {
        let mut texts = Vec::with_capacity(names.len());
        for part in names.chunks(BATCH) {
            self.ask(part)?;
            for _ in part {
                texts.push(self.next("blob")?.content);
            }
        }
        Some(texts)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Nothing more to ask: git ends by itself, unless it still writes what nobody reads.
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
