//! Ids that are read and written while the program is compiled.
//!
//! All through the table codec, which the compiler can run. Invariant: what is read here is what `Id::parse` reads, and the
//! message of the compiler is made of the same words (`error.rs`). Only scopes that are written as a core are read; the
//! other spellings of a thread are for texts from outside.

use crate::codec::{CORE_CHARS, table};
use crate::error::{Detail, Rejection, SOME_CHARACTER};
use crate::kind::MAX_PREFIX_BYTES;
use crate::{Core, Id, Kind, ParseErrorKind, Unscoped, Within};

/// Makes a constant of the text of an id; a text that is none is an error of the compiler.
///
/// The type is [`Core`](crate::Core) or a typed id, of a kind of one's own too.
///
/// # Examples
///
/// ```
/// use unified_id::{ThreadId, WebsocketId};
///
/// const LOBBY: ThreadId = unified_id::id!(ThreadId, "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
/// assert_eq!(LOBBY.to_string(), "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
///
/// let socket = unified_id::id!(WebsocketId, "websocket_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt");
/// assert_eq!(socket.user().core(), LOBBY.core());
/// ```
///
/// ```compile_fail
/// // character `i` at byte 13 is not in the id alphabet
/// let _ = unified_id::id!(unified_id::ThreadId, "thread_01m7wqi1fbff4sq3bgc5bhn9e0");
/// ```
#[macro_export]
macro_rules! id {
    ($type:ty, $text:expr $(,)?) => {{
        // A named constant: an inline one is evaluated when code is generated, so `cargo check` would say nothing.
        const ID: $type = <$type>::__of_literal($text);
        ID
    }};
}

/// The most bytes of a typed id: the longest prefix and two cores.
const MAX_TEXT_BYTES: usize = MAX_PREFIX_BYTES + 2 * (1 + CORE_CHARS);

/// The text of an id of any kind, written while the program is compiled.
///
/// # Examples
///
/// ```
/// use unified_id::{ConstText, ThreadId};
///
/// const LOBBY: ThreadId = unified_id::id!(ThreadId, "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
/// const TEXT: ConstText = LOBBY.to_text_const();
/// const TOPIC: &str = TEXT.as_str();
/// assert_eq!(TOPIC, "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConstText(Line<MAX_TEXT_BYTES>);

impl ConstText {
    /// Returns the text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl AsRef<str> for ConstText {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl core::fmt::Display for ConstText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.as_str())
    }
}

impl core::fmt::Debug for ConstText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Core {
    /// Reads 26 characters of base32, in either case, in a constant.
    ///
    /// Outside of constants [`parse`](Self::parse) is faster and says more; [`id!`](crate::id!) makes the error one of the
    /// compiler.
    ///
    /// # Errors
    ///
    /// The kinds of [`parse`](Self::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{Core, ParseErrorKind};
    ///
    /// const OVERFLOW: bool =
    ///     matches!(Core::parse_const("8zzzzzzzzzzzzzzzzzzzzzzzzz"), Err(ParseErrorKind::Overflow));
    /// assert!(OVERFLOW);
    /// ```
    pub const fn parse_const(text: &str) -> Result<Self, ParseErrorKind> {
        kind_of_refusal(Self::read_const(text))
    }

    const fn read_const(text: &str) -> Result<Self, Rejection> {
        if text.is_empty() {
            return Err(Rejection::new(ParseErrorKind::Empty, 0));
        }
        Self::read_by_table(text.as_bytes())
    }

    /// Returns the 26 characters, in lower case, in a constant; otherwise [`to_text`](Self::to_text) is faster.
    #[must_use]
    pub const fn to_text_const(self) -> ConstText {
        ConstText(Line::new().with_core(self))
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn __of_literal(text: &str) -> Self {
        or_stop(text, Self::read_const(text))
    }
}

impl<K: Kind<Scope = Unscoped>> Id<K, Unscoped> {
    /// Reads the text of an id of this kind in a constant.
    ///
    /// Outside of constants [`parse`](Self::parse) is faster and says more; [`id!`](crate::id!) makes the error one of the
    /// compiler.
    ///
    /// # Errors
    ///
    /// The kinds of [`parse`](Self::parse), but for [`OtherFormat`](ParseErrorKind::OtherFormat): no old format is tried.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{ParseErrorKind, UserId};
    ///
    /// const USER: Result<UserId, ParseErrorKind> = UserId::parse_const("user_01m7wqt1fbff4sq3bgc5bhn9e0");
    /// assert!(USER.is_ok());
    /// ```
    pub const fn parse_const(text: &str) -> Result<Self, ParseErrorKind> {
        kind_of_refusal(Self::read_const(text))
    }

