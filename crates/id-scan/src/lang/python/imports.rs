//! Where an import can be added to a Python file, and which imports nothing needs any more.
//!
//! An import goes behind the last one of the block at the head of the file: after the docstring and
//! `__future__`, before the first statement, and never into `if TYPE_CHECKING:` or `try:`. An import
//! is taken away only where nothing in its scope mentions the name: no code, no `__all__`, no
//! annotation in quotes, no doctest, no type comment, no comment that says that it is meant, and in
//! an `__init__.py` only inside functions. Comments on its line stay.

use std::collections::HashSet;
use std::ops::Range;

use super::lexer::{Keyword, Kind, Token};
use super::tokens::Tokens;
use crate::fix::{Edit, Import};

/// The head of a file: what it imports there, and where more can go.
#[derive(Debug)]
pub(crate) struct Head {
    /// Where a line can be added, and what stands around it.
    place: Option<Place>,
    /// The imports of names: module, name, local name.
    bound: Vec<(String, String, String)>,
    /// For each module the byte after its last imported name.
    lists: Vec<(String, usize)>,
    /// Every name that the file mentions.
    names: HashSet<Vec<u8>>,
    /// How its lines end.
    ending: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// Behind a line that ends at this byte.
    After(usize),
    /// Behind the docstring that ends at this byte: an empty line between.
    AfterDocstring(usize),
    /// Before the first statement.
    Before(usize),
}

/// A statement: its tokens, without the mark of the line.
#[derive(Clone, Copy, Debug)]
struct Statement {
    first: u32,
    /// The last token, the semicolon behind it left out.
    last: u32,
    column: u32,
    /// It is the first, the last on its logical line.
    begins: bool,
    ends: bool,
}

/// Reads tokens as statements.
impl Tokens<'_> {
    /// The dotted name that begins at a token, and the token after it.
    fn dotted(&self, mut at: u32) -> (String, u32) {
        let mut name = String::new();
        while matches!(self.kind(at), Kind::Name | Kind::Dot | Kind::Ellipsis) {
            name.push_str(&self.string(at));
            at += 1;
        }
        (name, at)
    }

    /// All simple statements, and the heads of compound ones.
    fn statements(&self) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        let mut column = 0;
        let mut begins = false;
        let mut first = None;
        let mut at = 0;
        let count = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        while at < count {
            let kind = self.kind(at);
            if matches!(kind, Kind::Line | Kind::Semicolon | Kind::End) {
                if let Some(first) = first.take() {
                    let ends = kind != Kind::Semicolon
                        || matches!(self.kind(at + 1), Kind::Line | Kind::End);
                    statements.push(Statement { first, last: at - 1, column, begins, ends });
                    begins = false;
                }
                if kind == Kind::Line {
                    (column, begins) = (self.link(at), true);
                }
            } else {
                first = first.or(Some(at));
                if matches!(kind, Kind::Open | Kind::FStart) {
                    at = self.link(at).max(at);
                }
            }
            at += 1;
        }
        statements
    }

    /// The byte at which the physical line of a byte ends.
    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        memchr::memchr2(b'\n', b'\r', rest).map_or(self.text.len(), |at| from + at)
    }

    /// The byte at which the physical line of a byte begins.
    fn line_start(&self, from: usize) -> usize {
        let before = self.text.get(..from).unwrap_or_default();
        let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
        if start == 0 && self.text.starts_with(crate::source::BOM) {
            return crate::source::BOM.len().min(from);
        }
        start
    }

    /// The byte after the end of a line that ends at a byte.
    fn next_line(&self, end: usize) -> usize {
        match self.text.get(end..) {
            Some([b'\r', b'\n', ..]) => end + 2,
            Some([_, ..]) => end + 1,
            _ => end,
        }
    }

    /// The names that an import statement binds.
    fn aliases(&self, statement: &Statement) -> Vec<Alias> {
        let mut aliases = Vec::new();
        let first = self.kind(statement.first);
        let mut at = statement.first + 1;
        let mut module = String::new();
        if first == Kind::Keyword(Keyword::From) {
            (module, at) = self.dotted(at);
            if self.kind(at) != Kind::Keyword(Keyword::Import) {
                return aliases;
            }
            at += 1;
        } else if first != Kind::Keyword(Keyword::Import) {
            return aliases;
        }
        if self.kind(at) == Kind::Open {
            at += 1;
        }
        while at <= statement.last {
            let from = at;
            let (name, next) = self.dotted(at);
            if name.is_empty() {
                break;
            }
            at = next;
            let mut local = name.split('.').next().unwrap_or_default().to_owned();
            if self.kind(at) == Kind::Keyword(Keyword::As) {
                local = self.string(at + 1);
                at += 2;
            }
            aliases.push(Alias { module: module.clone(), name, local, first: from, last: at - 1 });
            if self.kind(at) != Kind::Comma {
                break;
            }
            at += 1;
        }
        aliases
    }

    fn is_import(&self, statement: &Statement) -> bool {
        matches!(self.kind(statement.first), Kind::Keyword(Keyword::From | Keyword::Import))
    }
}

