//! The imports of a script: which there are, where another one goes, which nobody needs.
//!
//! ```text
//! import { v4 as uuidv4 } from "uuid";      a module: `import`
//! const { v4: uuidv4 } = require("uuid");   a script: `require`, if the file imports nothing else
//! ```
//!
//! A new import goes behind the last one at the head of the file, in the quotes and with the
//! semicolon of that one; without any, before the first statement that is no directive. What has a
//! comment inside stays as it is.

use std::collections::BTreeMap;

use crate::fix::{Edit, Import};
use crate::lang::shared::lexer::{Kind, Lexed};
use crate::lang::shared::rewrite::Imported;
use crate::lang::shared::tokens::Tokens;

/// A statement that imports.
#[derive(Clone, Debug)]
struct Statement {
    /// The first token, and the last one, a semicolon included.
    first: u32,
    last: u32,
    /// The token of the module's name in quotes.
    module: u32,
    /// Whether it is `require`.
    required: bool,
    /// Whether only types are imported.
    types: bool,
    /// The names that stand outside of braces: a default, all of a module.
    plain: Vec<u32>,
    /// The braces.
    braces: Option<(u32, u32)>,
    /// What stands between the braces.
    named: Vec<Named>,
}

/// `name`, `name as local`, `name: local`.
#[derive(Clone, Copy, Debug)]
struct Named {
    first: u32,
    last: u32,
}

/// The imports of a file.
struct Head<'a> {
    file: Tokens<'a>,
    statements: Vec<Statement>,
    /// Whether the file is a module.
    is_module: bool,
    /// Whether nothing in it says so, nor the contrary: it may be a script of a page.
    is_unsure: bool,
}

/// The name under which an import is known in a file, and the edits that make it so; `None` where
/// the file may be a script of a page, which can import nothing.
pub(super) fn import(file: &Tokens<'_>, import: &Import, scripts: bool) -> Option<Imported> {
    let head = Head::read(*file);
    if scripts && head.is_unsure {
        return None;
    }
    let local = head.local(import);
    let edits = head.edits(&[(import.clone(), local.clone())]);
    Some((local, edits))
}

/// The edits that make imports, each under the name it has in the file.
pub(crate) fn edits(lexed: &Lexed, text: &[u8], imports: &[(Import, String)]) -> Vec<Edit> {
    Head::read(Tokens::new(text, lexed)).edits(imports)
}

/// The edits that take away the imports of `names` that nothing mentions any more: one at a time.
pub(crate) fn unused(lexed: &Lexed, text: &[u8], names: &[&str]) -> Vec<Edit> {
    let file = Tokens::new(text, lexed);
    let head = Head::read(file);
    for statement in head.statements.iter().filter(|statement| !statement.types) {
        if head.has_comment(statement) {
            continue;
        }
        let locals = statement.plain.iter().copied();
        let locals = locals.chain(statement.named.iter().map(|named| named.last));
        let gone = locals.filter(|&local| {
            let name = file.string(local);
            names.contains(&name.as_str()) && !head.is_mentioned(&name, statement)
        });
        let gone: Vec<_> = gone.collect();
        let all = statement.plain.len() + statement.named.len();
        if !gone.is_empty() && gone.len() == all {
            return vec![head.without(statement)];
        }
        let number = statement.named.iter().position(|named| gone.contains(&named.last));
        if let Some(edit) = number.and_then(|number| head.without_named(statement, number)) {
            return vec![edit];
        }
    }
    Vec::new()
}

impl<'a> Head<'a> {
    fn read(file: Tokens<'a>) -> Self {
        let mut head = Self { file, statements: Vec::new(), is_module: false, is_unsure: false };
        let mut has_require = false;
        let mut at = 0;
        while at < file.count() {
            let begins =
                file.is_first(at) || matches!(file.before(at), Kind::Semicolon | Kind::End);
            if begins && file.kind(at) == Kind::Name {
                let is_import = file.is(at, "import")
                    && file.kind(at + 1) != Kind::Dot
                    && !file.is(at + 1, "(");
                head.is_module |= is_import || file.is(at, "export");
                let statement = if is_import { head.imported(at) } else { head.required(at) };
                if let Some(statement) = statement {
                    has_require |= statement.required;
                    at = statement.last + 1;
                    head.statements.push(statement);
                    continue;
                }
            }
            has_require |= file.is_word(at, &["require"]) && file.is(at + 1, "(");
            at = match file.kind(at) {
                Kind::Open | Kind::StringOpen => file.link(at).max(at) + 1,
                _ => at + 1,
            };
        }
        head.is_unsure = !head.is_module && !has_require;
        head.is_module |= !has_require;
        head
    }

