//! Splits source into tokens by the table of its language: a flat list of spans, brackets matched,
//! no text copied.
//!
//! As in Python's lexer: any bytes give tokens in the order of the text; every opening token is
//! linked to its closing one and back, in broken files too, where what is missing is added without
//! width; time is linear, and depth costs no stack. The tokens go to `scopes.rs` and `uses.rs`.

use super::syntax::{Escape, Fields, StringForm, Syntax, quoted};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a reserved word.
    Name,
    Number,
    /// A whole string without fields, or a regular expression.
    Text,
    /// The beginning, the literal parts and the end of a string with fields.
    StringOpen,
    StringText,
    StringClose,
    FieldOpen,
    FieldClose,
    Open,
    Close,
    /// What leads to a member.
    Dot,
    Comma,
    Colon,
    Semicolon,
    Equal,
    /// `+=` and its siblings.
    Augmented,
    /// `=>`.
    Arrow,
    Operator,
    /// The name of an element or attribute of markup.
    Markup,
    /// The end of the text, once.
    End,
}

/// The token is the first on its line.
pub(crate) const FIRST: u8 = 1;
/// An open bracket that follows a value: a call or an element.
pub(crate) const TRAILER: u8 = 2;

/// One token; brackets, strings with fields and fields are linked to their partners.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) link: u32,
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
}

/// The result of [`lex`], kept to be filled again.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    /// The first place that is not the language, if one was noticed.
    pub(crate) remark: Option<(usize, &'static str)>,
    stack: Vec<Context>,
}

/// What the text at hand stands in.
#[derive(Clone, Copy, Debug)]
enum Context {
    Bracket {
        close: u8,
        open: u32,
    },
    String {
        form: StringForm,
        open: u32,
        /// How many brackets inside it are open.
        depth: u32,
    },
    Field {
        close: &'static str,
        open: u32,
    },
    /// Between `<` and `>`; a closing tag ends the element around it.
    Tag {
        closing: bool,
    },
    /// Between an opening and a closing tag.
    Element,
    /// A text up to a line of its own, which begins at `end`.
    Heredoc {
        open: u32,
        end: usize,
    },
}

/// Splits `text` from byte `at` on.
pub(crate) fn lex(text: &[u8], at: usize, syntax: &'static Syntax, lexed: &mut Lexed) {
    lexed.tokens.clear();
    lexed.stack.clear();
    lexed.remark = None;
    Lexer { text, at, syntax, lexed, fresh: true, waiting: None, misses: 0 }.run();
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    syntax: &'static Syntax,
    lexed: &'a mut Lexed,
    fresh: bool,
    /// The mark that ends the text which begins with the next line, and whether it has fields.
    waiting: Option<(Vec<u8>, bool)>,
    /// How often the mark of a text was looked for in vain.
    misses: u32,
}

/// After so many misses a doubtful mark is a shift: each miss reads to the end of the file.
const MOST_MISSES: u32 = 16;

