//! A tree of Python files with stray ids whose list is known because the tree was made from it.
//!
//! As real trees have them: every way to import and to call, the same words in comments, strings and under other
//! meanings, files with a syntax error, other ends of lines, a byte order mark, an encoding. The same numbers make the
//! same tree.

/// A use of `uuid4`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// The file, with `/`.
    pub path: String,
    /// Bytes of the file: of the call with its parentheses, or of the name that is handed on.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
    /// Whether it is called.
    pub is_call: bool,
}

/// The files of a tree, and all uses in them in the order of path and place.
#[derive(Debug, Default)]
pub struct StrayTree {
    /// Paths with `/`, and what they hold.
    pub files: Vec<(String, Vec<u8>)>,
    /// The truth.
    pub uses: Vec<Stray>,
    /// The files with a syntax error.
    pub broken: Vec<String>,
}

/// Marks in a text that is being made: before a call, before a name that is handed on, behind either.
const CALL: char = '\u{1}';
const NAME: char = '\u{2}';
const END: char = '\u{3}';

/// An import, how `uuid4` is spelled after it, and the name that it binds.
const IMPORTS: [(&str, &str, &str); 9] = [
    ("import uuid", "uuid.uuid4", "uuid"),
    ("import os, uuid, sys", "uuid.uuid4", "uuid"),
    ("import uuid as ids", "ids.uuid4", "ids"),
    ("from uuid import uuid4", "uuid4", "uuid4"),
    ("from uuid import UUID, uuid4 as fresh", "fresh", "fresh"),
    ("from uuid import (\n    UUID,  # read\n    uuid4,\n)", "uuid4", "uuid4"),
    ("from uuid import *", "uuid4", "uuid4"),
    ("try:\n    import uuid\nexcept ImportError:\n    raise", "uuid.uuid4", "uuid"),
    ("import uuid; import json", "uuid.uuid4", "uuid"),
];

/// Code with one use: `G` is the generator, `N` a number, `(` and `)` of the marks stand for themselves.
const ONE: [&str; 20] = [
    "row_N = [G()]\n",
    "user_id = str([G()])\n",
    "key_N = [G()].hex\n",
    "run_id = f\"run_{[G()].hex[:8]}\"\n",
    "text_N = f'a{f\"b{[G()]}\"}'\n",
    "by_name = dict(thread_id=[G()], other=1)\n",
    "made = [str([G()]) for _ in range(3)]  # G() in a comment\n",
    "default = lambda: str([G()])\n",
    "value_N = [G(\n    # G()\n)]\n",
    "spaced = [G ()]\n",
    "split = \\\n    [G()]\n",
    "if (found := [G()]):\n    pass\n",
    "@wraps([G()])\nasync def task_N(x=1):\n    return x\n",
    "def handler_N(x, request_id=None):\n    request_id = request_id or [G()]\n    return f'{x!r:>{3}}', request_id\n",
    "class Model_N:\n    G_attribute = 1\n\n    def save(self):\n        return self.put('G()', [G()])\n",
    "print('''\nG()\n''', [G()])\n",
    "lookup = {'G()': [G()]}\n",
    "try:\n    pass\nfinally:\n    last = [G()].int\n",
    "def late_N():\n    import uuid as own\n    return [own.uuid4()]\n",
    "dynamic = {**{'id': [G()]}, 'n': (1, 2)}\n",
];

/// Code with a use that hands the generator on.
const REFERENCE: [&str; 3] = [
    "id: str = field(default_factory=<G>)\n",
    "column = Column(UUID, default=<G>, index=True)\n",
    "makers = [<G>, str]\n",
];

/// Code with no use: `M` is the name that the import binds.
const NONE: [&str; 20] = [
    "# G() and uuid.uuid4()\n",
    "'''G()\nuuid.uuid4() in a text\n'''\n",
    "note = 'G()' + \"uuid.uuid4()\" + r'\\\\' + 'uuid4()'\n",
    "f'G() {{uuid.uuid4()}} {1 + 1:>{2}}'\n",
    "def shadow_N(M):\n    return G()\n",
    "def local_N():\n    M = Fake()\n    return G()\n",
    "def later_N():\n    x = lambda M: G()\n    return x\n",
    "shadowed = [ G() for M in things]\n",
    "def caught_N():\n    try:\n        pass\n    except Error as M:\n        G()\n",
    "class Own_N:\n    M = Fake()\n    own = G()\n",
    "client.uuid.uuid4()\n",
    "self.uuid4(); other.fresh()\n",
    "my_uuid4(); uuid4_like(); guuid.uuid4()\n",
    "def outer_N(M):\n    def inner():\n        return G()\n    return inner\n",
    "x = 'a' 'G()' \\\n    'uuid.uuid4()'\n",
    "def with_N():\n    with open('x') as M:\n        return G()\n",
    "def loop_N():\n    for M in things:\n        G()\n",
    "b'uuid.uuid4()'; rb'''uuid.uuid4()'''\n",
    "def nested_N():\n    def M(): pass\n    return G()\n",
    "text = f'''{'uuid.uuid4()'} # G()'''\n",
];