/// One name of an import statement.
#[derive(Clone, Debug)]
struct Alias {
    module: String,
    name: String,
    local: String,
    first: u32,
    last: u32,
}

impl Head {
    /// Reads the head of a file.
    pub(crate) fn read(text: &[u8], tokens: &[Token]) -> Self {
        let code = Tokens { text, tokens };
        let statements = code.statements();
        let mut head = Self {
            place: None,
            bound: Vec::new(),
            lists: Vec::new(),
            names: HashSet::new(),
            ending: ending(text),
        };
        let mut at = 0;
        // A docstring alone on its line.
        if let Some(first) = statements.first() {
            let strings = (first.first..=first.last).all(|at| code.kind(at) == Kind::Text);
            let start = code.line_start(code.start(first.first));
            if strings && first.ends {
                head.place = Some(Place::AfterDocstring(code.line_end(code.end(first.last))));
                at = 1;
            } else if !strings && first.column == 0 {
                head.place = Some(Place::Before(start));
            }
        }
        while let Some(statement) = statements.get(at) {
            // The statements of one logical line.
            let mut to = at;
            while statements.get(to).is_some_and(|statement| !statement.ends) {
                to += 1;
            }
            let line = statements.get(at..=to).unwrap_or_default();
            if statement.column != 0 || !line.iter().all(|statement| code.is_import(statement)) {
                if line.iter().any(|statement| is_future(&code, statement)) {
                    // What follows on the line of `__future__` cannot be moved apart.
                    head.place = None;
                }
                break;
            }
            for statement in line {
                head.note(&code, statement);
            }
            let end = line.last().map_or(0, |statement| code.end(statement.last));
            head.place = Some(Place::After(code.line_end(end)));
            at = to + 1;
        }
        if statements.is_empty() {
            head.place = Some(Place::Before(code.line_start(0)));
        }
        let names = tokens.iter().filter(|token| token.kind == Kind::Name);
        head.names = names
            .filter_map(|token| text.get(token.start as usize..token.end as usize))
            .map(<[u8]>::to_vec)
            .collect();
        head
    }

    fn note(&mut self, code: &Tokens<'_>, statement: &Statement) {
        let aliases = code.aliases(statement);
        if let Some(last) = aliases.last().filter(|alias| !alias.module.is_empty()) {
            self.lists.push((last.module.clone(), code.end(last.last)));
        }
        for alias in aliases {
            self.bound.push((alias.module, alias.name, alias.local));
        }
    }

    fn known(&self, import: &Import) -> Option<&str> {
        let same = |(module, name, _): &&(String, String, String)| {
            *module == import.module && *name == import.name
        };
        self.bound.iter().find(same).map(|(.., local)| local.as_str())
    }

    /// The name that an import has, or can have without hiding another one.
    pub(crate) fn local(&self, import: &Import) -> String {
        if let Some(known) = self.known(import) {
            return known.to_owned();
        }
        let mut local = import.name.clone();
        if self.names.contains(local.as_bytes()) {
            local = format!("Unified{local}");
        }
        while self.names.contains(local.as_bytes()) {
            local.push('_');
        }
        local
    }

