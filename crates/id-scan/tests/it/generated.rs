//! Programs made at random from everything that binds and reads names, against Python's parser:
//! real code seldom rebinds a module, so that the order of bindings is tried here.

use std::fmt::Write as _;
use std::process::Command;

use id_testkit::TempProject;

use crate::oracle::{Table, compare, files_below};

/// Numbers from a fixed start: the same programs at every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.below(choices.len())]
    }
}

const SIMPLE: &[&str] = &[
    "u = uuid",
    "uuid4 = u = uuid",
    "(u): object = uuid",
    "v = (u)",
    "import uuid",
    "import uuid as u",
    "from uuid import uuid4",
    "from uuid import uuid1 as u",
    "import foo as uuid",
    "from foo import uuid4",
    "uuid = 1",
    "u = uuid",
    "uuid4 = u",
    "del uuid",
    "del u",
    "uuid: int",
    "u: int = EXPR",
    "x, *uuid = EXPR",
    "uuid += EXPR",
    "EXPR",
    "x = EXPR",
    "return_ = [EXPR, EXPR]",
    "uuid.uuid4 = EXPR",
    "global uuid",
    "global u, uuid4",
    "(uuid := EXPR)",
    "print(f'{ EXPR }')",
    "x = y = EXPR",
    "u = EXPR",
    "import uuid.x",
    "import uuid, foo as u",
    "from uuid import *",
    "from uuid import (uuid4 as v, uuid1,)",
    "from . import uuid",
    "from .x import uuid4",
    "from uuid.x import uuid4",
    "u, v = uuid, uuid",
    "(uuid, [u, *v]) = EXPR",
    "uuid[EXPR] = u",
    "uuid.x = u.y = EXPR",
    "uuid.uuid4 += EXPR",
    "del uuid.x, u[EXPR]",
    "del (uuid, u)",
    "v = uuid if x else y",
    "u = uuid.uuid4",
    "x: EXPR = EXPR",
    "uuid.x: EXPR",
    "(uuid): int",
    "assert EXPR, EXPR",
    "raise EXPR from EXPR",
    "print(*EXPR, **EXPR)",
    "x = lambda: EXPR",
    "if x: uuid = EXPR",
    "for u in x: EXPR; u = 1",
    "while (v := uuid): EXPR",
    "with x as (u, v): EXPR",
    "class uuid: pass",
    "class A: uuid = uuid; x = EXPR",
    "def u(): return EXPR",
    "def f(uuid=uuid): return EXPR",
    "type = EXPR; match = u; case = v",
    "uuid = uuid",
    "u = u",
    "uuid.\\\n    uuid4()",
    "x = (\n  uuid\n.uuid4\n    (\n)\n)",
    "x = EXPR; uuid = x; EXPR",
];
/// What only Python 3.12 and newer read.
const NEWER: &[&str] = &[
    "type uuid = EXPR",
    "type X[uuid] = EXPR",
    "type u[*v] = (uuid.uuid4, u)",
    "def f[uuid](x: uuid = EXPR) -> EXPR: return EXPR",
    "def uuid[T: EXPR](): return EXPR",
    "class A[u](EXPR, x=u): y = EXPR",
    "class u[uuid: EXPR, *v, **w]: x = (u, EXPR)",
    "print(f'{f'{ EXPR }'}')",
    "print(f'{x!r:{EXPR}}{{uuid.uuid4()}}')",
    "print(f'{(lambda uuid: EXPR)}', f'{x['uuid'].uuid4(EXPR)}')",
];
const PATTERNS: &[&str] = &[
    "uuid",
    "_",
    "u.x",
    "uuid.uuid4",
    "[uuid, *u]",
    "[x, *_]",
    "{'a': u, **uuid}",
    "{uuid.uuid4: x}",
    "A(uuid=u)",
    "uuid.uuid4(x)",
    "(1 | 2) as uuid",
    "u.UUID() as u if EXPR",
    "x if (uuid := EXPR)",
    "'uuid'",
];
const HEADS: &[&str] = &[
    "if EXPR:",
    "while EXPR:",
    "for uuid in EXPR:",
    "for x, u in EXPR:",
    "with EXPR as uuid:",
    "with EXPR:",
    "def f(uuid):",
    "def uuid(x=EXPR):",
    "def f(x, *u, y: EXPR = EXPR) -> EXPR:",
    "async def f():",
    "class A(EXPR):",
    "class uuid:",
    "class A:",
    "try:",
    "if x:",
    "def g():",
    "class u(B, uuid=EXPR):",
    "for _ in x:",
    "match EXPR:",
    "match EXPR:",
    "while (u := EXPR):",
    "with EXPR as u, EXPR as (uuid, v):",
    "for uuid.x in EXPR:",
    "for u[EXPR] in x:",
    "async def f(uuid=EXPR, /, *, u: EXPR = EXPR, **v):",
    "class A(metaclass=EXPR):",
    "@EXPR\ndef f(x):",
    "@uuid.uuid4\nclass uuid:",
    "def f(u):\n    x = 1\ndef g(uuid):",
];
const EXPRESSIONS: &[&str] = &[
    "uuid.uuid4()",
    "uuid.uuid4",
    "u.uuid4()",
    "uuid4()",
    "u()",
    "uuid4",
    "[uuid.uuid4() for uuid in EXPR]",
    "[EXPR for x in EXPR if EXPR]",
    "{u(): EXPR for u in x for y in EXPR}",
    "(lambda uuid: EXPR)",
    "(lambda x=EXPR: EXPR)",
    "f(uuid=EXPR)",
    "(u := EXPR)",
    "uuid.uuid4().hex[:8]",
    "x.uuid.uuid4()",
    "(EXPR if EXPR else EXPR)",
    "[(uuid4 := 1) for x in y]",
    "(uuid.uuid1)()",
    "u.x",
    "v.uuid1()",
    "{'k': EXPR}",
    "[u for u in [uuid] for x in u.uuid4()]",
    "{uuid: EXPR for uuid, u in EXPR}",
    "(EXPR for uuid in EXPR)",
    "[EXPR for x in y for uuid in EXPR if uuid.uuid4()]",
    "[[uuid for uuid in EXPR] for u in EXPR]",
    "(lambda *uuid, u=EXPR, **v: EXPR)",
    "(lambda: (uuid := EXPR))",
    "[(lambda: uuid.uuid4()) for u in x]",
    "x[uuid4:EXPR]",
    "f(*EXPR, **EXPR)",
    "uuid . uuid4 ()",
    "(uuid4)(EXPR)",
    "((uuid).uuid4)",
    "(not EXPR)",
    "(-EXPR if EXPR else u)",
    "uuid.uuid4()[EXPR]",
    "uuid.uuid4.x(EXPR)",
    "uuid.x.uuid4()",
    "(v := uuid).uuid4()",
    "uuid4(uuid4)",
];

