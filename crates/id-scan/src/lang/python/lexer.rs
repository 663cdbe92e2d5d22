//! Splits Python source into tokens: a flat list of spans, brackets matched, no text copied.
//!
//! The lexer is tolerant: any bytes give a list of tokens and, at most, a remark where the text is
//! not Python. Three invariants carry everything after it. Tokens stand in the order of the text
//! and never overlap; what lies between them is white space, comments and line continuations.
//! Every opening token is linked to its closing one and back, also in a broken file: what is
//! missing is added as a token of no width. The text is read once, with a stack of its own instead
//! of recursion, so that time is linear and depth costs no stack.
//!
//! Strings with replacement fields (f-strings and t-strings) are tokens too: `FStart`, then `FText`
//! and fields between `FieldOpen` and `FieldClose`, then `FEnd`.
//!
//! Grammar: <https://docs.python.org/3/reference/lexical_analysis.html>, PEP 263, PEP 701, PEP 750.
//! The tokens come from `source.rs`' text and go to `binder.rs`.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Begins a logical line; `link` is the column of its first token, tabs to multiples of eight.
    Line,
    /// An identifier, soft keywords among them.
    Name,
    Keyword(Keyword),
    Number,
    /// A whole string without replacement fields, prefix and quotes included.
    Text,
    FStart,
    FText,
    FEnd,
    FieldOpen,
    FieldClose,
    /// The colon between the expression of a field and its format.
    FormatColon,
    /// `!r`, `!s`, `!a` of a field.
    Conversion,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    Dot,
    Comma,
    Colon,
    Semicolon,
    Equal,
    /// `+=` and its siblings.
    Augmented,
    Walrus,
    Star,
    Ellipsis,
    At,
    Operator,
    /// Something that is no token of the language, an unmatched closing bracket among them.
    Stray,
    /// The end of the text, once.
    End,
}

/// The reserved words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    False,
    None,
    True,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,
}

impl Keyword {
    /// The reserved word of that spelling.
    fn of(word: &[u8]) -> Option<Self> {
        if !KEYWORDS[shape(word)] {
            return None;
        }
        Some(match word {
            b"False" => Self::False,
            b"None" => Self::None,
            b"True" => Self::True,
            b"and" => Self::And,
            b"as" => Self::As,
            b"assert" => Self::Assert,
            b"async" => Self::Async,
            b"await" => Self::Await,
            b"break" => Self::Break,
            b"class" => Self::Class,
            b"continue" => Self::Continue,
            b"def" => Self::Def,
            b"del" => Self::Del,
            b"elif" => Self::Elif,
            b"else" => Self::Else,
            b"except" => Self::Except,
            b"finally" => Self::Finally,
            b"for" => Self::For,
            b"from" => Self::From,
            b"global" => Self::Global,
            b"if" => Self::If,
            b"import" => Self::Import,
            b"in" => Self::In,
            b"is" => Self::Is,
            b"lambda" => Self::Lambda,
            b"nonlocal" => Self::Nonlocal,
            b"not" => Self::Not,
            b"or" => Self::Or,
            b"pass" => Self::Pass,
            b"raise" => Self::Raise,
            b"return" => Self::Return,
            b"try" => Self::Try,
            b"while" => Self::While,
            b"with" => Self::With,
            b"yield" => Self::Yield,
            _ => return None,
        })
    }

    /// Every reserved word.
    const WORDS: [&'static [u8]; 35] = [
        b"False",
        b"None",
        b"True",
        b"and",
        b"as",
        b"assert",
        b"async",
        b"await",
        b"break",
        b"class",
        b"continue",
        b"def",
        b"del",
        b"elif",
        b"else",
        b"except",
        b"finally",
        b"for",
        b"from",
        b"global",
        b"if",
        b"import",
        b"in",
        b"is",
        b"lambda",
        b"nonlocal",
        b"not",
        b"or",
        b"pass",
        b"raise",
        b"return",
        b"try",
        b"while",
        b"with",
        b"yield",
    ];

    /// Whether the word is a value, as `None` is.
    fn is_value(self) -> bool {
        matches!(self, Self::False | Self::None | Self::True)
    }

    /// Whether the word begins a statement and stands nowhere else: at the start of a line it shows
    /// that an open bracket was never closed.
    fn begins_statement_only(self) -> bool {
        use Keyword as K;
        matches!(
            self,
            K::Assert
                | K::Break
                | K::Class
                | K::Continue
                | K::Def
                | K::Del
                | K::Elif
                | K::Except
                | K::Finally
                | K::Global
                | K::Import
                | K::Nonlocal
                | K::Pass
                | K::Raise
                | K::Return
                | K::Try
                | K::While
                | K::With
        )
    }
}