impl Lexer<'_> {
    fn run(&mut self) {
        if self.text.get(self.at..).is_some_and(|text| text.starts_with(b"#!")) {
            self.skip_line();
        }
        if let Some((_, begin)) = self.syntax.outside {
            self.skip_outside(begin);
        }
        while self.at < self.text.len() {
            match self.lexed.stack.last().copied() {
                Some(Context::String { form, .. }) => self.string_text(form),
                Some(Context::Tag { closing }) => self.tag(closing),
                Some(Context::Element) => self.element(),
                Some(Context::Heredoc { end, .. }) => self.heredoc_text(end),
                _ => self.code(),
            }
        }
        if !self.lexed.stack.is_empty() {
            self.remark("a bracket or a string is never closed");
        }
        while let Some(context) = self.lexed.stack.pop() {
            self.add_missing(context);
        }
        self.push(Kind::End, self.at, self.at);
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, literal: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(literal.as_bytes()))
    }

    fn remark(&mut self, what: &'static str) {
        if self.syntax.loose {
            return;
        }
        self.lexed.remark.get_or_insert((self.at, what));
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let flags = if std::mem::take(&mut self.fresh) { FIRST } else { 0 };
        let (start, end) = (offset(start), offset(end));
        self.lexed.tokens.push(Token { start, end, link: u32::MAX, kind, flags });
    }

    /// Adds a token of `width` bytes at the cursor and goes behind it.
    fn take(&mut self, kind: Kind, width: usize) {
        let end = (self.at + width).min(self.text.len());
        self.push(kind, self.at, end);
        self.at = end;
    }

    fn last_index(&self) -> u32 {
        offset(self.lexed.tokens.len().saturating_sub(1))
    }

    fn link(&mut self, open: u32) {
        let close = self.last_index();
        for (at, partner) in [(close, open), (open, close)] {
            if let Some(token) = self.lexed.tokens.get_mut(at as usize) {
                token.link = partner;
            }
        }
    }

    /// Adds the closing token that the text lacks.
    fn add_missing(&mut self, context: Context) {
        let (kind, open) = match context {
            Context::Bracket { open, .. } => (Kind::Close, open),
            Context::Field { open, .. } => (Kind::FieldClose, open),
            Context::String { open, .. } | Context::Heredoc { open, .. } => {
                (Kind::StringClose, open)
            }
            Context::Tag { .. } | Context::Element => return,
        };
        self.push(kind, self.at, self.at);
        self.link(open);
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn code(&mut self) {
        let byte = self.peek(0);
        match byte {
            b' ' | b'\t' | 0x0c | 0x0b => self.at += 1,
            b'\n' | b'\r' => {
                self.at += 1;
                self.fresh = true;
                self.begin_heredoc();
            }
            b'\\' if self.syntax.percents && matches!(self.peek(1), b'\n' | b'\r') => {
                self.continue_line();
            }
            _ if self.comment() => {}
            _ if self.field_end() => {}
            _ if self.heredoc() => {}
            _ if self.lifetime() => {}
            _ if self.syntax.percents && self.percents(byte) => {}
            _ if self.string() => {}
            _ if self.is_name(byte) && !byte.is_ascii_digit() => self.word(),
            b'0'..=b'9' => self.number(),
            b'(' => self.open(b')'),
            b'[' => self.open(b']'),
            b'{' => self.open(b'}'),
            b')' | b']' | b'}' => self.close(byte),
            b'/' if self.syntax.regexes && self.regex_is_due() && self.regex() => {}
            b'<' if self.syntax.markup && self.value_is_due() && self.begins_tag() => {
                self.at += 1;
                self.lexed.stack.push(Context::Tag { closing: false });
            }
            _ => self.operator(),
        }
    }

    /// Goes behind a backslash and the end of its line: what follows is on the same line.
    fn continue_line(&mut self) {
        let both = self.peek(1) == b'\r' && self.peek(2) == b'\n';
        self.at += if both { 3 } else { 2 };
        self.begin_heredoc();
    }

    fn comment(&mut self) -> bool {
        if let Some((end, begin)) = self.syntax.outside.filter(|(end, _)| self.starts(end)) {
            self.at += end.len();
            self.skip_outside(begin);
            return true;
        }
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        let apart = !self.syntax.comments_apart
            || before.is_none_or(|byte| byte.is_ascii_whitespace() || b";&|()".contains(byte));
        if apart && self.syntax.line_comments.iter().any(|open| self.starts(open)) {
            self.skip_line();
            return true;
        }
        let found = self.syntax.block_comments.iter().find(|(open, _)| self.starts(open));
        let Some((open, close)) = found else { return false };
        let mut depth = 1;
        self.at += open.len();
        while depth > 0 && self.at < self.text.len() {
            if self.starts(close) {
                depth -= 1;
                self.at += close.len();
            } else if self.syntax.nested_comments && self.starts(open) {
                depth += 1;
                self.at += open.len();
            } else {
                self.fresh |= self.peek(0) == b'\n';
                self.at += 1;
            }
        }
        if depth > 0 {
            self.remark("a comment is never closed");
        }
        true
    }

    /// Skips what is no code.
    fn skip_outside(&mut self, begin: &str) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = memchr::memmem::find(rest, begin.as_bytes());
        self.at += found.map_or(rest.len(), |at| at + begin.len());
        if self.starts("php") {
            self.at += 3;
        }
        self.fresh = true;
    }

    /// Reads a name behind an apostrophe that begins no character.
    fn lifetime(&mut self) -> bool {
        if !self.syntax.lifetimes || self.peek(0) != b'\'' {
            return false;
        }
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let first = String::from_utf8_lossy(rest.get(..4.min(rest.len())).unwrap_or_default());
        let width = first.chars().next().map_or(1, char::len_utf8);
        let character = rest.first() == Some(&b'\\') || rest.get(width) == Some(&b'\'');
        if !character {
            self.take(Kind::Operator, 1);
        }
        !character
    }

    /// Reads the mark of a text that begins with the next line.
    fn heredoc(&mut self) -> bool {
        let Some(open) = self.syntax.heredocs.iter().find(|open| self.starts(open)) else {
            return false;
        };
        let rest = self.text.get(self.at + open.len()..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| **byte == b' ').count();
        let rest = rest.get(blank..).unwrap_or_default();
        let quote = rest.first().copied().filter(|byte| matches!(byte, b'"' | b'\''));
        let name = rest.get(usize::from(quote.is_some())..).unwrap_or_default();
        let length =
            name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let (name, tail) = (name.get(..length).unwrap_or_default(), name.get(length));
        // `<< "text"` shifts or appends a text; a mark is one name, quoted whole.
        let whole = quote.is_none_or(|quote| tail == Some(&quote));
        // In Ruby the mark follows at once, and what precedes is no value that is shifted.
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        let shifts = self.syntax.percents
            && (blank > 0
                || before.is_some_and(|&byte| is_name_byte(byte) || b")]".contains(&byte)));
        // Behind `<<~` and `<<-` it may be in lower case; behind `<<` such a name is more often
        // shifted, as in `class <<self` and `list <<item`.
        let signed = self.syntax.percents && open.len() > 2;
        let plain = self.syntax.percents && open.len() == 2;
        let may = plain && self.last_kind() != Some(Kind::Dot);
        let doubtful = may && (quote.is_some() || self.value_is_due());
        let lower = self.syntax.loose || signed || doubtful;
        let begins = whole
            && !shifts
            && name.first().is_some_and(|byte| {
                byte.is_ascii_uppercase() || *byte == b'_' || (lower && byte.is_ascii_lowercase())
            });
        if !begins || (blank > 0 && self.value_ends()) || self.waiting.is_some() {
            return false;
        }
        if plain && name.first().is_some_and(u8::is_ascii_lowercase) && !self.is_ended(name) {
            return false;
        }
        self.waiting = Some((name.to_vec(), quote != Some(b'\'')));
        let quotes = 2 * usize::from(quote.is_some());
        self.take(Kind::Operator, open.len() + blank + quotes + length);
        true
    }

    /// Whether a value precedes on the same line, as before a shift.
    fn value_ends(&self) -> bool {
        !self.syntax.loose && !self.value_is_due()
    }

    /// Begins the text that waits for its line.
    fn begin_heredoc(&mut self) {
        let Some((mark, fields)) = self.waiting.take() else { return };
        let end = self.mark_line(self.at, &mark).unwrap_or_else(|| {
            self.remark("a text is not closed");
            self.text.len()
        });
        if !fields || self.syntax.heredoc_fields.is_empty() {
            if end > self.at {
                self.push(Kind::Text, self.at, end);
            }
            self.at = end;
            self.end_heredoc();
            return;
        }
        self.push(Kind::StringOpen, self.at, self.at);
        let open = self.last_index();
        self.lexed.stack.push(Context::Heredoc { open, end });
        if self.at >= end {
            self.heredoc_text(end);
        }
    }

    /// Where the line begins, from `at` on, that ends a text.
    fn mark_line(&self, mut at: usize, mark: &[u8]) -> Option<usize> {
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let width = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..width).unwrap_or_default().trim_ascii();
            let tail = line.strip_prefix(mark);
            if tail.is_some_and(|tail| tail.first().is_none_or(|byte| !is_name_byte(*byte))) {
                return Some(at);
            }
            if width == rest.len() {
                return None;
            }
            at += width + 1;
        }
    }

    /// Whether a line below ends the text of a mark.
    fn is_ended(&mut self, mark: &[u8]) -> bool {
        if self.misses >= MOST_MISSES {
            return false;
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).map(|width| self.at + width + 1);
        let ended = line.is_some_and(|line| self.mark_line(line, mark).is_some());
        self.misses += u32::from(!ended);
        ended
    }

    /// Goes behind the mark that ends a text.
    fn end_heredoc(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let name = rest.get(blank..).unwrap_or_default();
        self.at += blank + name.iter().take_while(|byte| is_name_byte(**byte)).count();
    }

    /// Reads the literal text of such a text.
    fn heredoc_text(&mut self, end: usize) {
        let start = self.at;
        while self.at < end {
            if let Some((open, close)) = self.field(self.syntax.heredoc_fields) {
                self.text_token(start);
                self.take(Kind::FieldOpen, open.len());
                let open = self.last_index();
                self.lexed.stack.push(Context::Field { close, open });
                return;
            }
            self.at += if self.peek(0) == b'\\' { 2 } else { 1 };
        }
        self.at = self.at.min(self.text.len());
        self.text_token(start);
        if let Some(Context::Heredoc { open, .. }) = self.lexed.stack.pop() {
            self.push(Kind::StringClose, self.at, self.at);
            self.link(open);
        }
        self.end_heredoc();
        self.fresh = false;
    }

    /// Ends the field of a string around the cursor.
    fn field_end(&mut self) -> bool {
        let Some(Context::Field { close, open }) = self.lexed.stack.last().copied() else {
            return false;
        };
        if !self.starts(close) {
            return false;
        }
        self.lexed.stack.pop();
        self.take(Kind::FieldClose, close.len());
        self.link(open);
        true
    }

    fn string(&mut self) -> bool {
        let form = self.syntax.strings.iter().find(|form| self.starts(form.open)).copied();
        let Some(form) = form else { return false };
        self.begin_string(form, form.open.len());
        true
    }

    /// Begins a string whose opening has `width` bytes, and reads it whole if it has no fields.
    fn begin_string(&mut self, form: StringForm, width: usize) {
        let start = self.at;
        self.at += width;
        if !form.fields.is_empty() {
            self.push(Kind::StringOpen, start, self.at);
            let open = self.last_index();
            self.lexed.stack.push(Context::String { form, open, depth: 0 });
            return;
        }
        let mut depth = 0u32;
        while self.at < self.text.len() {
            if depth == 0 && self.string_end(form) {
                break;
            }
            depth += u32::from(form.nests == Some(self.peek(0)));
            depth -= u32::from(depth > 0 && self.starts(form.close));
            if !self.step_in_string(form) {
                self.remark("a string is not closed");
                break;
            }
        }
        if self.starts(form.close) {
            self.at += form.close.len();
        } else if self.at >= self.text.len() {
            self.remark("a string is not closed");
        }
        self.push(Kind::Text, start, self.at);
    }

    /// Reads what only Ruby has.
    fn percents(&mut self, byte: u8) -> bool {
        match (byte, self.peek(1)) {
            (b'%', _) => self.percent(),
            (b'?', next) if self.value_is_due() || self.argument_is_due() => {
                let width = if next == b'\\' { 3 } else { 2 };
                let character = next.is_ascii_graphic()
                    && !self.is_name(self.peek(width))
                    && (self.value_is_due() || !self.is_choice(next));
                if character {
                    self.take(Kind::Text, width);
                }
                character
            }
            // The parts of the last match and other names of one sign.
            (b'$', next) if next.is_ascii_punctuation() && next != b'_' => {
                self.take(Kind::Name, 2);
                true
            }
            (b'_', _) if self.is_end_of_code() => {
                self.at = self.text.len();
                true
            }
            _ => false,
        }
    }

    /// Whether a question mark at the cursor begins a choice between texts, as in `a ?"-" : "+"`.
    fn is_choice(&self, quote: u8) -> bool {
        if !matches!(quote, b'"' | b'\'' | b'`') {
            return false;
        }
        let rest = self.text.get(self.at + 2..).unwrap_or_default();
        let Some(end) = memchr::memchr2(quote, b'\n', rest) else { return false };
        let mut behind = rest.iter().skip(end + 1).skip_while(|byte| matches!(byte, b' ' | b'\t'));
        rest.get(end) == Some(&quote) && behind.next() == Some(&b':')
    }

    /// Whether a line says that data follows.
    fn is_end_of_code(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        self.starts("__END__")
            && before.is_none_or(|byte| *byte == b'\n')
            && matches!(self.peek(7), 0 | b'\n' | b'\r')
    }

    /// Begins `%w[...]`, `%(...)`, `%r!...!`.
    fn percent(&mut self) -> bool {
        let letter = usize::from(b"wWiIqQrxs".contains(&self.peek(1)));
        let (kind, open) = (self.peek(letter), self.peek(1 + letter));
        let Some((_, close)) = DELIMITERS.iter().find(|(first, _)| *first == open) else {
            return false;
        };
        // Behind a name it may be an operator; behind a value it is one.
        let usual = b"([{<|!".contains(&open) || (letter > 0 && b"/%^~'\"`".contains(&open));
        if self.is_symbol() || !self.stands_apart() || (!usual && !self.value_is_due()) {
            return false;
        }
        let plain = letter > 0 && b"wiqs".contains(&kind);
        let fields = if plain { &[] } else { self.syntax.heredoc_fields };
        let nests = Some(open).filter(|_| b"([{<".contains(&open));
        let form = StringForm { fields, lines: true, nests, ..quoted(close) };
        self.begin_string(form, 2 + letter);
        true
    }

    /// Whether an operator at the cursor is the name of a symbol: `:/`, but not `key:/a/`.
    fn is_symbol(&self) -> bool {
        let mut tokens = self.lexed.tokens.iter().rev();
        let (colon, before) = (tokens.next(), tokens.next());
        colon.is_some_and(|colon| {
            let label = before.is_some_and(|before| {
                before.end == colon.start
                    && matches!(before.kind, Kind::Name | Kind::Text | Kind::StringClose)
            });
            colon.kind == Kind::Colon && colon.end as usize == self.at && !label
        })
    }

    /// Whether a percent sign begins a text: behind a value it is an operator.
    fn stands_apart(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        let apart =
            before.is_none_or(|byte| byte.is_ascii_whitespace() || b"([{,=!|:*".contains(byte));
        let named = self.lexed.tokens.last().is_some_and(|last| last.kind == Kind::Name);
        apart && (named || self.value_is_due())
    }

    /// Whether the string ends here.
    fn string_end(&mut self, form: StringForm) -> bool {
        if !self.starts(form.close) {
            return false;
        }
        let width = form.close.len();
        let doubled = matches!(form.escape, Escape::Doubled | Escape::DoubledOrBackslash);
        let twice = doubled
            && self
                .text
                .get(self.at + width..)
                .is_some_and(|rest| rest.starts_with(form.close.as_bytes()));
        if twice {
            self.at += width;
        }
        !twice
    }

    /// Goes on in a string; `false` at the end of a line that ends it.
    fn step_in_string(&mut self, form: StringForm) -> bool {
        match self.peek(0) {
            b'\\' if form.escape == Escape::Backslash => {
                let width = if self.peek(1) == b'\r' && self.peek(2) == b'\n' { 3 } else { 2 };
                self.at = (self.at + width).min(self.text.len());
            }
            b'\\' if form.escape == Escape::DoubledOrBackslash => {
                let next = self.text.get(self.at + 1..).unwrap_or_default();
                let quote = next.starts_with(form.close.as_bytes());
                let more = next.get(form.close.len()).is_some_and(u8::is_ascii_alphanumeric);
                self.at += if quote && more || next.first() == Some(&b'\\') { 2 } else { 1 };
            }
            b'`' if form.escape == Escape::Grave => self.at = (self.at + 2).min(self.text.len()),
            b'\n' | b'\r' if !form.lines => return false,
            byte => {
                self.fresh |= byte == b'\n';
                self.at += 1;
            }
        }
        true
    }

    /// Reads the literal text of a string with fields.
    fn string_text(&mut self, form: StringForm) {
        let start = self.at;
        self.fresh = false;
        while self.at < self.text.len() {
            // `$${` is no field where `${` begins one.
            let signs = form.doubled_field && form.fields.iter().any(|(open, _)| *open == "${");
            if signs && self.starts("$${") {
                self.at += 3;
                continue;
            }
            let field = self.field(form.fields);
            let doubled = form.doubled_field
                && field.is_some_and(|(open, _)| {
                    let rest = self.text.get(self.at + open.len()..).unwrap_or_default();
                    rest.starts_with(open.as_bytes())
                });
            if let Some((open, _)) = field.filter(|_| doubled) {
                self.at += 2 * open.len();
                continue;
            }
            if let Some((open, close)) = field {
                self.text_token(start);
                self.take(Kind::FieldOpen, open.len());
                let open = self.last_index();
                self.lexed.stack.push(Context::Field { close, open });
                return;
            }
            if let Some(Context::String { depth, .. }) = self.lexed.stack.last_mut()
                && form.nests.is_some()
            {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let closes = *depth > 0 && rest.starts_with(form.close.as_bytes());
                *depth += u32::from(form.nests == rest.first().copied());
                if closes {
                    *depth -= 1;
                    self.at += form.close.len();
                    continue;
                }
            }
            if self.string_end(form) {
                self.text_token(start);
                self.end_string(form.close.len());
                return;
            }
            if !self.step_in_string(form) {
                self.text_token(start);
                self.remark("a string is not closed");
                self.end_string(0);
                return;
            }
        }
        self.text_token(start);
    }

    /// The field that begins here.
    fn field(&self, fields: Fields) -> Option<(&'static str, &'static str)> {
        fields.iter().find(|(open, _)| self.starts(open)).copied()
    }

    fn text_token(&mut self, start: usize) {
        self.fresh = false;
        if self.at > start {
            self.push(Kind::StringText, start, self.at);
        }
    }

    fn end_string(&mut self, width: usize) {
        if let Some(Context::String { open, form, .. }) = self.lexed.stack.pop() {
            let parts = self.lexed.tokens.get(open as usize + 1..).unwrap_or_default();
            let plain = match parts {
                [] => true,
                [text] => text.kind == Kind::StringText,
                _ => false,
            };
            // A string that could have fields and has none is a text like others.
            if plain && width > 0 && form.open.ends_with('"') {
                self.lexed.tokens.truncate(open as usize + 1);
                self.at += width;
                let end = offset(self.at);
                if let Some(text) = self.lexed.tokens.last_mut() {
                    (text.kind, text.end) = (Kind::Text, end);
                }
                return;
            }
            self.take(Kind::StringClose, width);
            self.link(open);
        }
    }

    fn is_name(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || byte == b'_'
            || byte >= 0x80
            || self.syntax.name_bytes.contains(&byte)
    }

    fn word(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|&&byte| self.is_name(byte)).count();
        self.take(Kind::Name, length);
    }

    fn number(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let part = |(at, byte): &(usize, &u8)| {
            byte.is_ascii_alphanumeric()
                || **byte == b'_'
                || (**byte == b'.' && rest.get(at + 1).is_some_and(u8::is_ascii_digit))
        };
        let length = rest.iter().enumerate().take_while(part).count();
        self.take(Kind::Number, length);
    }

    /// Whether a value is due: an operator, an opening bracket or a word such as `return` precedes.
    fn value_is_due(&self) -> bool {
        let Some(last) = self.lexed.tokens.last() else { return true };
        // A line of Ruby does not begin with an operator between values.
        if self.syntax.percents && self.fresh {
            return true;
        }
        match last.kind {
            Kind::Name => {
                let word = self.text.get(last.start as usize..last.end as usize);
                let word = word.unwrap_or_default();
                let member = self.lexed.tokens.iter().rev().nth(1);
                !member.is_some_and(|token| token.kind == Kind::Dot)
                    && self.syntax.before_value.iter().any(|known| known.as_bytes() == word)
            }
            Kind::Close => {
                // Behind a block a statement begins, behind `if (x)` too.
                let close = self.text.get(last.start as usize).copied();
                close == Some(b'}') && self.fresh
            }
            Kind::Number | Kind::Text | Kind::StringClose | Kind::FieldClose => false,
            _ => true,
        }
    }

    fn last_kind(&self) -> Option<Kind> {
        self.lexed.tokens.last().map(|last| last.kind)
    }

    /// Whether what begins here may be the first argument of a call of Ruby without brackets: a
    /// blank precedes and none follows, as in `split /,/` and `split ?,`.
    fn argument_is_due(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        let apart =
            before.is_some_and(u8::is_ascii_whitespace) && !self.peek(1).is_ascii_whitespace();
        // `def /(other)` names a method; variables and words that are values take no arguments.
        let name = self.lexed.tokens.last().filter(|last| last.kind == Kind::Name);
        let name = name.and_then(|last| self.text.get(last.start as usize..last.end as usize));
        let called = name.is_some_and(|name| {
            !matches!(name, b"def" | b"self" | b"nil" | b"true" | b"false" | b"end")
                && !name.starts_with(b"@")
                && !name.starts_with(b"$")
        });
        self.syntax.percents && apart && called
    }

    /// Whether a slash begins a regular expression.
    fn regex_is_due(&self) -> bool {
        // `:/`, `a./(b)` and `def self./(b)` name a method; `a../b/` is a range.
        let mut tokens = self.lexed.tokens.iter().rev().map(|token| token.kind);
        let member = tokens.next() == Some(Kind::Dot) && tokens.next() != Some(Kind::Dot);
        if self.syntax.percents && (member || self.is_symbol()) {
            return false;
        }
        self.value_is_due() || (self.peek(1) != b'=' && self.argument_is_due())
    }

    fn regex(&mut self) -> bool {
        let ruby = self.syntax.percents;
        // Over lines only where nothing else can stand.
        let lines = ruby && self.value_is_due() && self.last_kind() != Some(Kind::Dot);
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (mut at, mut class, mut fields) = (1, false, 0u32);
        loop {
            match rest.get(at) {
                Some(b'\\') => at += 1,
                Some(b'[') => class = !ruby,
                Some(b']') => class = false,
                Some(b'#') if ruby && rest.get(at + 1) == Some(&b'{') => fields += 1,
                Some(b'}') => fields = fields.saturating_sub(1),
                Some(b'/') if !class && fields == 0 => break,
                Some(b'\n' | b'\r') if lines => {}
                None | Some(b'\n' | b'\r') => return false,
                _ => {}
            }
            at += 1;
        }
        let flags = rest.get(at + 1..).unwrap_or_default();
        let flags = flags.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        self.take(Kind::Text, at + 1 + flags);
        true
    }

    fn open(&mut self, close: u8) {
        let fresh = self.fresh;
        let trailer = self.lexed.tokens.last().is_some_and(|last| match last.kind {
            Kind::Name | Kind::Text | Kind::StringClose => !self.value_is_due(),
            Kind::Close => {
                self.text.get(last.start as usize) != Some(&b'}') && !(fresh && close != b')')
            }
            Kind::Dot => true,
            _ => false,
        });
        self.take(Kind::Open, 1);
        if let Some(token) = self.lexed.tokens.last_mut() {
            token.flags |= if trailer { TRAILER } else { 0 };
        }
        let open = self.last_index();
        self.lexed.stack.push(Context::Bracket { close, open });
    }

    fn close(&mut self, byte: u8) {
        let matching =
            |context: &Context| matches!(context, Context::Bracket { close, .. } if *close == byte);
        // Its partner may lie further out, where what was opened in between was never closed.
        let inside = |context: &&Context| !matches!(context, Context::Field { .. });
        let known = self.lexed.stack.iter().rev().take(64).take_while(inside).position(matching);
        let Some(skipped) = known else {
            self.remark("a closing bracket does not match");
            self.take(Kind::Operator, 1);
            return;
        };
        if skipped > 0 {
            self.remark("a closing bracket does not match");
        }
        for _ in 0..skipped {
            if let Some(context) = self.lexed.stack.pop() {
                self.add_missing(context);
            }
        }
        if let Some(Context::Bracket { open, .. }) = self.lexed.stack.pop() {
            self.take(Kind::Close, 1);
            self.link(open);
        }
    }

    fn operator(&mut self) {
        if let Some(accessor) = self.syntax.accessors.iter().find(|text| self.starts(text)) {
            // `?.5` is a condition and a number.
            if !(accessor.ends_with('.') && self.peek(accessor.len()).is_ascii_digit()) {
                self.take(Kind::Dot, accessor.len());
                return;
            }
        }
        let (byte, next) = (self.peek(0), self.peek(1));
        match byte {
            b'=' if next == b'>' => self.take(Kind::Arrow, 2),
            b'=' if next == b'=' => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let width = rest.iter().take_while(|byte| **byte == b'=').count();
                self.take(Kind::Operator, width);
            }
            b'=' => self.take(Kind::Equal, 1),
            b':' if next == b'=' => self.take(Kind::Equal, 2),
            b',' => self.take(Kind::Comma, 1),
            b';' => self.take(Kind::Semicolon, 1),
            b':' => self.take(Kind::Colon, 1),
            b'!' | b'<' | b'>' if next == b'=' => {
                let width = if self.peek(2) == b'=' { 3 } else { 2 };
                self.take(Kind::Operator, width);
            }
            b'.' if next == b'.' => {
                let width = if self.peek(2) == b'.' { 3 } else { 2 };
                self.take(Kind::Operator, width);
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'?' | b'<' | b'>' | b'~' => {
                let twice = usize::from(next == byte);
                if self.peek(1 + twice) == b'=' && self.peek(2 + twice) != b'=' {
                    self.take(Kind::Augmented, 2 + twice);
                } else {
                    self.take(Kind::Operator, 1 + twice);
                }
            }
            _ => self.take(Kind::Operator, 1),
        }
    }

    // Markup.

    fn begins_tag(&self) -> bool {
        self.peek(1).is_ascii_alphabetic() || self.peek(1) == b'>'
    }

    /// Reads inside a tag.
    fn tag(&mut self, closing: bool) {
        let byte = self.peek(0);
        match byte {
            b' ' | b'\t' => self.at += 1,
            b'\n' | b'\r' => {
                self.at += 1;
                self.fresh = true;
            }
            _ if byte == b'/' && self.comment() => {}
            b'"' | b'\'' => {
                let rest = self.text.get(self.at + 1..).unwrap_or_default();
                let end = memchr::memchr(byte, rest).unwrap_or(rest.len());
                self.take(Kind::Text, end + 2);
            }
            b'{' => self.open(b'}'),
            b'=' => self.take(Kind::Equal, 1),
            b'/' if self.peek(1) == b'>' => {
                self.at += 2;
                self.lexed.stack.pop();
                self.end_value();
            }
            b'>' => {
                self.at += 1;
                self.lexed.stack.pop();
                if closing {
                    if matches!(self.lexed.stack.last(), Some(Context::Element)) {
                        self.lexed.stack.pop();
                    }
                    self.end_value();
                } else {
                    self.lexed.stack.push(Context::Element);
                }
            }
            _ if self.is_name(byte) => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let part =
                    |byte: &&u8| self.is_name(**byte) || matches!(**byte, b'-' | b':' | b'.');
                let length = rest.iter().take_while(part).count();
                self.take(Kind::Markup, length);
            }
            _ => {
                // No tag after all: a type parameter or a comparison.
                self.lexed.stack.pop();
            }
        }
    }

    /// A whole element is a value: a slash behind it divides.
    fn end_value(&mut self) {
        if !matches!(self.lexed.stack.last(), Some(Context::Element)) {
            self.push(Kind::Text, self.at, self.at);
        }
    }

    /// Reads the text between tags.
    fn element(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = memchr::memchr2(b'<', b'{', rest).unwrap_or(rest.len());
        self.at += length;
        match (self.peek(0), self.peek(1)) {
            (b'{', _) => self.open(b'}'),
            (b'<', b'/') => {
                self.at += 2;
                self.lexed.stack.push(Context::Tag { closing: true });
            }
            (b'<', _) if self.begins_tag() => {
                self.at += 1;
                self.lexed.stack.push(Context::Tag { closing: false });
            }
            (b'<', _) => self.at += 1,
            _ => {}
        }
    }
}

/// What a percent literal begins with, and what ends it.
const DELIMITERS: &[(u8, &str)] = &[
    (b'(', ")"),
    (b'[', "]"),
    (b'{', "}"),
    (b'<', ">"),
    (b'|', "|"),
    (b'!', "!"),
    (b'/', "/"),
    (b'%', "%"),
    (b'^', "^"),
    (b'~', "~"),
    (b'+', "+"),
    (b'-', "-"),
    (b'*', "*"),
    (b'@', "@"),
    (b'#', "#"),
    (b'&', "&"),
    (b'$', "$"),
    (b',', ","),
    (b'.', "."),
    (b':', ":"),
    (b';', ";"),
    (b'?', "?"),
    (b'`', "`"),
    (b'"', "\""),
    (b'\'', "'"),
];

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Offsets are 32 bits wide: `source.rs` lets no longer text through.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
