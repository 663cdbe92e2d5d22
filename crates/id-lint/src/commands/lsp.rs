//! `id-lint lsp`: diagnostics while typing and actions for them, over standard input and output.
//!
//! One thread reads messages and answers them in their order; a text that is being typed is scanned
//! when nothing else waits, so that a slow file never lags behind the keys. Positions are counted as
//! the editor asks: in bytes where it can, else in units of UTF-16. Nothing is written to files here:
//! an action is an edit that the editor applies.
//!
//! Protocol: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use id_scan::{Applicability, Finding, Report, Severity};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde_json::{Value, json};

use super::known::Known;
use crate::exit::Outcome;
use crate::settings::{self, Settings};

/// Serves one editor until it says that it is done.
pub(crate) fn run() -> anyhow::Result<Outcome> {
    let (connection, threads) = Connection::stdio();
    let (id, params) = connection.initialize_start()?;
    let encodings = params["capabilities"]["general"]["positionEncodings"].as_array();
    let utf8 = encodings.is_some_and(|known| known.iter().any(|name| name == "utf-8"));
    let answer = json!({
        "capabilities": {
            "positionEncoding": if utf8 { "utf-8" } else { "utf-16" },
            "textDocumentSync": { "openClose": true, "change": 1, "save": true },
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        },
        "serverInfo": { "name": "id-lint", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer)?;
    let mut server =
        Server { connection: &connection, utf8, documents: HashMap::new(), dirty: BTreeSet::new() };
    let ended = server.serve();
    drop(connection);
    threads.join()?;
    ended.map(|()| Outcome::Clean)
}

/// A text as the editor has it.
#[derive(Debug, Default)]
struct Document {
    text: String,
    version: Option<i64>,
    findings: Vec<Finding>,
}

struct Server<'a> {
    connection: &'a Connection,
    utf8: bool,
    documents: HashMap<String, Document>,
    /// Documents whose findings are not those of their text.
    dirty: BTreeSet<String>,
}

impl Server<'_> {
    fn serve(&mut self) -> anyhow::Result<()> {
        loop {
            // What is typed next comes first.
            let received = if self.dirty.is_empty() {
                self.connection.receiver.recv().ok()
            } else {
                self.connection.receiver.try_recv().ok()
            };
            match received {
                Some(Message::Request(request)) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    let response = self.answer(request);
                    self.connection.sender.send(response.into())?;
                }
                Some(Message::Notification(note)) => {
                    if note.method == "exit" {
                        return Ok(());
                    }
                    self.note(&note)?;
                }
                Some(Message::Response(_)) => {}
                None => match self.dirty.pop_first() {
                    Some(uri) => self.publish(&uri)?,
                    // The editor is gone.
                    None => return Ok(()),
                },
            }
        }
    }

    fn note(&mut self, note: &Notification) -> anyhow::Result<()> {
        let document = &note.params["textDocument"];
        let Some(uri) = document["uri"].as_str().map(str::to_owned) else { return Ok(()) };
        let changes = &note.params["contentChanges"];
        let text = match note.method.as_str() {
            "textDocument/didOpen" => &document["text"],
            // Whole texts were asked for; the last one counts.
            "textDocument/didChange" => {
                &changes.as_array().and_then(|all| all.last()).unwrap_or(&Value::Null)["text"]
            }
            "textDocument/didSave" => {
                // The settings or the baseline may have been saved.
                self.dirty.extend(self.documents.keys().cloned());
                return Ok(());
            }
            "textDocument/didClose" => {
                self.documents.remove(&uri);
                self.dirty.remove(&uri);
                return self.send(&uri, None, &[]);
            }
            _ => return Ok(()),
        };
        let Some(text) = text.as_str() else { return Ok(()) };
        let entry = self.documents.entry(uri.clone()).or_default();
        text.clone_into(&mut entry.text);
        entry.version = document["version"].as_i64();
        self.dirty.insert(uri);
        Ok(())
    }

    /// Scans a document and tells the editor what was found.
    fn publish(&mut self, uri: &str) -> anyhow::Result<()> {
        let Some(document) = self.documents.get_mut(uri) else { return Ok(()) };
        let report = match scan(uri, &document.text) {
            Ok(report) => report,
            Err(error) => {
                // Wrong settings are told where the editor shows messages; the texts wait for better ones.
                let params = json!({ "type": 1, "message": format!("id-lint: {error:#}") });
                let note = Notification::new("window/showMessage".to_owned(), params);
                self.connection.sender.send(note.into())?;
                Report::default()
            }
        };
        document.findings = report.findings.into_iter().filter(|found| !found.suppressed).collect();
        let version = document.version;
        let lines = Lines::new(&document.text, self.utf8);
        let mut diagnostics: Vec<Value> =
            document.findings.iter().map(|found| diagnostic(&lines, found)).collect();
        diagnostics.extend(report.errors.iter().map(|problem| {
            let line = problem.line.unwrap_or(1).saturating_sub(1);
            let place = json!({ "line": line, "character": 0 });
            json!({
                "range": { "start": place, "end": place },
                "severity": 3,
                "source": "id-lint",
                "message": format!("{}; {}", problem.message, problem.help),
            })
        }));
        self.send(uri, version, &diagnostics)
    }

    fn send(&self, uri: &str, version: Option<i64>, diagnostics: &[Value]) -> anyhow::Result<()> {
        let mut params = json!({ "uri": uri, "diagnostics": diagnostics });
        if let Some(version) = version {
            params["version"] = json!(version);
        }
        let note = Notification::new("textDocument/publishDiagnostics".to_owned(), params);
        self.connection.sender.send(note.into())?;
        Ok(())
    }

    fn answer(&mut self, request: Request) -> Response {
        if request.method != "textDocument/codeAction" {
            let message = format!("`{}` is not served", request.method);
            return Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message);
        }
        let uri = request.params["textDocument"]["uri"].as_str().unwrap_or_default().to_owned();
        // Actions are for the text as it is.
        if self.dirty.remove(&uri)
            && let Err(error) = self.publish(&uri)
        {
            return Response::new_err(
                request.id,
                ErrorCode::InternalError as i32,
                error.to_string(),
            );
        }
        let Some(document) = self.documents.get(&uri) else {
            return Response::new_ok(request.id, json!([]));
        };
        let lines = Lines::new(&document.text, self.utf8);
        let range = &request.params["range"];
        let line =
            |end: &str| range[end]["line"].as_u64().and_then(|line| usize::try_from(line).ok());
        let (first, last) = (line("start").unwrap_or(0), line("end").unwrap_or(usize::MAX));
        let near = document
            .findings
            .iter()
            .filter(|found| found.line <= last.saturating_add(1) && first < found.end_line);
        let actions: Vec<Value> =
            near.flat_map(|found| actions(&uri, &document.text, &lines, found)).collect();
        Response::new_ok(request.id, actions)
    }
}