/// Whether the parser reads what Python 3.12 brought.
fn is_newer() -> bool {
    let ask = "import sys; sys.exit(sys.version_info < (3, 12))";
    let status = Command::new("python3").args(["-c", ask]).status();
    status.expect("python3 is on the PATH: the oracle needs it").success()
}

/// A function inside another one, whose names it binds.
fn nonlocal(numbers: &mut Numbers, indent: usize, text: &mut String, newer: bool) {
    let blanks = [0, 4, 8].map(|more| " ".repeat(4 * indent + more));
    let name = numbers.pick(&["uuid", "u", "uuid4"]);
    let bound = numbers.pick(&["NAME = EXPR", "import uuid as NAME", "NAME = uuid"]);
    let bound = filled(bound, numbers, 1);
    writeln!(text, "{}def f():", blanks[0]).unwrap();
    writeln!(text, "{}{}", blanks[1], bound.replace("NAME", name)).unwrap();
    writeln!(text, "{}def g(x):", blanks[1]).unwrap();
    writeln!(text, "{}nonlocal {name}", blanks[2]).unwrap();
    suite(numbers, indent + 2, text, newer);
    writeln!(text, "{}{}", blanks[1], expression(numbers, 1)).unwrap();
}

fn expression(numbers: &mut Numbers, depth: usize) -> String {
    let choices = if depth == 0 { &EXPRESSIONS[..6] } else { EXPRESSIONS };
    filled(numbers.pick(choices), numbers, depth)
}

fn filled(template: &str, numbers: &mut Numbers, depth: usize) -> String {
    let mut text = String::new();
    for (at, piece) in template.split("EXPR").enumerate() {
        if at > 0 {
            text.push_str(&expression(numbers, depth.saturating_sub(1)));
        }
        text.push_str(piece);
    }
    text
}

fn suite(numbers: &mut Numbers, indent: usize, text: &mut String, newer: bool) {
    let blank = " ".repeat(4 * indent);
    for _ in 0..=numbers.below(6) {
        if indent < 4 && numbers.below(3) == 0 {
            if numbers.below(8) == 0 {
                nonlocal(numbers, indent, text, newer);
                continue;
            }
            let template = numbers.pick(HEADS);
            let head = filled(template, numbers, 2).replace('\n', &format!("\n{blank}"));
            writeln!(text, "{blank}{head}").unwrap();
            if head.starts_with("match") {
                for _ in 0..=numbers.below(2) {
                    let pattern = numbers.pick(PATTERNS);
                    let pattern = filled(pattern, numbers, 1);
                    writeln!(text, "{blank}    case {pattern}:").unwrap();
                    suite(numbers, indent + 2, text, newer);
                }
                continue;
            }
            suite(numbers, indent + 1, text, newer);
            if head == "try:" {
                let star = numbers.pick(&["", "*"]);
                let name = numbers.pick(&["uuid", "u", "e"]);
                writeln!(text, "{blank}except{star} E as {name}:").unwrap();
                suite(numbers, indent + 1, text, newer);
                for end in ["else:", "finally:"] {
                    if numbers.below(3) == 0 {
                        writeln!(text, "{blank}{end}").unwrap();
                        suite(numbers, indent + 1, text, newer);
                    }
                }
            } else if ["if", "while", "for"].iter().any(|word| head.starts_with(word))
                && numbers.below(2) == 0
            {
                writeln!(text, "{blank}else:").unwrap();
                suite(numbers, indent + 1, text, newer);
            }
        } else {
            let is_newer = newer && numbers.below(5) == 0;
            let template = numbers.pick(if is_newer { NEWER } else { SIMPLE });
            // Quotes inside the field of an f-string are a matter of the truth cases.
            let depth = if template.contains('\'') && !newer { 0 } else { 2 };
            let statement = filled(template, numbers, depth);
            writeln!(text, "{blank}{statement}").unwrap();
        }
    }
}

#[test]
fn random_programs_read_as_python_reads_them() {
    let mut numbers = Numbers(20_261_121);
    let newer = is_newer();
    let mut project = TempProject::new();
    for number in 0..1500 {
        let mut text = String::new();
        suite(&mut numbers, 0, &mut text, newer);
        project = project.file(&format!("p{number}.py"), text);
    }
    let (uses, rejected) = compare(&Table::uuid(), &files_below(project.path()));
    assert!(uses > 3000, "{uses} uses are too few to say anything");
    assert_eq!(rejected, 0, "the generator writes what the parser rejects");
}
