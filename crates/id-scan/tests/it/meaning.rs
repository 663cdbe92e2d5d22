//! What is learnt about a use from the code around it.

use std::path::Path;

use id_scan::{Config, Finding, RuleId, scan_text};

fn finding(code: &str) -> Finding {
    let text = format!("import uuid\n{code}\n");
    let report = scan_text(&Config::new("/", []), Path::new("app.py"), text.as_bytes()).unwrap();
    let made = report.findings.iter().filter(|found| found.rule != RuleId::LocalIdGenerator);
    let [found] = made.collect::<Vec<_>>()[..] else {
        panic!("{code}: {} findings", report.findings.len())
    };
    found.clone()
}

#[test]
fn shapes() {
    let check = |code: &str, shape: &str| {
        let found: &str = finding(code).shape.into();
        assert_eq!(found, shape, "{code}");
    };
    check("uuid.uuid4()", "plain");
    check("str(uuid.uuid4())", "str");
    check("str((uuid.uuid4()))", "str");
    check("uuid.uuid4().hex", "hex");
    check("uuid.uuid4().int", "int");
    check("uuid.uuid4().bytes", "bytes");
    check("uuid.uuid4().urn", "urn");
    check("f'{uuid.uuid4()}'", "interpolated");
    check("f'{uuid.uuid4()!s:>40}'", "interpolated");
    check("x = uuid.uuid4", "reference");
    check("uuid.uuid4().hex[:8]", "truncated");
    check("str(uuid.uuid4())[:8]", "truncated");
    check("str(uuid.uuid4()).replace('-', '')[0:12]", "truncated");
    check("str(uuid.uuid4()).split('-')[0]", "truncated");
    check("f'{uuid.uuid4().hex[-6:]}'", "truncated");
    check("f'{uuid.uuid4()!s:.8}'", "truncated");
    check("uuid.uuid4().int & 0xffff", "truncated");
    check("uuid.uuid4().hex[:32]", "hex");
    check("uuid.uuid4().hex[:]", "hex");
    check("foo(uuid.uuid4())[:8]", "plain");
    check("self.str(uuid.uuid4())[:8]", "plain");
    check("uuid.uuid4().bytes[:16]", "bytes");
    check("uuid.uuid4().bytes[:8]", "truncated");
    check("str(uuid.uuid4())[:36]", "str");
    check("uuid.uuid4().hex[::-1]", "hex");
    check("uuid.uuid4().hex[::2]", "truncated");
    check("uuid.uuid4().int > 5", "int");
    check("uuid.uuid4().int >= 5", "int");
    check("uuid.uuid4().int >> 96", "truncated");
    check("uuid.uuid4().int & (2**128-1)", "int");
    check("uuid.uuid4().int % 1000", "truncated");
    check("int(uuid.uuid4().hex, 16)", "int");
    check("int(uuid.uuid4().hex, 16) % 1000", "truncated");
    check("f'{uuid.uuid4().hex:.32}'", "interpolated");
    check("f'{uuid.uuid4()}'[:8]", "truncated");
    check("f'{uuid.uuid4()}'[:36]", "interpolated");
    check("'%.8s' % uuid.uuid4()", "truncated");
    check("'%s' % uuid.uuid4()", "plain");
}

#[test]
fn targets() {
    let check = |code: &str, target: Option<&str>| {
        assert_eq!(finding(code).target.as_deref(), target, "{code}");
    };
    check("user_id = str(uuid.uuid4())", Some("user_id"));
    check("user_id: str = str(uuid.uuid4())", Some("user_id"));
    check("user_id: dict[str, int] = uuid.uuid4()", Some("user_id"));
    check("self.user_id = uuid.uuid4().hex", Some("user_id"));
    check("data['user_id'] = f'u_{uuid.uuid4()}'", Some("user_id"));
    check("x = {'user_id': str(uuid.uuid4())}", Some("user_id"));
    check("f(a, user_id=uuid.uuid4())", Some("user_id"));
    check("id = Column(String, default=uuid.uuid4)", Some("id"));
    check("id: str = field(default_factory=lambda: str(uuid.uuid4()))", Some("id"));
    check("f(default=uuid.uuid4)", Some("default"));
    check("x = given or uuid.uuid4()", Some("x"));
    check("def f(user_id=uuid.uuid4()): pass", Some("user_id"));
    check("def f(): return uuid.uuid4()", Some("return"));
    check("(user_id := uuid.uuid4())", Some("user_id"));
    check("user_id = 'user_' + uuid.uuid4().hex", Some("user_id"));
    check("user_id = UserId(uuid.uuid4())", Some("user_id"));
    check("class A: id = uuid.uuid4()", Some("id"));
    check("if debug: user_id = uuid.uuid4()", Some("user_id"));
    check("try: session_id = uuid.uuid4()", Some("session_id"));
    check("def g(): run_id = uuid.uuid4()", Some("run_id"));
    check("for a, b in c: run_id = uuid.uuid4()", Some("run_id"));
    check("if user_id: uuid.uuid4()", None);
    check("if a: x_id: str = uuid.uuid4()", Some("x_id"));
    check("if a: b; x_id: str = uuid.uuid4()", Some("x_id"));
    check("x[user_id:uuid.uuid4()]", None);
    check("x_id: uuid.uuid4", Some("x_id"));
    check("print(uuid.uuid4())", None);
    check("uuid.uuid4()", None);
    check("x = [uuid.uuid4()]", None);
}

#[test]
fn scopes_and_kinds() {
    let found = finding("class A:\n  def f(self):\n    return [lambda: uuid.uuid4() for _ in x]");
    assert_eq!(found.scope.as_deref(), Some("A.f"));
    assert_eq!(finding("uuid.uuid4()").scope, None);
    let kind = |code: &str| finding(code).id_kind;
    assert_eq!(kind("run_id = uuid.uuid4()"), Some("run"));
    assert_eq!(kind("name = f'thread_{uuid.uuid4()}'"), Some("thread"));
    assert_eq!(kind("class Session:\n  id = f(default=uuid.uuid4)"), Some("session"));
    assert_eq!(kind("name = uuid.uuid4()"), None);
}

#[test]
fn a_fingerprint_stays_when_lines_move() {
    let print = |code: &str| finding(code).fingerprint;
    assert_eq!(print("x = uuid.uuid4()"), print("\n\n# more\nx  =  uuid.uuid4()"));
    assert_ne!(print("x = uuid.uuid4()"), print("y = uuid.uuid4()"));
    assert_ne!(print("def f(): x = uuid.uuid4()"), print("def g(): x = uuid.uuid4()"));
}