    /// The edits that make imports, each under its local name.
    pub(crate) fn edits(&self, imports: &[(Import, String)]) -> Option<Vec<Edit>> {
        let missing: Vec<_> =
            imports.iter().filter(|(import, _)| self.known(import).is_none()).collect();
        let mut modules: Vec<_> =
            missing.iter().map(|(import, _)| import.module.as_str()).collect();
        modules.sort_unstable();
        modules.dedup();
        let mut edits = Vec::new();
        let mut lines = Vec::new();
        for module in modules {
            let mut names: Vec<_> = missing
                .iter()
                .filter(|(import, _)| import.module == module)
                .map(|(import, local)| match &import.name {
                    name if name == local => name.clone(),
                    name => format!("{name} as {local}"),
                })
                .collect();
            names.sort();
            names.dedup();
            let names = names.join(", ");
            match self.lists.iter().rev().find(|(known, _)| known == module) {
                Some((_, end)) => edits.push(Edit::new(*end, *end, format!(", {names}"))),
                None => lines.push(format!("from {module} import {names}")),
            }
        }
        if !lines.is_empty() {
            let ending = self.ending;
            let lines = lines.join(ending);
            edits.push(match self.place? {
                Place::After(at) => Edit::new(at, at, format!("{ending}{lines}")),
                Place::AfterDocstring(at) => Edit::new(at, at, format!("{ending}{ending}{lines}")),
                Place::Before(at) => Edit::new(at, at, format!("{lines}{ending}")),
            });
        }
        edits.sort();
        Some(edits)
    }
}

fn is_future(code: &Tokens<'_>, statement: &Statement) -> bool {
    code.kind(statement.first) == Kind::Keyword(Keyword::From)
        && code.spelling(statement.first + 1) == b"__future__"
}

/// How the lines of a text end: as the first one does.
fn ending(text: &[u8]) -> &'static str {
    match memchr::memchr2(b'\n', b'\r', text).and_then(|at| text.get(at..)) {
        Some([b'\r', b'\n', ..]) => "\r\n",
        Some([b'\r', ..]) => "\r",
        _ => "\n",
    }
}

/// The edits that take away the imports of `names` that nothing mentions any more; if the file
/// `exports` what it imports, only those of functions.
pub(crate) fn unused(text: &[u8], tokens: &[Token], names: &[&str], exports: bool) -> Vec<Edit> {
    let code = Tokens { text, tokens };
    let statements = code.statements();
    let mut edits = Vec::new();
    for (number, statement) in statements.iter().enumerate() {
        if !code.is_import(statement) || is_future(&code, statement) {
            continue;
        }
        if exports && function_around(&code, &statements, number).is_none() {
            continue;
        }
        let aliases = code.aliases(statement);
        let extent = extent(&code, &statements, number);
        let is_unused = |alias: &Alias| {
            names.contains(&alias.local.as_str())
                && !is_mentioned(&code, &statements, &alias.local, &extent, statement)
        };
        let gone: Vec<_> = aliases.iter().filter(|alias| is_unused(alias)).collect();
        if gone.is_empty() || is_meant(&code, statement) {
            continue;
        }
        if gone.len() < aliases.len() {
            // One at a time: two names that stand side by side share a comma.
            edits.extend(gone.first().and_then(|alias| without_alias(&code, statement, alias)));
        } else if !is_alone(&statements, number) {
            edits.extend(without(&code, &statements, number));
        }
    }
    edits
}

/// The tokens in which the name of an import can be seen: its function, or the whole file.
fn extent(code: &Tokens<'_>, statements: &[Statement], number: usize) -> Range<u32> {
    let count = u32::try_from(code.tokens.len()).unwrap_or(u32::MAX);
    let Some(function) = function_around(code, statements, number) else { return 0..count };
    let column = statements.get(function).map_or(0, |statement| statement.column);
    let from = statements.get(function).map_or(0, |statement| statement.first);
    let after = statements.iter().skip(function + 1);
    let end = after.filter(|statement| statement.begins).find(|other| other.column <= column);
    from..end.map_or(count, |statement| statement.first)
}

