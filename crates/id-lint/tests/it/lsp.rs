//! The language server, spoken to as an editor does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use id_testkit::TempProject;
use serde_json::{Value, json};

use crate::{command, put};

struct Editor {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Editor {
    fn start(project: &TempProject, encodings: &[&str]) -> Self {
        let mut child = command(project.path(), &["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) =
            (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut editor = Self { child, to, from };
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        editor.send(
            json!({ "id": 1, "method": "initialize", "params": { "capabilities": capabilities } }),
        );
        let answer = editor.receive();
        assert_eq!(answer["id"], 1);
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], encodings[0]);
        editor.send(json!({ "method": "initialized", "params": {} }));
        editor
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.to.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut len = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server ended");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => len = number.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut text = vec![0; len];
        self.from.read_exact(&mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn open(&mut self, uri: &str, text: &str) -> Value {
        let document = json!({ "uri": uri, "languageId": "python", "version": 1, "text": text });
        self.send(
            json!({ "method": "textDocument/didOpen", "params": { "textDocument": document } }),
        );
        self.receive()
    }

    fn end(mut self) {
        self.send(json!({ "id": 99, "method": "shutdown" }));
        assert_eq!(self.receive()["id"], 99);
        self.send(json!({ "method": "exit" }));
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

fn uri(project: &TempProject, name: &str) -> String {
    format!("file://{}/{name}", project.path().canonicalize().unwrap().display())
}

#[test]
fn diagnostics_follow_the_text_and_actions_change_it() {
    let project = TempProject::new().file("id-lint.toml", "[rules]\nUID003 = 'off'\n");
    let mut editor = Editor::start(&project, &["utf-16"]);
    let uri = uri(&project, "a.py");
    let found =
        editor.open(&uri, "import uuid\n'\u{1f600}'; x = uuid.uuid4()\ny = uuid.uuid4().hex[:8]\n");
    assert_eq!(found["method"], "textDocument/publishDiagnostics");
    let diagnostics = found["params"]["diagnostics"].as_array().unwrap().clone();
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0]["code"], "UID001");
    let range =
        json!({ "start": { "line": 1, "character": 10 }, "end": { "line": 1, "character": 22 } });
    assert_eq!(diagnostics[0]["range"], range);
    let context = json!({ "diagnostics": diagnostics });
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    editor.send(json!({ "id": 2, "method": "textDocument/codeAction", "params": params }));
    let actions = editor.receive()["result"].as_array().unwrap().clone();
    let allow =
        actions.iter().find(|action| action["title"] == "allow raw-uuid-call here").unwrap();
    let edit = &allow["edit"]["changes"][&uri][0];
    assert_eq!(edit["newText"], "  # id-lint: allow[raw-uuid-call] ");
    assert_eq!(edit["range"]["start"], json!({ "line": 1, "character": 22 }));
    // What is typed next.
    let document = json!({ "uri": uri, "version": 2 });
    let changes = json!([{ "text": "import uuid\nx = uuid.uuid4()  # id-lint: allow[raw-uuid-call] reason\n" }]);
    editor.send(json!({ "method": "textDocument/didChange", "params": { "textDocument": document, "contentChanges": changes } }));
    let found = editor.receive();
    assert_eq!(found["params"]["version"], 2);
    assert_eq!(found["params"]["diagnostics"], json!([]));
    editor.send(json!({ "id": 3, "method": "textDocument/hover", "params": {} }));
    assert_eq!(editor.receive()["error"]["code"], -32601);
    editor.end();
}

#[test]
fn wrong_settings_are_told_and_better_ones_taken() {
    let project = TempProject::new().file("id-lint.toml", "excludes = []\n");
    let mut editor = Editor::start(&project, &["utf-8"]);
    let uri = uri(&project, "a.py");
    let told = editor.open(&uri, "import uuid\n'\u{e4}', uuid.uuid4()\n");
    assert_eq!(told["method"], "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("did you mean `exclude`?"));
    assert_eq!(editor.receive()["params"]["diagnostics"], json!([]));
    put(&project, "id-lint.toml", "");
    editor.send(
        json!({ "method": "textDocument/didSave", "params": { "textDocument": { "uri": uri } } }),
    );
    let found = editor.receive();
    assert_eq!(
        found["params"]["diagnostics"][0]["range"]["start"],
        json!({ "line": 1, "character": 6 })
    );
    editor.end();
}

#[test]
fn an_editor_that_is_gone_ends_the_server() {
    let project = TempProject::new();
    let Editor { mut child, to, from } = Editor::start(&project, &["utf-8"]);
    drop((to, from));
    assert!(child.wait().unwrap().code().is_some());
}