/// Scans a text as the file that its address names.
fn scan(uri: &str, text: &str) -> anyhow::Result<Report> {
    let path = path_of(uri);
    let folder = path.parent().unwrap_or(Path::new("/"));
    let Settings { config, baseline, baseline_is_named, .. } = settings::of_folder(folder)?;
    if path.ancestors().any(|above| config.exclude.covers(above, above != path)) {
        return Ok(Report::default());
    }
    let mut report = id_scan::scan_text(&config, &path, text.as_bytes()).unwrap_or_default();
    if baseline_is_named || baseline.is_file() {
        let known = Known::read(&config, &baseline)?;
        known.compare(&report, |_| false, |_| false).mark(&mut report);
    }
    Ok(report)
}

/// The path that a `file:` address names; other addresses are names of no file.
fn path_of(uri: &str) -> PathBuf {
    let text = uri.strip_prefix("file://").unwrap_or(uri);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, digit(0), digit(1)) {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // `/C:/x` names `C:/x`.
    let drive = text.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    PathBuf::from(drive.map_or(text.clone(), str::to_owned))
}

/// The lines of a text, to turn bytes into the editor's positions.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    utf8: bool,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, utf8: bool) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, &byte)| {
            byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts, utf8 }
    }

    fn position(&self, at: usize) -> Value {
        let line = self.starts.partition_point(|&start| start <= at).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        let character = if self.utf8 { before.len() } else { before.encode_utf16().count() };
        json!({ "line": line, "character": character })
    }

    fn range(&self, from: usize, to: usize) -> Value {
        json!({ "start": self.position(from), "end": self.position(to) })
    }
}