/// The head of the function that a statement stands in.
fn function_around(code: &Tokens<'_>, statements: &[Statement], number: usize) -> Option<usize> {
    let mut column = statements.get(number)?.column;
    for above in (0..number).rev() {
        let statement = statements.get(above)?;
        if !statement.begins || statement.column >= column {
            continue;
        }
        column = statement.column;
        let mut at = statement.first;
        if code.kind(at) == Kind::Keyword(Keyword::Async) {
            at += 1;
        }
        if code.kind(at) == Kind::Keyword(Keyword::Def) {
            return Some(above);
        }
    }
    None
}

/// Whether anything in the extent of an import, the import itself left out, mentions a name.
fn is_mentioned(
    code: &Tokens<'_>,
    statements: &[Statement],
    name: &str,
    extent: &Range<u32>,
    import: &Statement,
) -> bool {
    let apart = apart(code, statements, name, extent, import);
    let mut at = extent.start;
    let (mut from, to) = (code.start(extent.start), code.start(extent.end));
    if extent.start == 0 {
        from = 0;
    }
    while at < extent.end {
        if at == import.first {
            at = import.last + 1;
            continue;
        }
        if let Some(apart) = apart.iter().find(|apart| apart.contains(&at)) {
            at = apart.end;
            continue;
        }
        let mentions = match code.kind(at) {
            Kind::Name => {
                code.spelling(at) == name.as_bytes() && is_read(code, at, name, statements)
            }
            Kind::Text | Kind::FText => {
                let text = String::from_utf8_lossy(code.spelling(at));
                if is_docstring(code, at) {
                    is_in_doctest(&text, name)
                } else {
                    is_in_text(&text, name)
                        || (text.trim_matches(['\'', '"']) == name && is_looked_up(code, at))
                        || (has_word(&text, name) && is_export(code, statements, at))
                }
            }
            _ => false,
        };
        if mentions {
            return true;
        }
        at += 1;
    }
    // Type comments stand between the tokens.
    let whole = code.text.get(from..to).unwrap_or_default();
    is_in_type_comment(whole, name)
}

/// The bodies of the functions in an extent that import the name for themselves: what they mention
/// is theirs. Defaults and annotations are evaluated outside.
fn apart(
    code: &Tokens<'_>,
    statements: &[Statement],
    name: &str,
    extent_of_import: &Range<u32>,
    import: &Statement,
) -> Vec<Range<u32>> {
    let mut apart = Vec::new();
    for (number, statement) in statements.iter().enumerate() {
        let inside = extent_of_import.contains(&statement.first) && statement.first != import.first;
        if inside
            && code.is_import(statement)
            && code.aliases(statement).iter().any(|alias| alias.local == name)
        {
            let own = extent(code, statements, number);
            let body = function_around(code, statements, number)
                .and_then(|function| statements.get(function + 1));
            if let Some(body) = body.filter(|_| own.start > extent_of_import.start) {
                apart.push(body.first..own.end);
            }
        }
    }
    apart
}

/// Whether a text is a key of the names that are bound: `globals()["uuid"]`, `"uuid" in vars()`.
fn is_looked_up(code: &Tokens<'_>, at: u32) -> bool {
    let is_call = |at: u32| {
        let names: [&[u8]; 3] = [b"globals", b"locals", b"vars"];
        code.kind(at) == Kind::Name
            && names.contains(&code.spelling(at))
            && code.spelling(at + 1) == b"("
            && code.spelling(at + 2) == b")"
    };
    let is_key = code.spelling(at + 1) == b"]" && at.checked_sub(4).is_some_and(is_call);
    is_key || (code.spelling(at + 1) == b"in" && is_call(at + 2))
}

