//! Reads what a use is made into and for: its shape, its target and the names around it.
//!
//! Looks only at the tokens next to the use, outwards through brackets, wrappers such as `str(...)`
//! and the fields of f-strings, and gives up after a bounded number of tokens: an unknown target is
//! no target. Uses come from `resolver.rs`; what is learnt here goes to `rules/` and `meaning.rs`.

use std::cell::Cell;

use super::binder::{Bindings, ScopeIdx, ScopeKind};
use super::lexer::{Keyword, Kind, TRAILER, Token};
use super::resolver::Found;
use crate::lang::Shape;
use crate::tracked::Family;

/// How many tokens to the left are looked at for a target.
const REACH: usize = 256;

/// Arguments that say how a value is made; what it is made for stands outside the call.
const MAKERS: [&str; 8] = [
    "default",
    "default_factory",
    "factory",
    "insert_default",
    "server_default",
    "db_default",
    "side_effect",
    "return_value",
];

/// Functions that only give another form to a part of an id.
const FORMS: [&str; 32] = [
    "str",
    "repr",
    "int",
    "hex",
    "float",
    "round",
    "abs",
    "format",
    "join",
    "encode",
    "list",
    "map",
    "bytes",
    "hexlify",
    "b64encode",
    "urlsafe_b64encode",
    "b32encode",
    "from_bytes",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "blake2b",
    "crc32",
    "zfill",
    "ljust",
    "rjust",
    "text",
    "next",
    "slugify",
    "replace",
    "bin",
];

/// What stands around a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Surroundings {
    pub(crate) shape: Shape,
    pub(crate) target: Option<String>,
    /// The literal text right before the id, as `run_` in `f"run_{uuid.uuid4()}"`.
    pub(crate) literal: Option<String>,
    /// First and last token of the widest expression that is still the id.
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// The token at which the search for the target ended: one for all parts of one id.
    pub(crate) mark: u32,
}

/// Looks around a use.
pub(crate) fn surroundings(text: &[u8], tokens: &[Token], found: &Found) -> Surroundings {
    let reader = Reader::new(text, tokens, found.family.is_part());
    let (shape, first, last) = reader.shape(found);
    reader.surroundings(shape, first, last)
}

/// For each scope the nearest class or function around it, itself included; 0 for the module.
pub(crate) fn named_scopes(bindings: &Bindings<'_>) -> Vec<ScopeIdx> {
    let mut named: Vec<ScopeIdx> = Vec::with_capacity(bindings.scopes.len());
    for (idx, scope) in (0..).zip(&bindings.scopes) {
        let own = matches!(scope.kind, ScopeKind::Class | ScopeKind::Function);
        let around = named.get(scope.parent as usize).copied().unwrap_or(0);
        named.push(if own { idx } else { around });
    }
    named
}

/// The dotted names of the classes and functions around a use; `None` in the module itself.
pub(crate) fn scope_name(
    text: &[u8],
    tokens: &[Token],
    bindings: &Bindings<'_>,
    named: &[ScopeIdx],
    scope: ScopeIdx,
) -> Option<String> {
    let reader = Reader::new(text, tokens, false);
    let around = |scope: ScopeIdx| named.get(scope as usize).copied().unwrap_or(0);
    let mut parts = Vec::new();
    let mut at = around(scope);
    while at != 0 {
        let scope = bindings.scopes.get(at as usize)?;
        parts.push(reader.spelling(scope.name));
        at = around(scope.parent);
    }
    parts.reverse();
    (!parts.is_empty()).then(|| parts.join("."))
}

/// Reads the tokens around a place.
pub(crate) struct Reader<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    /// What is looked at is a part of an id: what gives it another form is looked through.
    parts: bool,
    mark: Cell<u32>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a [u8], tokens: &'a [Token], parts: bool) -> Self {
        Self { text, tokens, parts, mark: Cell::new(0) }
    }

    /// Looks from an expression for what it is given to.
    pub(crate) fn surroundings(&self, shape: Shape, first: u32, last: u32) -> Surroundings {
        let mut literal = None;
        let target = self.target(first, last, &mut literal, 0);
        Surroundings { shape, target, literal, first, last, mark: self.mark.get() }
    }
}