/// A number of a word that few words share: its length, first and last byte.
const fn shape(word: &[u8]) -> usize {
    match word {
        [first, .., last] => {
            (word.len() ^ ((*first as usize) << 2) ^ ((*last as usize) << 5)) % SHAPES
        }
        _ => 0,
    }
}

const SHAPES: usize = 1024;

/// Which shapes reserved words have: nearly every other word is told by its own.
static KEYWORDS: [bool; SHAPES] = {
    let mut known = [false; SHAPES];
    let mut at = 0;
    while at < Keyword::WORDS.len() {
        known[shape(Keyword::WORDS[at])] = true;
        at += 1;
    }
    known
};

/// What a token is to the one after it, and what that is to it: side by side they are no Python if
/// they have one of these in common.
mod side {
    /// A value ends here; a value begins here.
    pub(super) const VALUE: u8 = 1;
    /// An operator that needs values on both sides.
    pub(super) const OPERATOR: u8 = 2;
}

impl Kind {
    /// What the token is to the next one.
    fn behind(self) -> u8 {
        match self {
            Self::Operator | Self::Equal | Self::Augmented => side::OPERATOR,
            _ if self.ends_value() => side::VALUE,
            _ => 0,
        }
    }

    /// What the token is to the one before it.
    fn before(self) -> u8 {
        match self {
            Self::Operator | Self::Equal | Self::Augmented => side::OPERATOR,
            Self::Close | Self::FEnd => 0,
            Self::FStart => side::VALUE,
            _ if self.ends_value() => side::VALUE,
            _ => 0,
        }
    }

    /// Whether a value ends with such a token.
    fn ends_value(self) -> bool {
        match self {
            Self::Name | Self::Number | Self::Text | Self::FEnd | Self::Close | Self::Ellipsis => {
                true
            }
            Self::Keyword(keyword) => keyword.is_value(),
            _ => false,
        }
    }
}

/// An open bracket that directly contains a `for`: a comprehension.
pub(crate) const HAS_FOR: u8 = 1;
/// An open bracket that follows a value: a call or a subscript, not a group.
pub(crate) const TRAILER: u8 = 2;

/// One token: a span of the text, and for brackets and fields the index of the partner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) link: u32,
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
}

/// What is wrong with a text, where the lexer or the binder noticed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) at: u32,
    pub(crate) what: &'static str,
}

/// The result of [`lex`], kept to be filled again.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    /// The tokens `import`.
    pub(crate) imports: Vec<u32>,
    /// The tokens `=` outside of brackets.
    pub(crate) equals: Vec<u32>,
    /// The first thing that is not Python, if there is any.
    pub(crate) remark: Option<Remark>,
    stack: Vec<Context>,
}

/// What the text at hand stands in.
#[derive(Clone, Copy, Debug)]
enum Context {
    /// A bracket; the closing byte and the index of the opening token.
    Bracket { close: u8, open: u32 },
    /// The literal part of an f-string; `counts` are the open brackets outside.
    FString { quote: u8, triple: bool, raw: bool, open: u32, counts: [u32; 3] },
    /// The expression of a replacement field, and how the string around it is quoted.
    Field { open: u32, quote: u8, triple: bool, raw: bool },
    /// The format of a replacement field, which is literal text again.
    Format { quote: u8, triple: bool, raw: bool },
}