/// Whether a name is read or bound: neither an attribute nor a keyword of a call, nor the module's
/// name in `from uuid import`.
fn is_read(code: &Tokens<'_>, at: u32, name: &str, statements: &[Statement]) -> bool {
    let before = at.checked_sub(1).map_or(Kind::End, |before| code.kind(before));
    if before == Kind::Dot {
        return false;
    }
    if code.kind(at + 1) == Kind::Equal && matches!(before, Kind::Open | Kind::Comma) {
        // `f(uuid=...)`; a parameter `def f(uuid=...)` binds, and what hides is kept.
        return is_parameter(code, at);
    }
    let number = statements.partition_point(|statement| statement.first <= at);
    let Some(number) = number.checked_sub(1) else { return true };
    let Some(statement) = statements.get(number) else { return true };
    if !code.is_import(statement) {
        return true;
    }
    code.aliases(statement)
        .iter()
        .any(|alias| (alias.first..=alias.last).contains(&at) && alias.local == name)
}

/// Whether a name in brackets stands in the head of a function.
fn is_parameter(code: &Tokens<'_>, at: u32) -> bool {
    let mut at = at;
    for _ in 0..1_000 {
        let Some(before) = at.checked_sub(1) else { return true };
        at = before;
        match code.kind(at) {
            Kind::Close | Kind::FEnd | Kind::FieldClose => at = code.link(at).min(at),
            Kind::Open => {
                return at >= 2 && code.kind(at - 2) == Kind::Keyword(Keyword::Def);
            }
            Kind::Line => return true,
            _ => {}
        }
    }
    true
}

/// Whether a token stands in a statement about `__all__`.
fn is_export(code: &Tokens<'_>, statements: &[Statement], at: u32) -> bool {
    let number = statements.partition_point(|statement| statement.first <= at);
    let statement = number.checked_sub(1).and_then(|number| statements.get(number));
    statement.is_some_and(|statement| code.spelling(statement.first) == b"__all__")
}

/// Whether a string is a statement of its own.
fn is_docstring(code: &Tokens<'_>, at: u32) -> bool {
    let before = at.checked_sub(1).map_or(Kind::Line, |before| code.kind(before));
    code.kind(at) == Kind::Text
        && matches!(before, Kind::Line | Kind::Semicolon)
        && matches!(code.kind(at + 1), Kind::Line | Kind::End | Kind::Semicolon)
}

/// Whether a name stands in a text as a word of its own, not behind a dot.
fn has_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(|c| is_part(c) || c == '.') && !after.is_some_and(is_part)
    })
}

