//! Python: the text that its files hold, the functions that make ids, and how uses are found.
//!
//! The tokens of `lexer.rs` go through `folding.rs` (names that Unicode makes equal), `binder.rs` (scopes and bindings) and `resolver.rs` (which
//! mentions of the names in `names.rs` are uses) to `context.rs` (shape, target and scope of a
//! use). `parts.rs` keeps what is built into an id, `patterns.rs` finds what no name tells.

mod names;
pub(crate) mod lexer;
mod tokens;
mod folding;
pub(crate) mod binder;
pub(crate) mod resolver;
pub(crate) mod context;
mod parts;
mod patterns;
pub(crate) mod encoding;
pub(crate) mod rewrite;
pub(crate) mod parted;
mod imports;

pub(crate) use names::{modules, needles, tracked};

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::path::Path;

use binder::{Bindings, ScopeIdx, ScopeKind};
use context::{Reader, Surroundings};
use lexer::Kind;
use resolver::Found;
use tokens::Tokens;

use super::{Analysis, Language, Shape, Use};
use crate::config::Config;
use crate::fix::{Edit, Import};
use crate::plan::Plan;
use crate::source;
use crate::tracked::{Family, Tracked};

/// The endings of Python files.
pub(crate) const EXTENSIONS: [&str; 3] = ["py", "pyi", "pyw"];

/// Whether the first line of a file names a Python interpreter.
pub(crate) fn is_shebang(text: &[u8]) -> bool {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"#!") && memchr::memmem::find(line, b"python").is_some()
}

/// Writes down the tokens in a range, those without width left out.
pub(crate) fn code_in(lexed: &lexer::Lexed, range: &Range<usize>, parts: &mut Vec<Range<usize>>) {
    let first = lexed.tokens.partition_point(|token| token.end as usize <= range.start);
    let tokens = lexed.tokens.get(first..).unwrap_or_default();
    let tokens = tokens.iter().map(|token| token.start as usize..token.end as usize);
    let inside = tokens.take_while(|token| token.start < range.end);
    parts.extend(inside.filter(|token| !token.is_empty()));
}

/// Finds the uses in a text; `start` is the length of the byte order mark.
pub(crate) fn analyse(
    text: &[u8],
    start: usize,
    plan: &Plan<'_>,
    lexed: &mut lexer::Lexed,
) -> Analysis {
    let tracked = &plan.language(Language::Python).tracked;
    lexer::lex(text, start, lexed);
    let folded = folding::fold(text, &mut lexed.tokens);
    let text = folded.as_ref().map_or(text, |folded| &folded.text);
    let mut bindings = binder::bind(text, lexed, tracked);
    let tokens = &lexed.tokens;
    let found = resolver::resolve(text, tokens, tracked, &mut bindings);
    let named = context::named_scopes(&bindings);
    let file = File {
        code: Tokens { text, tokens },
        tracked,
        folded: folded.as_ref(),
        config: plan.config,
        bindings: &bindings,
        named,
        lines: OnceCell::new(),
    };
    let mut uses = Vec::new();
    let mut marks = Vec::new();
    for found in &found {
        if let Some(family) = file.counted(found) {
            let around = file.surroundings(found);
            marks.push(around.mark);
            uses.push(Use { family, ..file.use_of(found, &around) });
        }
    }
    marks.sort_unstable();
    let mut parts = parts::of_ids(&file, &found);
    patterns::find(&file, &mut parts, &mut uses);
    let parts = super::parts::one_for_each_id(parts, &marks);
    patterns::generators(&file, &found, &parts, &mut uses);
    uses.extend(parts.into_iter().map(|part| part.found));
    uses.sort_by_key(|found| (found.start, found.end));
    let remarks = [lexed.remark, bindings.remark];
    let remark = remarks.into_iter().flatten().min_by_key(|remark| remark.at);
    if let Some(folded) = &folded {
        folded.undo(&mut lexed.tokens);
    }
    Analysis {
        uses,
        remark: remark.map(|remark| (remark.at as usize, remark.what)),
        notes: Vec::new(),
    }
}