/// Splits `text` into tokens, from byte `at` on, into the storage of `lexed`.
pub(crate) fn lex(text: &[u8], at: usize, lexed: &mut Lexed) {
    lexed.tokens.clear();
    lexed.imports.clear();
    lexed.equals.clear();
    lexed.stack.clear();
    lexed.remark = None;
    let (counts, strings) = ([0; 3], 0);
    Lexer { text, at, lexed, counts, strings, fresh_line: true, logical: true, line: 0, behind: 0 }
        .run();
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    lexed: &'a mut Lexed,
    /// Open `(`, `[`, `{` since the innermost f-string began.
    counts: [u32; 3],
    /// F-strings on the stack. In code, the innermost context other than a bracket is then a field.
    strings: u32,
    /// No token stands before the cursor on this physical line.
    fresh_line: bool,
    /// The next token begins a logical line.
    logical: bool,
    /// Where the mark of the logical line at hand stands.
    line: usize,
    /// What the last token is to the next one.
    behind: u8,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.text.len() {
            // Outside strings with fields everything is code.
            if self.strings == 0 {
                self.code();
                // Most tokens have one blank behind them.
                if self.text.get(self.at) == Some(&b' ') {
                    self.at += 1;
                }
                continue;
            }
            match self.lexed.stack.last().copied() {
                Some(Context::FString { quote, triple, raw, .. }) => {
                    self.literal(quote, triple, raw, false);
                }
                Some(Context::Format { quote, triple, raw }) => {
                    self.literal(quote, triple, raw, true);
                }
                _ => self.code(),
            }
        }
        if !self.lexed.stack.is_empty() {
            self.remark("a bracket or a string is never closed");
            self.close_all();
        }
        self.settle_match();
        self.push(Kind::End, self.at, self.at);
    }

    /// At the end of a line: what looked like the brackets of a call is the group that a `match`
    /// statement begins with, if the line ends with a colon.
    fn settle_match(&mut self) {
        if self.lexed.tokens.last().is_none_or(|token| token.kind != Kind::Colon) {
            return;
        }
        let Some([word, open]) = self.lexed.tokens.get_mut(self.line + 1..self.line + 3) else {
            return;
        };
        let spelling = self.text.get(word.start as usize..word.end as usize);
        if word.kind == Kind::Name && spelling == Some(b"match") && open.kind == Kind::Open {
            open.flags &= !TRAILER;
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn remark(&mut self, what: &'static str) {
        let at = offset(self.at);
        self.lexed.remark.get_or_insert(Remark { at, what });
    }

    fn next_index(&self) -> u32 {
        offset(self.lexed.tokens.len())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let token =
            Token { start: offset(start), end: offset(end), link: u32::MAX, kind, flags: 0 };
        self.lexed.tokens.push(token);
        self.behind = kind.behind();
    }

    /// Adds a token of code, before it the mark of a logical line where one begins.
    fn emit(&mut self, kind: Kind, start: usize, end: usize) {
        if self.logical {
            self.begin_line(start);
        } else if self.behind & kind.before() != 0 {
            self.check_neighbours(kind, start);
        }
        self.fresh_line = false;
        self.push(kind, start, end);
    }

    /// Adds the mark of a logical line, whose first token stands at `start`.
    fn begin_line(&mut self, start: usize) {
        if let Some(last) = self.lexed.tokens.last()
            && matches!(last.kind, Kind::Equal | Kind::Augmented)
        {
            self.remark("a line ends where a value is due");
        }
        self.settle_match();
        self.logical = false;
        let column = self.column(start);
        self.line = self.lexed.tokens.len();
        self.push(Kind::Line, start, start);
        if let Some(line) = self.lexed.tokens.last_mut() {
            line.link = column;
        }
    }

    /// Remarks two values without an operator between them, or two operators without a value.
    fn check_neighbours(&mut self, kind: Kind, start: usize) {
        let Some(last) = self.lexed.tokens.last().copied() else { return };
        let strings = matches!(last.kind, Kind::Text | Kind::FEnd);
        let string = matches!(kind, Kind::Text | Kind::FStart);
        let opens = matches!(kind, Kind::FStart) || (kind.ends_value() && kind != Kind::Close);
        if last.kind.ends_value() && opens && kind != Kind::FEnd && !(strings && string) {
            let first = self.lexed.tokens.iter().rev().nth(1);
            let word = self.text.get(last.start as usize..last.end as usize);
            let soft = last.kind == Kind::Name
                && match first.map(|first| first.kind) {
                    Some(Kind::Line) => matches!(word, Some(b"match" | b"case" | b"type")),
                    Some(Kind::Semicolon | Kind::Colon) => word == Some(b"type"),
                    _ => false,
                };
            if !soft && !self.is_relative_import() {
                self.remark("two values stand side by side");
            }
        }
        let unary = matches!(self.text.get(start), Some(b'+' | b'-' | b'~'));
        let binary = match kind {
            Kind::Operator => !unary,
            Kind::Equal | Kind::Augmented => true,
            _ => false,
        };
        if binary && matches!(last.kind, Kind::Operator | Kind::Equal | Kind::Augmented) {
            self.remark("two operators stand side by side");
        }
    }

    /// Whether the dots that were read last stand behind `from`: `from ...package import name`.
    fn is_relative_import(&self) -> bool {
        let is_dots = |token: &&Token| matches!(token.kind, Kind::Ellipsis | Kind::Dot);
        let mut before = self.lexed.tokens.iter().rev().skip_while(is_dots);
        let dots = self.lexed.tokens.last().is_some_and(|last| last.kind == Kind::Ellipsis);
        dots && before.next().is_some_and(|token| token.kind == Kind::Keyword(Keyword::From))
    }

    /// The column of the first token of a line, as the language counts it: where backslashes
    /// continue the indent, its first part that is not empty counts.
    fn column(&self, start: usize) -> u32 {
        // Nearly every line is indented by blanks alone, and continues none.
        let before = self.text.get(..start).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|byte| **byte == b' ').count();
        if let [.., above, b'\n'] = before.get(..start - blanks).unwrap_or_default()
            && !matches!(above, b'\\' | b'\r')
        {
            return offset(blanks);
        }
        let mut end = start;
        let mut column = 0;
        loop {
            let before = self.text.get(..end).unwrap_or_default();
            let is_blank = |byte: &&u8| matches!(**byte, b' ' | b'\t' | 0x0c);
            let from = end - before.iter().rev().take_while(is_blank).count();
            let part =
                before.get(from..).unwrap_or_default().iter().fold(0, |column, byte| match byte {
                    b'\t' => (column / 8 + 1) * 8,
                    0x0c => 0,
                    _ => column + 1,
                });
            column = if part > 0 { part } else { column };
            let above = before.get(..from).unwrap_or_default();
            let above = above.strip_suffix(b"\n").unwrap_or(above);
            let above = above.strip_suffix(b"\r").unwrap_or(above);
            let Some(rest) = above.strip_suffix(b"\\").filter(|_| above.len() < from) else {
                return column;
            };
            let text = rest.iter().rev().find(|byte| !is_blank(byte));
            if text.is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
                return column;
            }
            end = rest.len();
        }
    }

    fn code(&mut self) {
        let start = self.at;
        let byte = self.peek(0);
        match byte {
            b' ' => {
                let rest = self.text.get(start..).unwrap_or_default();
                self.at += run(rest, |byte| byte == b' ', not_blanks);
            }
            b'\t' | 0x0c => self.at += 1,
            b'\n' | b'\r' => self.newline(),
            b'#' => self.comment(),
            b'\\' => self.continuation(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => self.string(start, false, false),
            b'(' => self.open(b')'),
            b'[' => self.open(b']'),
            b'{' => self.open(b'}'),
            b')' | b']' | b'}' => self.close(byte),
            _ => self.operator(),
        }
    }

    fn newline(&mut self) {
        self.at += if self.peek(0) == b'\r' && self.peek(1) == b'\n' { 2 } else { 1 };
        self.fresh_line = true;
        if self.lexed.stack.is_empty() {
            self.logical = true;
        }
    }

    fn comment(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn continuation(&mut self) {
        let width = match (self.peek(1), self.peek(2)) {
            (b'\r', b'\n') => 3,
            (b'\n' | b'\r', _) => 2,
            _ => 0,
        };
        if width > 0 {
            self.at += width;
        } else {
            self.remark("a backslash stands before something other than the end of the line");
            self.emit(Kind::Stray, self.at, self.at + 1);
            self.at += 1;
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = run(rest, is_word, not_words);
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        if matches!(self.peek(0), b'"' | b'\'')
            && let Some((fields, raw)) = string_prefix(word)
        {
            self.string(start, fields, raw);
            return;
        }
        let Some(keyword) = Keyword::of(word) else {
            self.emit(Kind::Name, start, self.at);
            return;
        };
        if self.fresh_line && !self.lexed.stack.is_empty() && self.shows_lost_bracket(keyword) {
            self.remark("a bracket or a string is not closed before the next statement");
            self.close_all();
            self.logical = true;
        }
        if keyword == Keyword::For
            && let Some(&Context::Bracket { open, .. }) = self.lexed.stack.last()
            && let Some(open) = self.lexed.tokens.get_mut(open as usize)
        {
            open.flags |= HAS_FOR;
        }
        self.emit(Kind::Keyword(keyword), start, self.at);
        if keyword == Keyword::Import {
            let at = self.next_index() - 1;
            self.lexed.imports.push(at);
        }
    }

    fn shows_lost_bracket(&self, keyword: Keyword) -> bool {
        let last = self.lexed.tokens.last().map(|token| token.kind);
        match keyword {
            Keyword::From => last != Some(Kind::Keyword(Keyword::Yield)),
            other => other.begins_statement_only(),
        }
    }

    fn number(&mut self) {
        let start = self.at;
        let radix = match (self.peek(0), self.peek(1)) {
            (b'0', b'x' | b'X') => 16,
            (b'0', b'o' | b'O') => 8,
            (b'0', b'b' | b'B') => 2,
            _ => 10,
        };
        if radix == 10 {
            self.digits(10);
            if self.peek(0) == b'.' {
                self.at += 1;
                self.digits(10);
            }
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if matches!(self.peek(0), b'e' | b'E') && self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                self.digits(10);
            }
            if matches!(self.peek(0), b'j' | b'J') {
                self.at += 1;
            }
        } else {
            self.at += 2;
            self.digits(radix);
        }
        self.emit(Kind::Number, start, self.at);
    }

    fn digits(&mut self, radix: u32) {
        while self.peek(0) == b'_' || char::from(self.peek(0)).is_digit(radix) {
            self.at += 1;
        }
    }

    /// Reads a string whose prefix began at `start`; the cursor stands on the first quote.
    fn string(&mut self, start: usize, fields: bool, raw: bool) {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if fields {
            self.emit(Kind::FStart, start, self.at);
            let open = self.next_index() - 1;
            let counts = std::mem::take(&mut self.counts);
            self.lexed.stack.push(Context::FString { quote, triple, raw, open, counts });
            self.strings += 1;
            return;
        }
        let closed = if triple { self.triple_end(quote) } else { self.single_end(quote) };
        if !closed {
            self.remark("a string is not closed");
        }
        self.emit(Kind::Text, start, self.at);
        if !closed && !triple {
            self.leave_strings();
        }
    }

    fn triple_end(&mut self, quote: u8) -> bool {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(found) = memchr::memchr2(quote, b'\\', rest) else {
                self.at = self.text.len();
                return false;
            };
            self.at += found;
            if self.peek(0) == b'\\' {
                self.at = (self.at + 2).min(self.text.len());
            } else if self.peek(1) == quote && self.peek(2) == quote {
                self.at += 3;
                return true;
            } else {
                self.at += 1;
            }
        }
    }

    fn single_end(&mut self, quote: u8) -> bool {
        while self.at < self.text.len() {
            let rest = self.text.get(self.at..).unwrap_or_default();
            self.at += run(rest, |byte| !ENDS_TEXT[usize::from(byte)], ends_of_text);
            match self.peek(0) {
                byte if byte == quote && self.at < self.text.len() => {
                    self.at += 1;
                    return true;
                }
                b'\\' => {
                    let width = if self.peek(1) == b'\r' && self.peek(2) == b'\n' { 3 } else { 2 };
                    self.at = (self.at + width).min(self.text.len());
                }
                b'\n' | b'\r' => return false,
                // The other quote.
                _ => self.at = (self.at + 1).min(self.text.len()),
            }
        }
        false
    }

    /// Reads literal text of an f-string, or of the format of a field in it.
    fn literal(&mut self, quote: u8, triple: bool, raw: bool, format: bool) {
        let start = self.at;
        while self.at < self.text.len() {
            match self.peek(0) {
                b'{' if !format && self.peek(1) == b'{' => self.at += 2,
                b'{' => {
                    self.text_token(start);
                    self.emit(Kind::FieldOpen, self.at, self.at + 1);
                    let open = self.next_index() - 1;
                    self.lexed.stack.push(Context::Field { open, quote, triple, raw });
                    self.at += 1;
                    return;
                }
                b'}' if format => {
                    self.text_token(start);
                    self.lexed.stack.pop();
                    self.end_field(1);
                    return;
                }
                b'}' => {
                    if self.peek(1) != b'}' {
                        self.remark("a single brace closes nothing in a string");
                    }
                    self.at += if self.peek(1) == b'}' { 2 } else { 1 };
                }
                b'\\' => self.escape(raw),
                b'\n' | b'\r' if !triple => {
                    self.text_token(start);
                    self.remark("a string is not closed");
                    self.leave_strings();
                    return;
                }
                byte if byte == quote
                    && (!triple || (self.peek(1) == quote && self.peek(2) == quote)) =>
                {
                    self.text_token(start);
                    if format {
                        self.remark("a replacement field is not closed");
                        self.lexed.stack.pop();
                        self.end_field(0);
                    }
                    self.end_string(if triple { 3 } else { 1 });
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.text_token(start);
    }

    fn escape(&mut self, raw: bool) {
        let width = match self.peek(1) {
            b'{' | b'}' => 1,
            b'N' if !raw && self.peek(2) == b'{' => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                memchr::memchr3(b'}', b'\n', b'"', rest)
                    .filter(|&end| rest.get(end) == Some(&b'}'))
                    .map_or(2, |end| end + 1)
            }
            b'\r' if self.peek(2) == b'\n' => 3,
            _ => 2,
        };
        self.at = (self.at + width).min(self.text.len());
    }

    fn text_token(&mut self, start: usize) {
        if self.at > start {
            self.emit(Kind::FText, start, self.at);
        }
    }

    /// Ends the field on top of the stack with a token of `width` bytes.
    fn end_field(&mut self, width: usize) {
        if let Some(Context::Field { open, .. }) = self.lexed.stack.pop() {
            self.emit(Kind::FieldClose, self.at, self.at + width);
            self.link(open);
        }
        self.at += width;
    }

    /// Ends what is open down to and with the innermost f-string.
    fn end_string(&mut self, width: usize) {
        while let Some(context) = self.lexed.stack.pop() {
            if let Context::FString { open, counts, .. } = context {
                self.emit(Kind::FEnd, self.at, self.at + width);
                self.link(open);
                self.counts = counts;
                self.strings -= 1;
                break;
            }
            self.add_missing(context);
        }
        self.at += width;
    }

    /// After a string that ends with its line nothing around it on that line can be trusted: every
    /// f-string on the stack ends, and with the last one the brackets around them stay.
    fn leave_strings(&mut self) {
        while self.strings > 0 {
            self.end_string(0);
        }
    }

    fn link(&mut self, open: u32) {
        let close = self.next_index() - 1;
        if let Some(token) = self.lexed.tokens.get_mut(close as usize) {
            token.link = open;
        }
        if let Some(token) = self.lexed.tokens.get_mut(open as usize) {
            token.link = close;
        }
    }

    fn open(&mut self, close: u8) {
        let last = self.lexed.tokens.last();
        let trailer = !self.logical && last.is_some_and(|token| token.kind.ends_value());
        self.emit(Kind::Open, self.at, self.at + 1);
        let open = self.next_index() - 1;
        if let Some(token) = self.lexed.tokens.last_mut() {
            token.flags = if trailer { TRAILER } else { 0 };
        }
        self.lexed.stack.push(Context::Bracket { close, open });
        *self.count(close) += 1;
        self.at += 1;
    }

    fn count(&mut self, close: u8) -> &mut u32 {
        let [round, square, curly] = &mut self.counts;
        match close {
            b')' => round,
            b']' => square,
            _ => curly,
        }
    }

    fn close(&mut self, byte: u8) {
        if let Some(&Context::Bracket { close, open }) = self.lexed.stack.last()
            && close == byte
        {
            self.lexed.stack.pop();
            *self.count(byte) -= 1;
            self.emit(Kind::Close, self.at, self.at + 1);
            self.link(open);
            self.at += 1;
            return;
        }
        if byte == b'}' && matches!(self.lexed.stack.last(), Some(Context::Field { .. })) {
            self.end_field(1);
            return;
        }
        self.remark("a closing bracket does not match");
        if *self.count(byte) > 0 {
            // Its partner lies further out: what was opened in between was never closed.
            while let Some(context) = self.lexed.stack.last().copied() {
                if matches!(context, Context::Bracket { close, .. } if close == byte) {
                    self.close(byte);
                    return;
                }
                self.lexed.stack.pop();
                self.add_missing(context);
            }
        }
        if byte == b'}' && self.strings > 0 {
            while let Some(context) = self.lexed.stack.last().copied() {
                if matches!(context, Context::Field { .. }) {
                    self.end_field(1);
                    return;
                }
                self.lexed.stack.pop();
                self.add_missing(context);
            }
        }
        self.emit(Kind::Stray, self.at, self.at + 1);
        self.at += 1;
    }

    /// Adds the closing token that the text lacks.
    fn add_missing(&mut self, context: Context) {
        let (kind, open) = match context {
            Context::Bracket { close, open } => {
                let count = self.count(close);
                *count = count.saturating_sub(1);
                (Kind::Close, open)
            }
            Context::Field { open, .. } => (Kind::FieldClose, open),
            Context::FString { open, counts, .. } => {
                self.counts = counts;
                self.strings = self.strings.saturating_sub(1);
                (Kind::FEnd, open)
            }
            Context::Format { .. } => return,
        };
        self.push(kind, self.at, self.at);
        self.link(open);
    }

    fn close_all(&mut self) {
        // The missing tokens stand where the last token ended: behind it comes a new statement.
        let at = std::mem::replace(
            &mut self.at,
            self.lexed.tokens.last().map_or(0, |token| token.end as usize),
        );
        while let Some(context) = self.lexed.stack.pop() {
            self.add_missing(context);
        }
        self.at = at;
        self.counts = [0; 3];
    }

    fn operator(&mut self) {
        let (start, top) = (self.at, self.lexed.stack.last().copied());
        let in_field = matches!(top, Some(Context::Field { .. }));
        if let (b':', Some(Context::Field { quote, triple, raw, .. })) = (self.peek(0), top) {
            self.emit(Kind::FormatColon, start, start + 1);
            self.lexed.stack.push(Context::Format { quote, triple, raw });
            self.at += 1;
            return;
        }
        let (kind, width) = match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'!', next, _) if in_field && next != b'=' => {
                self.at += 1;
                while is_word(self.peek(0)) {
                    self.at += 1;
                }
                let end = std::mem::replace(&mut self.at, start);
                (Kind::Conversion, end - start)
            }
            (b'.', b'.', b'.') => (Kind::Ellipsis, 3),
            (b'*', b'*', b'=') | (b'/', b'/', b'=') | (b'<', b'<', b'=') | (b'>', b'>', b'=') => {
                (Kind::Augmented, 3)
            }
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^', b'=', _) => {
                (Kind::Augmented, 2)
            }
            (b':', b'=', _) => (Kind::Walrus, 2),
            (b'*', b'*', _) => (Kind::Star, 2),
            (b'-', b'>', _)
            | (b'/', b'/', _)
            | (b'<', b'<' | b'=' | b'>', _)
            | (b'>', b'>' | b'=', _)
            | (b'=' | b'!', b'=', _) => (Kind::Operator, 2),
            (b'.', ..) => (Kind::Dot, 1),
            (b',', ..) => (Kind::Comma, 1),
            (b':', ..) => (Kind::Colon, 1),
            (b';', ..) => (Kind::Semicolon, 1),
            (b'=', ..) => (Kind::Equal, 1),
            (b'*', ..) => (Kind::Star, 1),
            (b'@', ..) => (Kind::At, 1),
            (b'+' | b'-' | b'/' | b'%' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>', ..) => {
                (Kind::Operator, 1)
            }
            _ => {
                self.remark("a character is no part of the language");
                (Kind::Stray, 1)
            }
        };
        self.emit(kind, start, start + width);
        if kind == Kind::Equal && self.lexed.stack.is_empty() {
            let at = self.next_index() - 1;
            self.lexed.equals.push(at);
        }
        self.at = start + width;
    }
}