    /// `import a, { b as c } from "m";`
    fn imported(&self, at: u32) -> Option<Statement> {
        let file = self.file;
        let mut statement = Statement {
            first: at,
            last: at,
            module: at,
            required: false,
            types: file.is(at + 1, "type")
                && !file.is(at + 2, "from")
                && file.kind(at + 2) != Kind::Comma,
            plain: Vec::new(),
            braces: None,
            named: Vec::new(),
        };
        let mut next = at + 1;
        for _ in 0..16 {
            match file.kind(next) {
                Kind::Text => {
                    statement.module = next;
                    break;
                }
                Kind::Open if file.is(next, "{") => {
                    let close = file.link(next);
                    statement.braces = Some((next, close));
                    statement.named = self.named(next, close);
                    next = close;
                }
                Kind::Name if file.is_word(next, &["from", "as", "type"]) => {}
                Kind::Name => statement.plain.push(next),
                Kind::Comma | Kind::Operator => {}
                _ => return None,
            }
            next += 1;
        }
        if file.kind(statement.module) != Kind::Text {
            return None;
        }
        let mut last = statement.module;
        // `with { type: "json" }`
        if file.is_word(last + 1, &["with", "assert"]) && file.is(last + 2, "{") {
            last = file.link(last + 2);
        }
        statement.last = self.with_semicolon(last);
        Some(statement)
    }

    /// `const { a, b: c } = require("m");`
    fn required(&self, at: u32) -> Option<Statement> {
        let file = self.file;
        if !file.is_word(at, &["const", "let", "var"]) {
            return None;
        }
        let (mut plain, mut braces, mut named) = (Vec::new(), None, Vec::new());
        let equal = if file.is(at + 1, "{") {
            let close = file.link(at + 1);
            braces = Some((at + 1, close));
            named = self.named(at + 1, close);
            close + 1
        } else {
            plain.push(at + 1);
            at + 2
        };
        let is_call = file.kind(equal) == Kind::Equal
            && file.is_word(equal + 1, &["require"])
            && file.is(equal + 2, "(")
            && file.kind(equal + 3) == Kind::Text;
        let close = file.link(equal + 2);
        let next = close + 1;
        let ends = matches!(file.kind(next), Kind::Semicolon | Kind::End)
            || (file.is_first(next) && file.kind(next) != Kind::Dot);
        let is_alone = is_call && close == equal + 4 && ends;
        let last = self.with_semicolon(close);
        let module = equal + 3;
        let (first, required, types) = (at, true, false);
        is_alone.then_some(Statement { first, last, module, required, types, plain, braces, named })
    }

    fn with_semicolon(&self, last: u32) -> u32 {
        if self.file.kind(last + 1) == Kind::Semicolon { last + 1 } else { last }
    }

    /// What stands between braces.
    fn named(&self, open: u32, close: u32) -> Vec<Named> {
        let file = self.file;
        let mut named = Vec::new();
        let mut first = open + 1;
        for at in open + 1..=close {
            if at == close || file.kind(at) == Kind::Comma {
                if first < at {
                    named.push(Named { first, last: at - 1 });
                }
                first = at + 1;
            }
        }
        named
    }

    fn has_comment(&self, statement: &Statement) -> bool {
        let file = self.file;
        (statement.first..statement.last).any(|at| {
            let between = file.text.get(file.end(at)..file.start(at + 1)).unwrap_or_default();
            between.iter().any(|byte| !byte.is_ascii_whitespace())
        })
    }

    /// Whether a name is mentioned outside of a statement.
    fn is_mentioned(&self, name: &str, statement: &Statement) -> bool {
        let file = self.file;
        (0..file.count()).any(|at| {
            !(statement.first..=statement.last).contains(&at)
                && matches!(file.kind(at), Kind::Name | Kind::Markup)
                && file.is(at, name)
                && file.before(at) != Kind::Dot
        })
    }