    const fn read_const(text: &str) -> Result<Self, Rejection> {
        let (rest, at) = match after_prefix(text.as_bytes(), K::PREFIX) {
            Ok(found) => found,
            Err(rejection) => return Err(rejection),
        };
        match Core::read_by_table(rest) {
            Ok(core) => Ok(Self::from_core(core)),
            Err(rejection) => Err(crate::parse::reject_unscoped(rest, rejection).shifted(at)),
        }
    }

    /// Returns the canonical text, in a constant; otherwise [`to_text`](Self::to_text) is faster.
    #[must_use]
    pub const fn to_text_const(&self) -> ConstText {
        ConstText(Line::new().with(K::PREFIX).with("_").with_core(self.core()))
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn __of_literal(text: &str) -> Self {
        or_stop(text, Self::read_const(text))
    }
}

impl<P: Kind<Scope = Unscoped>, K: Kind<Scope = Within<P>>> Id<K, Within<P>> {
    /// Reads the text of an id of this kind in a constant; the scope has to be written as a core.
    ///
    /// # Errors
    ///
    /// [`WrongLength`](ParseErrorKind::WrongLength) if prefix, scope and core have not the length of an id of this kind,
    /// where [`parse`](Self::parse) looks at the scope first and says what is wrong with it; otherwise its kinds, but for
    /// [`OtherFormat`](ParseErrorKind::OtherFormat).
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{ParseErrorKind, RunId};
    ///
    /// const MISSING: Result<RunId, ParseErrorKind> = RunId::parse_const("run_01m7wqt1fbff4sq3bgc5bhn9e0");
    /// assert_eq!(MISSING, Err(ParseErrorKind::MissingScope));
    /// ```
    pub const fn parse_const(text: &str) -> Result<Self, ParseErrorKind> {
        kind_of_refusal(Self::read_const(text))
    }

    const fn read_const(text: &str) -> Result<Self, Rejection> {
        let (rest, at) = match after_prefix(text.as_bytes(), K::PREFIX) {
            Ok(found) => found,
            Err(rejection) => return Err(rejection),
        };
        if Core::read_by_table(rest).is_ok() {
            return Err(Rejection::new(ParseErrorKind::MissingScope, at));
        }
        let (scope, core) = match crate::parse::split_core(rest) {
            Some((scope, core)) if scope.len() == CORE_CHARS => (scope, core),
            _ => return Err(Rejection::new(ParseErrorKind::WrongLength, at)),
        };
        match (Core::read_by_table(scope), Core::read_by_table(core)) {
            (Ok(scope), Ok(core)) => Ok(Self::from_parts(Id::from_core(scope), core)),
            (Err(rejection), _) => {
                Err(rejection.as_kind(ParseErrorKind::MistypedScope).shifted(at))
            }
            (_, Err(rejection)) => Err(rejection.shifted(at + CORE_CHARS + 1)),
        }
    }

    /// Returns the canonical text, in a constant; otherwise [`to_text`](Self::to_text) is faster.
    #[must_use]
    pub const fn to_text_const(&self) -> ConstText {
        let scope = Line::new().with(K::PREFIX).with("_").with_core(self.scope().core());
        ConstText(scope.with("_").with_core(self.core()))
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn __of_literal(text: &str) -> Self {
        or_stop(text, Self::read_const(text))
    }
}

/// Returns what follows the prefix and its `_`, and where.
const fn after_prefix<'a>(
    text: &'a [u8],
    prefix: &'static str,
) -> Result<(&'a [u8], usize), Rejection> {
    if text.is_empty() {
        return Err(Rejection::new(ParseErrorKind::Empty, 0));
    }
    if text.len() > prefix.len() {
        let (start, rest) = text.split_at(prefix.len());
        if let [b'_', rest @ ..] = rest
            && is_equal(start, prefix.as_bytes())
        {
            return Ok((rest, prefix.len() + 1));
        }
    }
    Err(Rejection::wrong_kind(prefix))
}

const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

const fn kind_of_refusal<T: Copy>(read: Result<T, Rejection>) -> Result<T, ParseErrorKind> {
    match read {
        Ok(value) => Ok(value),
        Err(rejection) => Err(rejection.kind),
    }
}

/// Returns what was read, or ends the compilation with what is wrong, where, and what to do.
const fn or_stop<T: Copy>(text: &str, read: Result<T, Rejection>) -> T {
    match read {
        Ok(value) => value,
        Err(rejection) => {
            let message = message(text, rejection);
            panic!("{}", message.as_str())
        }
    }
}

/// Fills the template of a rejection, as `Display` of an error does.
const fn message(text: &str, rejection: Rejection) -> Line<256> {
    let (template, mut at) = (rejection.template().as_bytes(), 0);
    let mut line = Line::new().with("not an id: ");
    while at < template.len() {
        if template[at] != b'{' {
            line = line.with_byte(template[at]);
            at += 1;
            continue;
        }
        // Which place it is, its second letter tells.
        line = match (template[at + 2], rejection.detail) {
            (b'o', _) => line.with_found(text.as_bytes(), rejection.position as usize),
            (b'e', Detail::Length(length)) => line.with_number(length),
            (b'e', Detail::Prefix(text) | Detail::Format(text)) => line.with(text),
            _ => line.with_number(rejection.position),
        };
        while template[at] != b'}' {
            at += 1;
        }
        at += 1;
    }
    line.with("; ").with(rejection.help())
}

/// A text of at most `N` bytes that the compiler can write; what is too much is left out.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Line<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Line<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    const fn with_byte(mut self, byte: u8) -> Self {
        if self.len < N {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
        self
    }