/// Whether a byte may stand in an identifier. Bytes above ASCII are letters here: the language
/// allows most of them, and none of them means anything else outside strings.
pub(crate) fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

/// The bytes of identifiers.
static WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = u8::MAX;
    loop {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        if byte == 0 {
            break table;
        }
        byte -= 1;
    }
};

/// The bytes at which the text of a string may end or mean something.
static ENDS_TEXT: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'\'' as usize] = true;
    table[b'\\' as usize] = true;
    table[b'\n' as usize] = true;
    table[b'\r' as usize] = true;
    table
};

/// How many bytes at the beginning of `text` are of a class, eight at a time: a byte at a time, the
/// end of a run is a branch that no processor foresees. `others` sets the highest bit of the first
/// byte that is not of the class; what it sets behind that one does not matter.
fn run(text: &[u8], is_member: fn(u8) -> bool, others: fn(u64) -> u64) -> usize {
    let mut length = 0;
    while let Some(eight) = text.get(length..).and_then(<[u8]>::first_chunk) {
        let others = others(u64::from_le_bytes(*eight));
        if others != 0 {
            return length + others.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let rest = text.get(length..).unwrap_or_default();
    length + rest.iter().take_while(|byte| is_member(**byte)).count()
}

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH: u64 = eight(0x80);

/// The bytes that [`is_word`] does not take, by their highest bits.
fn not_words(bytes: u64) -> u64 {
    // Seven bits and a number below 128 never carry into the next byte.
    let low = bytes & !HIGH;
    let between = |bytes: u64, first: u8, last: u8| {
        (bytes + eight(0x80 - first)) & !(bytes + eight(0x7f - last))
    };
    let letters = between(low | eight(0x20), b'a', b'z');
    let digits = between(low, b'0', b'9');
    let underscores = between(low, b'_', b'_');
    !(letters | digits | underscores | bytes) & HIGH
}

/// The bytes other than blanks: what is left of them is not zero.
fn not_blanks(bytes: u64) -> u64 {
    let left = bytes ^ eight(b' ');
    (((left & !HIGH) + !HIGH) | left) & HIGH
}

/// The bytes of [`ENDS_TEXT`].
fn ends_of_text(bytes: u64) -> u64 {
    // A byte that becomes zero borrows from the ones behind it, which do not matter.
    let is = |byte: u8| {
        let left = bytes ^ eight(byte);
        left.wrapping_sub(eight(1)) & !left
    };
    (is(b'"') | is(b'\'') | is(b'\\') | is(b'\n') | is(b'\r')) & HIGH
}

/// Reads a string prefix: whether the string has fields, and whether it is raw.
fn string_prefix(word: &[u8]) -> Option<(bool, bool)> {
    let (mut fields, mut raw) = (false, false);
    if word.len() > 2 {
        return None;
    }
    for byte in word {
        match byte.to_ascii_lowercase() {
            b'f' | b't' => fields = true,
            b'r' => raw = true,
            b'b' | b'u' => {}
            _ => return None,
        }
    }
    Some((fields, raw))
}

/// Offsets are 32 bits wide: `source.rs` lets no longer text through.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let mut lexed = Lexed::default();
        lex(text.as_bytes(), 0, &mut lexed);
        let spans = lexed.tokens.iter().filter(|token| !matches!(token.kind, Kind::Line));
        spans.map(|token| (token.kind, &text[token.start as usize..token.end as usize])).collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        kinds(text).into_iter().map(|(_, text)| text).filter(|text| !text.is_empty()).collect()
    }

    #[test]
    fn runs_of_bytes_end_where_their_tables_say() {
        type Class = (fn(u8) -> bool, fn(u64) -> u64, u8);
        let classes: [Class; 3] = [
            (is_word, not_words, b'a'),
            (|byte| byte == b' ', not_blanks, b' '),
            (|byte| !ENDS_TEXT[usize::from(byte)], ends_of_text, 0xff),
        ];
        for (is_member, others, member) in classes {
            for byte in 0..=u8::MAX {
                for at in 0..20 {
                    let mut text = [member; 20];
                    text[at] = byte;
                    let expected = if is_member(byte) { 20 } else { at };
                    assert_eq!(run(&text, is_member, others), expected, "{byte:#x} at {at}");
                    // Any byte may stand behind the end.
                    if let (false, Some(next)) = (is_member(byte), text.get_mut(at + 1)) {
                        *next = byte.wrapping_add(1);
                        assert_eq!(run(&text, is_member, others), at, "{byte:#x} twice at {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_end_where_the_language_ends_them() {
        assert_eq!(
            texts("1if 0x1f else 1.e5j+1..real"),
            ["1", "if", "0x1f", "else", "1.e5j", "+", "1.", ".", "real"]
        );
    }

    #[test]
    fn a_nested_quote_begins_a_string_of_its_own() {
        assert_eq!(
            texts(r#"f"a{x["k"]!r:>{w}}b""#),
            [
                "f\"", "a", "{", "x", "[", "\"k\"", "]", "!r", ":", ">", "{", "w", "}", "}", "b",
                "\""
            ]
        );
    }

    #[test]
    fn a_lost_bracket_ends_at_the_next_statement() {
        assert_eq!(
            kinds("f(\nimport x").iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            [
                Kind::Name,
                Kind::Open,
                Kind::Close,
                Kind::Keyword(Keyword::Import),
                Kind::Name,
                Kind::End
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn tokens_cover_any_text_in_order(text in proptest::collection::vec(
            proptest::sample::select(b"uf'\"\"{}()[]:!=.,#\\\n\r\t rbN0x1e\xc3\xff;@for import def".to_vec()), 0..200,
        )) {
            let mut lexed = Lexed::default();
            lex(&text, 0, &mut lexed);
            let mut at = 0;
            for (number, token) in lexed.tokens.iter().enumerate() {
                let (start, end) = (token.start as usize, token.end as usize);
                assert!(at <= start && start <= end && end <= text.len());
                let gap = &text[at..start];
                let blank = |byte: &u8| b" \t\n\r\x0c\\".contains(byte);
                assert!(gap.iter().all(blank) || gap.contains(&b'#'), "{gap:?}");
                at = end;
                if token.link != u32::MAX && token.kind != Kind::Line {
                    assert_eq!(lexed.tokens[token.link as usize].link as usize, number);
                } else {
                    let pairs = [Kind::Open, Kind::Close, Kind::FStart, Kind::FEnd, Kind::FieldOpen, Kind::FieldClose];
                    assert!(!pairs.contains(&token.kind), "{token:?} has no partner");
                }
            }
            assert_eq!(lexed.tokens.last().map(|token| token.kind), Some(Kind::End));
        }
    }

    #[test]
    fn names_in_escapes_and_doubled_braces_open_no_field() {
        assert_eq!(texts(r#"f"\N{DASH}{{x}}{y}""#), ["f\"", r"\N{DASH}{{x}}", "{", "y", "}", "\""]);
    }
}