fn diagnostic(lines: &Lines<'_>, found: &Finding) -> Value {
    let severity = match found.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info => 3,
    };
    json!({
        "range": lines.range(found.byte_start, found.byte_end),
        "severity": severity,
        "code": found.rule.code(),
        "source": "id-lint",
        "message": format!("{}; {}", found.message, found.help),
        "data": { "fingerprint": found.fingerprint },
    })
}

/// What an editor can do about a finding: its fix, and allowing it.
fn actions(uri: &str, text: &str, lines: &Lines<'_>, found: &Finding) -> Vec<Value> {
    let mut actions = Vec::new();
    let diagnostic = diagnostic(lines, found);
    let action = |title: String, edits: Vec<Value>, is_preferred: bool| {
        json!({
            "title": title,
            "kind": "quickfix",
            "diagnostics": [diagnostic],
            "isPreferred": is_preferred,
            "edit": { "changes": { uri: edits } },
        })
    };
    if let Some(fix) =
        found.fix.as_ref().filter(|fix| fix.applicability != Applicability::DisplayOnly)
    {
        let edits = fix.edits.iter().map(|edit| {
            json!({ "range": lines.range(edit.byte_start, edit.byte_end), "newText": edit.text })
        });
        let is_safe = fix.applicability == Applicability::Safe;
        let remark = if is_safe { "" } else { " (look at the result)" };
        actions.push(action(format!("{}{remark}", found.help), edits.collect(), is_safe));
    }
    // A comment at the end of the finding's last line; the reason is left to be typed.
    let line = text.get(found.byte_end..).and_then(|rest| rest.find(['\n', '\r']));
    let end = line.map_or(text.len(), |len| found.byte_end + len);
    let has_comment = text.get(found.byte_end..end).is_some_and(|rest| rest.contains("id-lint:"));
    if !has_comment {
        let comment = id_scan::allow_comment(&path_of(uri), found.rule);
        if let Some(comment) = comment {
            let edit = json!({ "range": lines.range(end, end), "newText": format!("  {comment}") });
            actions.push(action(format!("allow {} here", found.name), vec![edit], false));
        }
    }
    actions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_paths() {
        assert_eq!(path_of("file:///a%20b/%C3%A4.py"), Path::new("/a b/\u{e4}.py"));
        assert_eq!(path_of("file:///c%3A/x.py"), Path::new("c:/x.py"));
        assert_eq!(path_of("untitled:Untitled-1"), Path::new("untitled:Untitled-1"));
        assert_eq!(path_of("file:///a%zz%4"), Path::new("/a%zz%4"));
    }

    #[test]
    fn positions_are_counted_as_the_editor_asks() {
        let text = "a\r\n\u{1f600}x\ry";
        let check = |utf8: bool, at: usize, line: u64, character: u64| {
            let expected = json!({ "line": line, "character": character });
            assert_eq!(Lines::new(text, utf8).position(at), expected);
        };
        check(false, 7, 1, 2);
        check(true, 7, 1, 4);
        check(true, 9, 2, 0);
    }
}