    const fn with_bytes(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self = self.with_byte(bytes[at]);
            at += 1;
        }
        self
    }

    const fn with(self, text: &str) -> Self {
        self.with_bytes(text.as_bytes())
    }

    const fn with_core(self, core: Core) -> Self {
        self.with_bytes(&table::encode(core.to_u128()))
    }

    const fn with_number(mut self, number: u16) -> Self {
        if number > 9 {
            self = self.with_number(number / 10);
        }
        self.with_byte(b'0' + (number % 10) as u8)
    }

    /// Writes the character at a byte of a text.
    const fn with_found(self, text: &[u8], at: usize) -> Self {
        if at >= text.len() || !text[at].is_ascii_graphic() {
            return self.with(SOME_CHARACTER);
        }
        self.with("character `").with_byte(text[at]).with("`")
    }

    const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // Cut within a character, which only the text of a program of ours could have.
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;
    use crate::{RunId, ThreadId};

    const CORE: &str = "01m7wqt1fbff4sq3bgc5bhn9e0";

    #[test]
    fn the_compiler_says_what_the_program_says() {
        let cases = [
            ("", ThreadId::read_const("").unwrap_err()),
            ("run_x", ThreadId::read_const("run_x").unwrap_err()),
            ("thread_", ThreadId::read_const("thread_").unwrap_err()),
            (
                "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
                ThreadId::read_const("thread_01m7wqi1fbff4sq3bgc5bhn9e0").unwrap_err(),
            ),
            (
                "thread_8zzzzzzzzzzzzzzzzzzzzzzzzz",
                ThreadId::read_const("thread_8zzzzzzzzzzzzzzzzzzzzzzzzz").unwrap_err(),
            ),
            (
                "thread_01m7wqt1fbff4sq3bgc5bhn9e",
                ThreadId::read_const("thread_01m7wqt1fbff4sq3bgc5bhn9e").unwrap_err(),
            ),
        ];
        for (text, rejection) in cases {
            let error = ThreadId::parse(text).unwrap_err();
            assert_eq!(
                (error.kind(), error.position()),
                (rejection.kind, usize::from(rejection.position))
            );
            let said = error.to_string();
            let expected = said.strip_prefix(&format!("invalid id `{text}`: ")).unwrap();
            assert_eq!(
                message(text, rejection).as_str(),
                format!("not an id: {expected}; {}", error.help())
            );
        }
        let twice = format!("run_{CORE}_{CORE}");
        assert_eq!(RunId::read_const(&twice).unwrap().to_text_const().as_str(), twice);
    }

    #[test]
    #[cfg(feature = "std")]
    fn what_would_stop_the_compiler_stops_the_program() {
        // Only the macro calls these functions, and it lets the compiler run them.
        let said = |run: fn()| {
            let panic = std::panic::catch_unwind(run).unwrap_err();
            panic.downcast_ref::<alloc::string::String>().unwrap().clone()
        };
        let core = said(|| drop(Core::__of_literal("x").to_string()));
        assert!(
            core.starts_with("not an id: 1 characters at byte 0 where a core has 26; "),
            "{core}"
        );
        let thread = said(|| drop(ThreadId::__of_literal("run_x").to_string()));
        assert!(thread.starts_with("not an id: does not start with `thread_`; "), "{thread}");
        let run = said(|| drop(RunId::__of_literal("run_x").to_string()));
        assert!(run.starts_with("not an id: no core of 26 characters at byte 4; "), "{run}");
        let thread = ThreadId::__of_literal(&format!("thread_{CORE}"));
        let run = RunId::__of_literal(&format!("run_{CORE}_{CORE}"));
        assert_eq!((thread.core(), run.thread()), (Core::__of_literal(CORE), thread));
    }

    #[test]
    fn a_line_takes_no_more_than_it_has_room_for() {
        let line = Line::<4>::new().with("abc").with_number(123);
        assert_eq!(line.as_str(), "abc1");
        assert_eq!(Line::<4>::new().with("abc\u{e9}").as_str(), "");
        assert_eq!(Line::<64>::new().with_found("\u{e9}".as_bytes(), 0).as_str(), SOME_CHARACTER);
    }
}