/// What no parser takes.
const WRONG: [&str; 6] =
    ["x = = 3\n", "return return\n", ")\n", "'not closed\n", "def (:\n    pass\n)\n", "1 = else\n"];

const FOLDERS: [&str; 8] =
    ["auth", "websocket", "agents/core", "models", "db/migrations", "tests", "scripts", "api/v1"];

/// Numbers that are the same every time: splitmix64.
#[derive(Debug)]
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit).expect("invariant: a length fits");
        usize::try_from((value ^ (value >> 31)) % limit).expect("invariant: below a length")
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Makes a tree of `files` files with `calls` calls of `uuid4`, besides some references; one file in 17 has none.
///
/// # Panics
///
/// Panics if there are no files for the calls.
#[must_use]
pub fn stray_tree(files: usize, calls: usize) -> StrayTree {
    let mut numbers = Numbers(7);
    let mut tree = StrayTree::default();
    let has_calls = |at: usize| at % 17 != 16;
    let mut users = (0..files).filter(|at| has_calls(*at)).count();
    assert!(users > 0 || calls == 0, "calls need files");
    let mut left = calls;
    for at in 0..files {
        let folder = FOLDERS[at % FOLDERS.len()];
        let path = format!("src/{folder}/module_{at:05}.py");
        let mut own = 0;
        if has_calls(at) {
            // As real files do, some have many times more than others.
            let mean = left / users;
            own = if users == 1 { left } else { (numbers.below(2 * mean + 1)).min(left) };
            (users, left) = (users - 1, left - own);
        }
        let is_broken = at % 23 == 11;
        let marked = source(&mut numbers, own, is_broken);
        let bytes = finished(at, &path, &marked, &mut tree.uses);
        if is_broken {
            tree.broken.push(path.clone());
        }
        tree.files.push((path, bytes));
    }
    tree.files.sort();
    tree.uses.sort();
    tree
}

/// The text of a file, with marks.
fn source(numbers: &mut Numbers, calls: usize, is_broken: bool) -> String {
    let (import, generator, bound) = numbers.pick(&IMPORTS);
    let mut text = format!("\"\"\"Text about uuid.uuid4() that is none.\"\"\"\n{import}\n\n");
    let wrong_at = numbers.below(calls + 1);
    let mut number = 0;
    for at in 0..=calls {
        if is_broken && at == wrong_at {
            text += numbers.pick(&WRONG);
        }
        let mut add = |block: &str| {
            number += 1;
            let marks = [("[G", CALL, "G"), ("[own", CALL, "own"), ("<G>", NAME, "G")];
            let mut block = block.to_owned();
            for (from, mark, word) in marks {
                let end = if mark == NAME { END.to_string() } else { String::new() };
                block = block.replace(from, &format!("{mark}{word}{end}"));
            }
            // The bracket behind a marked call.
            if let Some(start) = block.find(CALL) {
                let close = block[start..].find(")]").expect("invariant: a marked call is closed")
                    + start
                    + 1;
                block.replace_range(close..=close, &END.to_string());
            }
            let word = |text: &str, letter: char, with: &str| {
                let is_name = |c: char| c.is_alphanumeric() || c == '_';
                let mut out = String::new();
                for (at, c) in text.char_indices() {
                    let before = text[..at].chars().next_back().is_some_and(is_name);
                    let after = text[at + c.len_utf8()..].chars().next().is_some_and(is_name);
                    if c == letter && !before && !after { out += with } else { out.push(c) }
                }
                out
            };
            let block = word(&word(&block, 'G', generator), 'M', bound);
            text += &block.replace("_N", &format!("_{number}"));
        };
        for _ in 0..numbers.below(3) {
            add(numbers.pick(&NONE));
        }
        if at < calls {
            add(numbers.pick(&ONE));
        }
        if numbers.below(8) == 0 {
            add(numbers.pick(&REFERENCE));
        }
    }
    text
}

/// Takes the marks out of a text, notes the uses, and gives it the form of its number.
fn finished(at: usize, path: &str, marked: &str, uses: &mut Vec<Stray>) -> Vec<u8> {
    let (has_bom, is_dos, is_latin) = (at % 11 == 3, at % 5 == 2, at % 13 == 6 && at % 11 != 3);
    let mut bytes = if has_bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
    let mut text = format!("# na\u{ef}ve caf\u{e9}\n{marked}");
    if is_latin {
        text = format!("# -*- coding: latin-1 -*-\n{text}");
    }
    let mut open = None;
    for c in text.chars() {
        match c {
            CALL | NAME => open = Some((bytes.len(), c == CALL)),
            END => {
                let (start, is_call) = open.take().expect("invariant: marks come in pairs");
                uses.push(Stray { path: path.to_owned(), start, end: bytes.len(), is_call });
            }
            '\n' if is_dos => bytes.extend_from_slice(b"\r\n"),
            c if is_latin => {
                bytes.push(u8::try_from(c).expect("invariant: the letters are Latin-1"));
            }
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    assert!(open.is_none(), "invariant: marks come in pairs");
    bytes
}