/// The edits that make imports in a text; `None` if there is no place for them.
pub(crate) fn import_edits(text: &[u8], imports: &[(Import, String)]) -> Option<Vec<Edit>> {
    let mut lexed = lexer::Lexed::default();
    lexer::lex(text, source::bom(text), &mut lexed);
    imports::Head::read(text, &lexed.tokens).edits(imports)
}

/// The edits that take away imports of `names` that nothing needs; what a package's `__init__.py`
/// imports outside functions is there for others.
pub(crate) fn unused_imports(path: &Path, text: &[u8], names: &[&str]) -> Vec<Edit> {
    if names.is_empty() {
        return Vec::new();
    }
    let exports = path.file_stem().is_some_and(|stem| stem == "__init__");
    let mut lexed = lexer::Lexed::default();
    lexer::lex(text, source::bom(text), &mut lexed);
    imports::unused(text, &lexed.tokens, names, exports)
}

/// How many tokens of a function are looked through for what becomes of a variable.
const FLOW: u32 = 20_000;

/// A logical line, and the class or function that it stands in.
#[derive(Clone, Copy, Debug)]
struct LogicalLine {
    at: u32,
    column: u32,
    scope: ScopeIdx,
}

/// Everything that is known of a file once its names are resolved.
struct File<'a> {
    code: Tokens<'a>,
    tracked: &'a Tracked,
    /// What is to be known of names that are spelled in another way, if there are any.
    folded: Option<&'a folding::Folded>,
    config: &'a Config,
    bindings: &'a Bindings<'a>,
    /// For each scope the class or function around it.
    named: Vec<ScopeIdx>,
    /// The logical lines, made when someone asks.
    lines: OnceCell<Vec<LogicalLine>>,
}

impl<'a> Deref for File<'a> {
    type Target = Tokens<'a>;

    fn deref(&self) -> &Tokens<'a> {
        &self.code
    }
}

impl<'a> File<'a> {
    /// Where a token ends in the file, also if its name was folded.
    fn file_end(&self, at: u32) -> usize {
        let end = self.folded.and_then(|folded| folded.end(at));
        end.map_or_else(|| self.end(at), |end| end as usize)
    }