/// Whether a string may name something: code, or an annotation in quotes.
fn is_in_text(text: &str, name: &str) -> bool {
    let inner = super::context::unquoted(text);
    if !has_word(&inner, name) {
        return false;
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let code = |mark: char| {
        inner
            .split(&format!("{name}{mark}"))
            .skip(1)
            .any(|rest| mark == '(' || rest.chars().next().is_some_and(is_part))
    };
    // A type: prose has words side by side, an annotation has marks between them.
    let is_type = name.starts_with(|first: char| first.is_uppercase());
    let mut words = inner.split(' ').filter(|word| !word.is_empty()).peekable();
    let mut apart = true;
    while let Some(word) = words.next() {
        let next = words.peek().is_some_and(|next| next.starts_with(is_part));
        apart &= !(next && word.ends_with(is_part));
    }
    code('.') || code('(') || (is_type && apart)
}

/// Whether a doctest in a docstring uses a name.
fn is_in_doctest(text: &str, name: &str) -> bool {
    let code = |line: &str| {
        let line = line.trim_start();
        (line.starts_with(">>>") || line.starts_with("...")) && has_word(line, name)
    };
    text.lines().any(code)
}

/// Whether a type comment uses a name.
fn is_in_type_comment(text: &[u8], name: &str) -> bool {
    memchr::memmem::find_iter(text, b"# type:").any(|at| {
        let rest = text.get(at..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        has_word(&String::from_utf8_lossy(rest.get(..end).unwrap_or_default()), name)
    })
}

/// Whether a comment at an import says that it stays although nothing uses it.
fn is_meant(code: &Tokens<'_>, statement: &Statement) -> bool {
    let end = code.line_end(code.end(statement.last));
    let text = code.text.get(code.start(statement.first)..end).unwrap_or_default();
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let says = ["noqa", "unused", "re-export", "reexport", "side effect", "keep"];
    text.split_once('#').is_some_and(|(_, comment)| says.iter().any(|word| comment.contains(word)))
}

/// Whether a statement is the only one of its block, so that nothing would be left of it.
fn is_alone(statements: &[Statement], number: usize) -> bool {
    let Some(statement) = statements.get(number) else { return true };
    let column = statement.column;
    let mut before = statements.iter().take(number).rev().filter(|other| other.begins);
    let mut after = statements.iter().skip(number + 1).filter(|other| other.begins);
    let on_line = !statement.begins || !statement.ends;
    let same = |other: Option<&Statement>| other.is_some_and(|other| other.column == column);
    let deeper = |other: Option<&Statement>| other.is_some_and(|other| other.column >= column);
    // A block in front of it that is deeper belongs to a statement of this block.
    let first_of_block = !deeper(before.next());
    let last_of_block = !same(after.next());
    // `if x: import uuid` is read as one statement, whose head is no import.
    column > 0 && first_of_block && last_of_block && !on_line
}

/// Takes one name out of an import of several.
fn without_alias(code: &Tokens<'_>, statement: &Statement, alias: &Alias) -> Option<Edit> {
    let (mut from, mut to) = (code.start(alias.first), code.end(alias.last));
    let comma = alias.last + 1;
    if code.kind(comma) == Kind::Comma {
        to = code.end(comma);
        let next = code.start(comma + 1);
        let between = code.text.get(to..next)?;
        let line_start = code.line_start(from);
        let blank = |range: Range<usize>| {
            code.text.get(range).is_some_and(|text| text.iter().all(u8::is_ascii_whitespace))
        };
        let line_end = code.line_end(to);
        if blank(line_start..from) && blank(to..line_end) {
            // It has a line of its own.
            (from, to) = (line_start, code.next_line(line_end));
        } else if !between.contains(&b'#') && !between.contains(&b'\n') && !between.contains(&b'\\')
        {
            to = next;
            if code.kind(comma + 1) == Kind::Close {
                // `(a, gone, )`: the comma in front of it stays.
                to = code.end(comma);
                from = code.end(alias.first - 1);
            }
        }
    } else {
        let before = alias.first.checked_sub(1)?;
        if code.kind(before) != Kind::Comma {
            return None;
        }
        let between = code.text.get(code.end(before)..from)?;
        if between.contains(&b'#') {
            // A comma behind the last name is allowed in brackets alone.
            let bracket = code.kind(alias.last + 1) == Kind::Close && alias.last < statement.last;
            return bracket.then(|| Edit::new(from, to, ""));
        }
        from = code.start(before);
    }
    Some(Edit::new(from, to, ""))
}

/// Takes a whole import statement away, with its line if nothing else stands on it.
fn without(code: &Tokens<'_>, statements: &[Statement], number: usize) -> Option<Edit> {
    let statement = statements.get(number)?;
    let (start, end) = (code.start(statement.first), code.end(statement.last));
    let rest = code.text.get(start..end)?;
    if rest.contains(&b'#') {
        return None;
    }
    if !statement.begins {
        // Behind a semicolon.
        let semicolon = statement.first.checked_sub(1)?;
        return (code.kind(semicolon) == Kind::Semicolon)
            .then(|| Edit::new(code.start(semicolon), end, ""));
    }
    let after = statement.last + 1;
    if code.kind(after) == Kind::Semicolon {
        let next = after + 1;
        let same_line = !matches!(code.kind(next), Kind::Line | Kind::End);
        let to = if same_line { code.start(next) } else { code.end(after) };
        return Some(Edit::new(start, to, ""));
    }
    let line_end = code.line_end(end);
    let comment = code.text.get(end..line_end)?;
    if comment.iter().any(|byte| !byte.is_ascii_whitespace()) {
        // The comment keeps its line.
        let blanks = comment.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        return Some(Edit::new(start, end + blanks, ""));
    }
    Some(Edit::new(code.line_start(start), code.next_line(line_end), ""))
}