    /// The import of a module by names that another name can join.
    fn open_for(&self, module: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| {
            self.file.unquoted(statement.module) == module
                && !statement.types
                && statement.braces.is_some()
                && statement.required != self.is_module
        })
    }

    /// The name under which an import is known, or can be.
    fn local(&self, import: &Import) -> String {
        let file = self.file;
        for statement in &self.statements {
            if file.unquoted(statement.module) != import.module || statement.types {
                continue;
            }
            let known = statement.named.iter().find(|named| file.is(named.first, &import.name));
            if let Some(known) = known {
                return file.string(known.last);
            }
        }
        let is_taken = |name: &str| {
            (0..file.count()).any(|at| {
                matches!(file.kind(at), Kind::Name | Kind::Markup)
                    && file.is(at, name)
                    && file.before(at) != Kind::Dot
            })
        };
        let mut local = import.name.clone();
        for number in 1..100 {
            if !is_taken(&local) {
                break;
            }
            local = format!("Unified{}", import.name);
            if number > 1 {
                local.push_str(&number.to_string());
            }
        }
        local
    }

    /// The edits that make imports.
    fn edits(&self, imports: &[(Import, String)]) -> Vec<Edit> {
        let file = self.file;
        let mut missing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let as_word = if self.is_module { " as " } else { ": " };
        for (import, local) in imports {
            let is_known = self.statements.iter().any(|statement| {
                file.unquoted(statement.module) == import.module
                    && statement.named.iter().any(|named| {
                        file.is(named.first, &import.name) && file.is(named.last, local)
                    })
            });
            if is_known {
                continue;
            }
            let name = &import.name;
            let spelled =
                if name == local { name.clone() } else { format!("{name}{as_word}{local}") };
            let names = missing.entry(&import.module).or_default();
            if !names.contains(&spelled) {
                names.push(spelled);
            }
        }
        let mut edits = Vec::new();
        let mut lines = Vec::new();
        for (module, mut names) in missing {
            names.sort();
            if let Some((open, close)) = self.open_for(module).and_then(|found| found.braces) {
                let last = close - 1;
                let joined = names.join(", ");
                // A comma may stand behind the last name already.
                let (at, text) = match file.kind(last) {
                    Kind::Comma => (file.end(last), format!(" {joined}")),
                    _ if last == open => (file.end(open), format!(" {joined} ")),
                    _ => (file.end(last), format!(", {joined}")),
                };
                edits.push(Edit::new(at, at, text));
            } else {
                lines.push(self.line(module, &names));
            }
        }
        if !lines.is_empty() {
            edits.push(self.inserted(&lines));
        }
        edits
    }

    /// An import as a line.
    fn line(&self, module: &str, names: &[String]) -> String {
        let file = self.file;
        let model = self.statements.last();
        let quote = model.map_or('"', |model| {
            if file.spelling(model.module).starts_with(b"'") { '\'' } else { '"' }
        });
        let ends = model.is_none_or(|model| file.kind(model.last) == Kind::Semicolon);
        let end = if ends { ";" } else { "" };
        let names = names.join(", ");
        if self.is_module {
            format!("import {{ {names} }} from {quote}{module}{quote}{end}")
        } else {
            format!("const {{ {names} }} = require({quote}{module}{quote}){end}")
        }
    }

    /// Where lines go: behind the last import at the head of the file.
    fn inserted(&self, lines: &[String]) -> Edit {
        let file = self.file;
        let newline = if file.text.windows(2).any(|two| two == b"\r\n") { "\r\n" } else { "\n" };
        let joined = lines.join(newline);
        let last = self.statements.iter().rfind(|found| found.required != self.is_module);
        if let Some(last) = last {
            let at = file.end(last.last);
            return Edit::new(at, at, format!("{newline}{joined}"));
        }
        // Behind directives, which are strings that stand alone.
        let mut first = 0;
        while file.kind(first) == Kind::Text {
            let next = if file.kind(first + 1) == Kind::Semicolon { first + 2 } else { first + 1 };
            if !file.is_first(next) && file.kind(next) != Kind::End {
                break;
            }
            first = next;
        }
        let at = file.start(first);
        Edit::new(at, at, format!("{joined}{newline}"))
    }

    /// Takes a statement away, with its line if nothing else stands there.
    fn without(&self, statement: &Statement) -> Edit {
        let file = self.file;
        let (mut start, mut end) = (file.start(statement.first), file.end(statement.last));
        let before = file.text.get(..start).unwrap_or_default();
        let is_alone = before.last().is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
        let rest = file.text.get(end..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let newline = match rest.get(blanks..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => 0,
        };
        if newline > 0 && (is_alone || start == 0 || before == crate::source::BOM) {
            end += blanks + newline;
        } else if newline == 0 && is_alone && blanks < rest.len() {
            end += blanks;
        } else if newline > 0 {
            start -= before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        }
        Edit::new(start, end, "")
    }

    /// Takes one name of several away, with a comma; `None` if something else depends on it.
    fn without_named(&self, statement: &Statement, number: usize) -> Option<Edit> {
        let file = self.file;
        let named = statement.named.get(number)?;
        let (open, close) = statement.braces?;
        if statement.named.len() == 1 {
            // `import a, { b } from "m"`: what stands before goes on alone.
            let comma = open.checked_sub(1).filter(|comma| file.kind(*comma) == Kind::Comma)?;
            return Some(Edit::new(file.start(comma), file.end(close), ""));
        }
        if let Some(next) = statement.named.get(number + 1) {
            return Some(Edit::new(file.start(named.first), file.start(next.first), ""));
        }
        let before = statement.named.get(number.checked_sub(1)?)?;
        Some(Edit::new(file.end(before.last), file.end(named.last), ""))
    }
}