    fn reader(&self, parts: bool) -> Reader<'a> {
        Reader::new(self.text, self.tokens, parts)
    }

    fn surroundings(&self, found: &Found) -> Surroundings {
        context::surroundings(self.text, self.tokens, found)
    }

    fn scope_name(&self, scope: ScopeIdx) -> Option<String> {
        context::scope_name(self.text, self.tokens, self.bindings, &self.named, scope)
    }

    fn function(&self, found: &Found) -> String {
        let span = found.function.0 as usize..found.function.1 as usize;
        String::from_utf8_lossy(self.text.get(span).unwrap_or_default()).into_owned()
    }

    /// Under which family a use counts; `None` if it does not.
    fn counted(&self, found: &Found) -> Option<Family> {
        match found.family {
            Family::Importer => None,
            family if family.is_part() => None,
            Family::LibraryClass if found.call => {
                // With an argument it reads an id.
                (self.kind(found.last.checked_sub(1)?) == Kind::Open).then_some(Family::Library)
            }
            Family::LibraryClass => {
                let before = found.first.checked_sub(2)?;
                let made =
                    matches!(self.spelling(before), b"default_factory" | b"default" | b"factory");
                (made && self.kind(before + 1) == Kind::Equal).then_some(Family::Library)
            }
            family => Some(family),
        }
    }

    fn use_of(&self, found: &Found, around: &Surroundings) -> Use {
        Use {
            module: self.tracked.path(found.module).to_owned(),
            function: self.function(found),
            family: found.family,
            call: found.call,
            unbound: found.unbound,
            dynamic: found.dynamic,
            detail: match found.family {
                Family::Banned(number) => {
                    self.config.bans.get(usize::from(number)).and_then(|ban| ban.instead.clone())
                }
                _ => None,
            },
            ..self.bare_use(around, found.first, found.last, found.scope)
        }
    }

    /// A use from token `first` to `last` of which only the place is known.
    fn bare_use(&self, around: &Surroundings, first: u32, last: u32, scope: ScopeIdx) -> Use {
        Use {
            module: String::new(),
            function: String::new(),
            family: Family::Time,
            call: true,
            start: self.start(first),
            end: self.file_end(last),
            shape: around.shape,
            target: around.target.clone(),
            literal: around.literal.clone(),
            scope: self.scope_name(scope),
            unbound: false,
            dynamic: false,
            whole: self.start(around.first)..self.file_end(around.last),
            detail: None,
        }
    }

    /// A use that stands for itself: its target and shape are said by the rule.
    fn plain_use(&self, first: u32, last: u32) -> Use {
        let around = Surroundings {
            shape: Shape::Plain,
            target: None,
            literal: None,
            first,
            last,
            mark: first,
        };
        self.bare_use(&around, first, last, self.scope_at(first))
    }

    /// The innermost class or function around a token, its own head left out.
    fn scope_at(&self, at: u32) -> ScopeIdx {
        self.line_at(at).map_or(0, |line| line.scope)
    }

    /// The logical line that a token stands in.
    fn line_at(&self, at: u32) -> Option<LogicalLine> {
        let lines = self.lines.get_or_init(|| self.logical_lines());
        let count = lines.partition_point(|line| line.at <= at);
        lines.get(count.checked_sub(1)?).copied()
    }

    /// All logical lines with the classes and functions that they stand in.
    fn logical_lines(&self) -> Vec<LogicalLine> {
        let scopes = (0..).zip(&self.bindings.scopes);
        let named: HashMap<u32, ScopeIdx> = scopes
            .filter(|(_, scope)| scope.name != u32::MAX)
            .map(|(idx, s)| (s.name, idx))
            .collect();
        let mut around: Vec<(u32, ScopeIdx)> = Vec::new();
        let mut lines = Vec::new();
        for (at, token) in (0..).zip(self.tokens) {
            if token.kind != Kind::Line {
                continue;
            }
            let column = token.link;
            while around.last().is_some_and(|(outer, _)| *outer >= column) {
                around.pop();
            }
            let scope = around.last().map_or(0, |(_, scope)| *scope);
            lines.push(LogicalLine { at, column, scope });
            if let Some(scope) = self.defined(at).and_then(|name| named.get(&name)) {
                around.push((column, *scope));
            }
        }
        lines
    }

    /// The token of the name that a line defines.
    fn defined(&self, line: u32) -> Option<u32> {
        use lexer::Keyword as K;
        let mut at = line + 1;
        if self.kind(at) == Kind::Keyword(K::Async) {
            at += 1;
        }
        matches!(self.kind(at), Kind::Keyword(K::Def | K::Class)).then_some(at + 1)
    }

    /// The tokens after `at` as far as the function that it stands in goes.
    fn rest_of_function(&self, at: u32) -> impl Iterator<Item = u32> {
        let column = self.line_at(at).map_or(0, |line| line.column);
        let count = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        (at + 1..count.min(at + 1 + FLOW)).take_while(move |&at| {
            let leaves = self.kind(at) == Kind::Line
                && self.link(at) < column
                && parts::begins_definition(self.kind(at + 1));
            !leaves
        })
    }

    /// The token that begins the string with fields around a token.
    fn string_around(&self, at: u32) -> Option<u32> {
        let mut at = at;
        for _ in 0..256 {
            at = at.checked_sub(1)?;
            match self.kind(at) {
                Kind::FStart => return Some(at),
                Kind::FieldClose | Kind::Close | Kind::FEnd => at = self.link(at).min(at),
                Kind::Line => return None,
                _ => {}
            }
        }
        None
    }
}
