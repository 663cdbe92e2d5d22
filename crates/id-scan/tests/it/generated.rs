//! Programs made at random from everything that binds and reads names, against Python's parser:
//! real code seldom rebinds a module, so that the order of bindings is tried here.

use std::fmt::Write as _;

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

const SIMPLE: [&str; 30] = [
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
    "print(f'{EXPR}')",
    "x = y = EXPR",
    "u = EXPR",
    "import uuid.x",
];
const HEADS: [&str; 18] = [
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
];
const EXPRESSIONS: [&str; 21] = [
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
];

fn expression(numbers: &mut Numbers, depth: usize) -> String {
    let choices = if depth == 0 { &EXPRESSIONS[..6] } else { &EXPRESSIONS[..] };
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

fn suite(numbers: &mut Numbers, indent: usize, text: &mut String) {
    let blank = " ".repeat(4 * indent);
    for _ in 0..=numbers.below(6) {
        if indent < 4 && numbers.below(3) == 0 {
            let template = numbers.pick(&HEADS);
            let head = filled(template, numbers, 2);
            writeln!(text, "{blank}{head}").unwrap();
            suite(numbers, indent + 1, text);
            if head == "try:" {
                writeln!(text, "{blank}except E as {}:", numbers.pick(&["uuid", "u", "e"]))
                    .unwrap();
                suite(numbers, indent + 1, text);
            } else if head.starts_with("if") && numbers.below(2) == 0 {
                writeln!(text, "{blank}else:").unwrap();
                suite(numbers, indent + 1, text);
            }
        } else {
            // Quotes inside the field of an f-string are a matter of the truth cases.
            let template = numbers.pick(&SIMPLE);
            let statement = filled(template, numbers, if template.contains('\'') { 0 } else { 2 });
            writeln!(text, "{blank}{statement}").unwrap();
        }
    }
}

#[test]
fn random_programs_read_as_python_reads_them() {
    let mut numbers = Numbers(20_261_121);
    let mut project = TempProject::new();
    for number in 0..1500 {
        let mut text = String::new();
        suite(&mut numbers, 0, &mut text);
        project = project.file(&format!("p{number}.py"), text);
    }
    let (uses, rejected) = compare(&Table::uuid(), &files_below(project.path()));
    assert!(uses > 3000, "{uses} uses are too few to say anything");
    assert_eq!(rejected, 0, "the generator writes what the parser rejects");
}