impl Reader<'_> {
    pub(crate) fn token(&self, at: u32) -> Option<&Token> {
        self.tokens.get(at as usize)
    }

    pub(crate) fn kind(&self, at: u32) -> Kind {
        self.token(at).map_or(Kind::End, |token| token.kind)
    }

    pub(crate) fn spelling(&self, at: u32) -> String {
        let bytes = self
            .token(at)
            .and_then(|token| self.text.get(token.start as usize..token.end as usize));
        String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
    }

    pub(crate) fn byte(&self, at: u32) -> u8 {
        let start = self.token(at).map_or(usize::MAX, |token| token.start as usize);
        self.text.get(start).copied().unwrap_or(0)
    }

    pub(crate) fn trailer(&self, at: u32) -> bool {
        self.token(at).is_some_and(|token| token.flags & TRAILER != 0)
    }

    /// Follows attributes, subscripts and wrappers outwards; returns the widest expression.
    fn shape(&self, found: &Found) -> (Shape, u32, u32) {
        let (mut first, mut last) = (found.first, found.last);
        if !found.call {
            return (Shape::Reference, first, last);
        }
        let mut shape = Shape::Plain;
        // How many characters or bytes the whole id has in its form.
        let mut length = if found.family == Family::Digest { 128 } else { 36 };
        loop {
            let next = last + 1;
            let before = first.checked_sub(1);
            match self.kind(next) {
                Kind::Dot => {
                    let (seen, end) = self.attribute(shape, next);
                    let Some(seen) = seen else { break };
                    (shape, last) = (seen, end);
                    length = match shape {
                        Shape::Hex => 32,
                        Shape::Bytes => 16,
                        Shape::Urn => 45,
                        _ => length,
                    };
                }
                Kind::Open if self.trailer(next) && self.byte(next) == b'[' => {
                    let end = self.token(next).map_or(next, |token| token.link);
                    if self.shortens(next, end, length) {
                        shape = Shape::Truncated;
                    }
                    last = end;
                }
                Kind::Operator if shape == Shape::Int && self.takes_bits(next) => {
                    shape = Shape::Truncated;
                    break;
                }
                Kind::Comma if self.is_hexadecimal(before, next) => {
                    shape = shape.max(Shape::Int);
                    (first, last) = (first - 2, next + 2);
                }
                Kind::Close
                    if before.is_some_and(|open| {
                        self.kind(open) == Kind::Open && self.byte(open) == b'('
                    }) =>
                {
                    let open = first - 1;
                    if self.trailer(open) {
                        let callee = self.spelling(first.saturating_sub(2));
                        let method = self.kind(first.saturating_sub(3)) == Kind::Dot;
                        match callee.as_str() {
                            "str" | "repr" if !method => shape = shape.max(Shape::Str),
                            "int" if !method => shape = shape.max(Shape::Int),
                            _ => break,
                        }
                        first -= 2;
                    } else {
                        first = open;
                    }
                    last = next;
                }
                Kind::FieldClose | Kind::FormatColon | Kind::Conversion => {
                    let Some(open) = before.filter(|open| self.kind(*open) == Kind::FieldOpen)
                    else {
                        break;
                    };
                    shape = shape.max(Shape::Interpolated);
                    if self.precision(next).is_some_and(|kept| kept < length) {
                        shape = Shape::Truncated;
                    }
                    let close = self.token(open).map_or(open, |token| token.link);
                    let alone = self.kind(close + 1) == Kind::FEnd
                        && self.kind(open.saturating_sub(1)) == Kind::FStart;
                    if !alone || self.kind(close + 2) != Kind::Open || !self.trailer(close + 2) {
                        break;
                    }
                    // The string is the id and nothing else, and a part of it may be taken.
                    (first, last) = (open - 1, close + 1);
                }
                _ => {
                    if before.is_some_and(|percent| self.is_cut_by_format(percent, length)) {
                        shape = Shape::Truncated;
                    }
                    break;
                }
            }
        }
        (shape, first, last)
    }

    /// Reads the attribute after a dot: the shape that it gives, and where it ends.
    fn attribute(&self, shape: Shape, dot: u32) -> (Option<Shape>, u32) {
        let name = self.spelling(dot + 1);
        let called = self.kind(dot + 2) == Kind::Open && self.byte(dot + 2) == b'(';
        let call_end = self.token(dot + 2).map_or(dot + 1, |token| token.link);
        match name.as_str() {
            "hex" => (Some(Shape::Hex), dot + 1),
            "int" => (Some(Shape::Int), dot + 1),
            "bytes" | "bytes_le" => (Some(Shape::Bytes), dot + 1),
            "urn" => (Some(Shape::Urn), dot + 1),
            "time_low" | "time_mid" | "time_hi_version" | "node" | "clock_seq" | "fields" => {
                (Some(Shape::Truncated), dot + 1)
            }
            "hexdigest" | "digest" if called && self.parts => (Some(shape), call_end),
            "__str__" if called => (Some(shape.max(Shape::Str)), call_end),
            "replace" | "upper" | "lower" | "strip" | "encode" | "split" | "rsplit"
            | "partition" | "rpartition"
                if called =>
            {
                (Some(shape), call_end)
            }
            _ => (None, dot),
        }
    }

    /// Whether a subscript takes less than the whole of an id of that length.
    fn shortens(&self, open: u32, close: u32, length: u64) -> bool {
        let inside: String = (open + 1..close).take(REACH).map(|at| self.spelling(at)).collect();
        let mut parts = inside.split(':');
        let (from, Some(to)) = (parts.next().unwrap_or_default(), parts.next()) else {
            return true;
        };
        let step = parts.next().unwrap_or_default();
        let reaches = |text: &str| text.parse::<u64>().is_ok_and(|number| number >= length);
        let starts = matches!(from, "" | "0") || from.strip_prefix('-').is_some_and(reaches);
        let ends = to.is_empty() || reaches(to);
        let turned = step == "-1" && from.is_empty() && to.is_empty();
        !(turned || (starts && ends && matches!(step, "" | "1")))
    }

    /// Whether an operator after a number takes some of its bits.
    fn takes_bits(&self, operator: u32) -> bool {
        match self.spelling(operator).as_str() {
            ">>" | "%" => true,
            "&" => {
                let mask = operator + 1;
                let end = match self.kind(mask) {
                    Kind::Open => self.token(mask).map_or(mask, |token| token.link),
                    _ => mask,
                };
                let mask: String = (mask..=end).take(REACH).map(|at| self.spelling(at)).collect();
                let digits = mask.to_ascii_lowercase().replace('_', "");
                let whole = digits == format!("0x{}", "f".repeat(32));
                !(whole || matches!(mask.as_str(), "(2**128-1)" | "((1<<128)-1)"))
            }
            _ => false,
        }
    }

    /// Whether an expression stands in `int(..., 16)`.
    fn is_hexadecimal(&self, open: Option<u32>, comma: u32) -> bool {
        let Some(open) = open.filter(|open| self.kind(*open) == Kind::Open && *open > 1) else {
            return false;
        };
        self.trailer(open)
            && self.spelling(open - 1) == "int"
            && self.kind(open - 2) != Kind::Dot
            && self.spelling(comma + 1) == "16"
            && self.kind(comma + 2) == Kind::Close
    }

    /// Whether `"%.8s" %` stands before an expression.
    fn is_cut_by_format(&self, percent: u32, length: u64) -> bool {
        let Some(text) = percent.checked_sub(1) else { return false };
        if self.kind(percent) != Kind::Operator
            || self.byte(percent) != b'%'
            || self.kind(text) != Kind::Text
        {
            return false;
        }
        let format = self.spelling(text);
        let Some((_, kept)) = format.split_once("%.") else { return false };
        let digits = kept.bytes().take_while(u8::is_ascii_digit).count();
        let (kept, rest) = kept.split_at(digits);
        rest.starts_with(['s', 'r']) && kept.parse::<u64>().is_ok_and(|kept| kept < length)
    }

    /// How much of the text the format of a field keeps: 8 in `:.8`.
    fn precision(&self, at: u32) -> Option<u64> {
        let at = if self.kind(at) == Kind::Conversion { at + 1 } else { at };
        if self.kind(at) != Kind::FormatColon || self.kind(at + 1) != Kind::FText {
            return None;
        }
        let format = self.spelling(at + 1);
        let (_, kept) = format.split_once('.')?;
        let digits = kept.bytes().take_while(u8::is_ascii_digit).count();
        kept.get(..digits)?.parse().ok()
    }

    /// Looks left from an expression for the name that it is given.
    fn target(
        &self,
        first: u32,
        last: u32,
        literal: &mut Option<String>,
        depth: usize,
    ) -> Option<String> {
        if depth > 16 {
            return None;
        }
        let _ = last;
        let mut at = first;
        for _ in 0..REACH {
            at = at.checked_sub(1)?;
            self.mark.set(at);
            match self.kind(at) {
                // What only decides is no part of the id.
                Kind::Keyword(Keyword::If | Keyword::In | Keyword::Not | Keyword::While)
                    if self.parts =>
                {
                    return None;
                }
                Kind::Operator if self.parts && self.compares(at) => return None,
                Kind::Comma if self.parts => {
                    let around = self.around(at)?;
                    if self.kind(around) != Kind::Open || self.byte(around) != b'(' {
                        return None;
                    }
                    at = around + 1;
                }
                Kind::Close | Kind::FEnd | Kind::FieldClose => {
                    at = self.token(at).map_or(at, |token| token.link.min(at));
                }
                Kind::Text if literal.is_none() && self.is_plus(at + 1) => {
                    *literal = Some(unquoted(&self.spelling(at)));
                }
                Kind::Keyword(Keyword::Return) => return Some("return".to_owned()),
                Kind::Keyword(Keyword::Yield) => return Some("yield".to_owned()),
                Kind::Walrus => return self.name(at.checked_sub(1)?),
                Kind::Augmented => return self.assigned(at),
                Kind::Equal => return self.equal(at, literal, depth),
                Kind::Colon => {
                    let before = at.checked_sub(1)?;
                    let lambda = Kind::Keyword(Keyword::Lambda);
                    if self.kind(before) == lambda {
                        at = before;
                    } else if before > 0 && self.kind(before - 1) == lambda {
                        at = before - 1;
                    } else {
                        let around = self.around(at)?;
                        let names = match self.kind(around) {
                            Kind::Open => self.byte(around) != b'[',
                            _ => self.head_end(around) != Some(at),
                        };
                        return if names { self.name(before) } else { None };
                    }
                }
                Kind::FieldOpen => {
                    if literal.is_none() && self.kind(at.checked_sub(1)?) == Kind::FText {
                        *literal = Some(self.spelling(at - 1));
                    }
                    // The start of the string is found by going left over its other fields.
                    for _ in 0..REACH {
                        if self.kind(at) == Kind::FStart {
                            break;
                        }
                        at = at.checked_sub(1)?;
                        if self.kind(at) == Kind::FieldClose {
                            at = self.token(at).map_or(at, |token| token.link.min(at));
                        }
                    }
                    if self.kind(at) != Kind::FStart {
                        return None;
                    }
                }
                Kind::Open => {
                    let group = self.parts && self.byte(at) == b'[' && !self.trailer(at);
                    if self.byte(at) != b'(' && !group {
                        return None;
                    }
                    if self.trailer(at) {
                        let callee = self.spelling(at.checked_sub(1)?);
                        let form = self.parts && FORMS.contains(&callee.as_str());
                        let maker = form
                            || matches!(callee.as_str(), "str" | "repr" | "int" | "field")
                            || callee.starts_with(|first: char| first.is_ascii_uppercase());
                        if !maker {
                            return None;
                        }
                    }
                }
                Kind::Comma | Kind::Line | Kind::Semicolon | Kind::FStart | Kind::End => {
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    /// Whether an operator compares.
    fn compares(&self, at: u32) -> bool {
        matches!(self.spelling(at).as_str(), "==" | "!=" | "<" | ">" | "<=" | ">=")
    }

    fn is_plus(&self, at: u32) -> bool {
        self.kind(at) == Kind::Operator && matches!(self.byte(at), b'+' | b'%')
    }

    /// Reads what stands left of an equals sign: an assignment, a keyword or a default.
    fn equal(&self, equal: u32, literal: &mut Option<String>, depth: usize) -> Option<String> {
        let name = self.assigned(equal)?;
        if !MAKERS.contains(&name.as_str()) {
            return Some(name);
        }
        let mut at = equal;
        for _ in 0..REACH {
            at = at.checked_sub(1)?;
            match self.kind(at) {
                Kind::Close | Kind::FEnd | Kind::FieldClose => {
                    at = self.token(at).map_or(at, |token| token.link.min(at));
                }
                Kind::Open => {
                    let last = self.token(at).map_or(at, |token| token.link);
                    return self.target(at, last, literal, depth + 1).or(Some(name));
                }
                Kind::Line | Kind::Semicolon => break,
                _ => {}
            }
        }
        Some(name)
    }

    /// What a place stands in: the open bracket around it, or what begins its statement.
    pub(crate) fn around(&self, mut at: u32) -> Option<u32> {
        for _ in 0..REACH {
            at = at.checked_sub(1)?;
            match self.kind(at) {
                Kind::Close | Kind::FEnd | Kind::FieldClose => {
                    at = self.token(at).map_or(at, |token| token.link.min(at));
                }
                Kind::Open | Kind::FieldOpen | Kind::Line | Kind::Semicolon => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// The colon that ends the head of the compound statement which a line begins with.
    fn head_end(&self, line: u32) -> Option<u32> {
        use Keyword as K;
        let mut at = line + 1;
        let first = self.kind(at);
        let heads = match first {
            Kind::Keyword(keyword) => matches!(
                keyword,
                K::If
                    | K::Elif
                    | K::Else
                    | K::While
                    | K::For
                    | K::With
                    | K::Try
                    | K::Except
                    | K::Finally
                    | K::Def
                    | K::Class
                    | K::Async
            ),
            Kind::Name => {
                self.spelling(at) == "case"
                    && !matches!(self.kind(at + 1), Kind::Colon | Kind::Equal)
            }
            _ => false,
        };
        if self.kind(line) != Kind::Line || !heads {
            return None;
        }
        let mut lambdas = 0u32;
        for _ in 0..REACH {
            match self.kind(at) {
                Kind::Keyword(K::Lambda) => lambdas += 1,
                Kind::Colon if lambdas == 0 => return Some(at),
                Kind::Colon => lambdas -= 1,
                Kind::Open | Kind::FStart => at = self.token(at)?.link.max(at),
                Kind::Line | Kind::End => return None,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The name that ends before an equals sign, or before its annotation.
    fn assigned(&self, equal: u32) -> Option<String> {
        let mut at = equal;
        let mut annotated = None;
        let head = self.around(equal).and_then(|around| self.head_end(around));
        for _ in 0..REACH {
            let Some(next) = at.checked_sub(1) else { break };
            at = next;
            match self.kind(at) {
                Kind::Close | Kind::FEnd => {
                    at = self.token(at).map_or(at, |token| token.link.min(at));
                }
                Kind::Colon if Some(at) == head => break,
                Kind::Colon => annotated = Some(at),
                Kind::Comma | Kind::Open | Kind::Line | Kind::Semicolon | Kind::Equal => break,
                _ => {}
            }
        }
        self.name(annotated.unwrap_or(equal).checked_sub(1)?)
    }

    /// The name that an expression ends with: `user_id` in `self.user_id` and `data["user_id"]`.
    pub(crate) fn name(&self, at: u32) -> Option<String> {
        match self.kind(at) {
            Kind::Name => Some(self.spelling(at)),
            Kind::Text => Some(unquoted(&self.spelling(at))),
            Kind::Close => {
                let open = self.token(at)?.link;
                let key = open + 1;
                let lone = key + 1 == at && matches!(self.kind(key), Kind::Text | Kind::Name);
                if self.byte(open) == b'[' && lone { self.name(key) } else { None }
            }
            _ => None,
        }
    }
}

/// The text of a string without prefix and quotes.
pub(crate) fn unquoted(text: &str) -> String {
    let start = text.find(['"', '\'']).unwrap_or(0);
    text.get(start..).unwrap_or(text).trim_matches(['"', '\'']).to_owned()
}
