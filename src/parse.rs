//! `parse_any(text)`: any text becomes one id or one error.
//!
//! Order: a bare core; a built-in prefix, read from the right; a foreign typed id; the table of legacy formats; then the
//! diagnosis. Reading is total, trims nothing, folds no Unicode and looks at no more than 512 bytes. Next: `thread.rs`, the
//! thread of what was read.

use crate::codec::CORE_CHARS;
use crate::error::Rejection;
use crate::kind::{MAX_PACKED_BYTES, ScopeRule, packed_prefix};
use crate::legacy::{LegacyId, Reader, Refusal};
use crate::thread::{ReadScope, is_near_core, read_scope};
use crate::unified::{ScopeRef, UnifiedRef};
use crate::{Core, ForeignId, IdKind, ParseError, ParseErrorKind, ThreadKey};

/// The longest text that is looked at.
pub(crate) const MAX_INPUT_BYTES: usize = 512;

/// What a text was read as.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ParsedId<'a> {
    /// An id of a built-in kind.
    Unified(UnifiedRef<'a>),
    /// A typed id with a prefix of another system.
    Foreign(ForeignId<'a>),
    /// A core without a prefix: a ULID in either case.
    Bare(Core),
    /// What an older system wrote. It may be ambiguous.
    Legacy(LegacyId<'a>),
}

impl<'a> ParsedId<'a> {
    /// Returns the id, if it is of a built-in kind.
    #[must_use]
    pub const fn as_unified(&self) -> Option<UnifiedRef<'a>> {
        match self {
            Self::Unified(id) => Some(*id),
            _ => None,
        }
    }

    /// Returns the id, if an older system wrote it.
    #[must_use]
    pub const fn as_legacy(&self) -> Option<LegacyId<'a>> {
        match self {
            Self::Legacy(id) => Some(*id),
            _ => None,
        }
    }

    /// Returns the core, which a legacy id does not have.
    #[must_use]
    pub const fn core(&self) -> Option<Core> {
        match self {
            Self::Unified(id) => Some(id.core),
            Self::Foreign(id) => Some(id.core()),
            Self::Bare(core) => Some(*core),
            Self::Legacy(_) => None,
        }
    }

    /// Returns the name of the format: `canonical`, `typeid`, `ulid` or that of a legacy format.
    ///
    /// `application` stands for every row of the application; [`LegacyId::row`] has the name of its own.
    #[must_use]
    pub fn format(&self) -> &'static str {
        match self {
            Self::Unified(_) => "canonical",
            Self::Foreign(_) => "typeid",
            Self::Bare(_) => "ulid",
            Self::Legacy(id) => id.format().into(),
        }
    }

    /// Returns the key of the thread that the id names first; of an ambiguous id other readings may give another.
    ///
    /// Not to be routed on without looking at [`LegacyId::is_ambiguous`] and [`LegacyId::thread_is_prefix`].
    #[must_use]
    pub fn thread_key(&self) -> Option<ThreadKey> {
        match self {
            Self::Unified(id) => id.thread_key(),
            Self::Legacy(id) => {
                id.thread().and_then(|thread| ThreadKey::parse(&thread.to_cow()).ok())
            }
            Self::Foreign(_) | Self::Bare(_) => None,
        }
    }
}

/// Reads any text as an id.
///
/// # Errors
///
/// [`ParseError`] says what is wrong, at which byte, and what to do.
///
/// # Examples
///
/// ```
/// use unified_id::{IdKind, ParseErrorKind, ParsedId, parse_any};
///
/// let text = "run_user123_01m7wqt1fbff4sq3bgc5bhn9e0";
/// let ParsedId::Unified(run) = parse_any(text)? else { panic!() };
/// assert_eq!((run.kind(), run.scope_text()), (IdKind::Run, Some("user123")));
///
/// let ParsedId::Legacy(old) = parse_any("thread_user123_run_1693430400000_a1b2c3d4")? else { panic!() };
/// assert_eq!(old.thread().unwrap().to_string(), "user123");
///
/// let error = parse_any("run_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::MissingScope);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// # Specification
///
/// `docs/spec/id-format.md` and `docs/spec/legacy-formats.md`.
#[inline]
pub fn parse_any(text: &str) -> Result<ParsedId<'_>, ParseError> {
    static READER: Reader = Reader::new();
    READER.parse_any(text)
}

/// Reads any bytes as an id.
///
/// # Errors
///
/// As [`parse_any`]; [`NotUtf8`](ParseErrorKind::NotUtf8) if the bytes are not UTF-8.
pub fn parse_any_bytes(text: &[u8]) -> Result<ParsedId<'_>, ParseError> {
    match str::from_utf8(text) {
        Ok(text) => parse_any(text),
        Err(_) if text.len() > MAX_INPUT_BYTES => {
            Err(Rejection::new(ParseErrorKind::TooLong, MAX_INPUT_BYTES).explain(text))
        }
        Err(error) => {
            Err(Rejection::new(ParseErrorKind::NotUtf8, error.valid_up_to()).explain(text))
        }
    }
}

impl Reader {
    /// Reads any text as an id, legacy ids as this reader does.
    ///
    /// # Errors
    ///
    /// As [`parse_any`].
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ParsedId;
    /// use unified_id::legacy::{Dialect, Reader};
    ///
    /// let text = "run_user_session_67890_ef123456";
    /// let reader = Reader::new().with_dialect(Dialect::IdManager);
    /// let ParsedId::Legacy(id) = reader.parse_any(text)? else { panic!() };
    /// assert!(!id.is_ambiguous());
    /// assert_eq!(id.thread().unwrap().to_string(), "user_session_67890");
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[inline]
    pub fn parse_any<'a>(&'a self, text: &'a str) -> Result<ParsedId<'a>, ParseError> {
        // Each answer is returned where it is made: a value with room for a legacy id is large, and moving it costs more than
        // reading a new one.
        if let Some(id) = read_cores(text) {
            return Ok(ParsedId::Unified(id));
        }
        self.parse_slow(text)
    }

    /// As [`parse_any`](Self::parse_any), into the place where the answer is to be.
    #[inline]
    pub(crate) fn parse_into<'a>(
        &'a self,
        text: &'a str,
        parsed: &mut Result<ParsedId<'a>, ParseError>,
    ) {
        match read_cores(text) {
            Some(id) => *parsed = Ok(ParsedId::Unified(id)),
            None => self.parse_slow_into(text, parsed),
        }
    }

    #[inline(never)]
    fn parse_slow<'a>(&'a self, text: &'a str) -> Result<ParsedId<'a>, ParseError> {
        let mut parsed = Ok(ParsedId::Legacy(LegacyId::unread(text)));
        self.parse_rest(text, &mut parsed);
        parsed
    }

    #[inline(never)]
    fn parse_slow_into<'a>(&'a self, text: &'a str, parsed: &mut Result<ParsedId<'a>, ParseError>) {
        *parsed = Ok(ParsedId::Legacy(LegacyId::unread(text)));
        self.parse_rest(text, parsed);
    }

    /// Reads what is not a prefix and one or two cores, into an id that is not read yet.
    #[inline]
    fn parse_rest<'a>(&'a self, text: &'a str, parsed: &mut Result<ParsedId<'a>, ParseError>) {
        if may_end_in_core(text.as_bytes()) {
            *parsed = match read_canonical(text) {
                Ok(id) => Ok(ParsedId::Unified(id)),
                Err(verdict) => self.parse_others(text, verdict),
            };
        } else if let Ok(ParsedId::Legacy(id)) = parsed
            && let Err(refusal) = self.read_into(text, id)
        {
            *parsed = Err(explain_refusal(text, refusal));
        }
    }

    /// Reads what is no id of a built-in kind.
    fn parse_others<'a>(
        &'a self,
        text: &'a str,
        verdict: Verdict,
    ) -> Result<ParsedId<'a>, ParseError> {
        let bytes = text.as_bytes();
        if let Ok((core, _)) = Core::read(bytes) {
            return Ok(ParsedId::Bare(core));
        }
        if verdict.is_final {
            return Err(verdict.rejection.explain(bytes));
        }
        if let Some(id) = ForeignId::read(text) {
            return Ok(ParsedId::Foreign(id));
        }
        match self.read(text) {
            Ok(id) => Ok(ParsedId::Legacy(id)),
            Err(refusal) => Err(diagnose(text, verdict.rejection, refusal).explain(bytes)),
        }
    }
}

/// Tells whether a core, or what is almost one, may be the last part of a text: what is none cannot be of the new format, or
/// a mistyped id of it, or foreign, or bare. Most ids of older systems are told apart here, by a few bytes.
#[inline]
fn may_end_in_core(text: &[u8]) -> bool {
    let Some((before, last)) = text.split_last_chunk::<{ CORE_CHARS - 1 }>() else { return false };
    // One of the three bytes before it separates the last part, or that part is all there is; and nothing separates inside.
    (before.len() <= 2 || before[before.len() - 3..].contains(&b'_')) && !last.contains(&b'_')
}

/// Says why a text is no id that does not end like one of the new format.
#[cold]
fn explain_refusal(text: &str, refusal: Refusal) -> ParseError {
    let canonical = match read_canonical(text) {
        Err(verdict) => verdict.rejection,
        // It would end in a core.
        Ok(_) => Rejection::new(ParseErrorKind::UnknownFormat, 0),
    };
    diagnose(text, canonical, refusal).explain(text.as_bytes())
}

/// Chooses the rejection that helps most, of a text that is no id at all.
#[cold]
fn diagnose(text: &str, canonical: Rejection, legacy: Refusal) -> Rejection {
    let legacy = legacy.rejection();
    if legacy.kind == ParseErrorKind::UnknownFormat {
        return diagnose_unknown(text, canonical);
    }
    // What the reader of the new format says of an empty thread has its place; the table only knows that there is one.
    if legacy.kind == canonical.kind { canonical } else { legacy }
}

fn diagnose_unknown(text: &str, canonical: Rejection) -> Rejection {
    let bytes = text.as_bytes();
    if is_near_core(bytes)
        && let Err(rejection) = Core::read(bytes)
    {
        return rejection;
    }
    // A foreign prefix before what is almost a core.
    if canonical.kind == ParseErrorKind::UnknownFormat
        && let Some(at) = text.rfind('_')
        && is_near_core(&bytes[at + 1..])
        && let Err(rejection) = Core::read(&bytes[at + 1..])
    {
        return rejection.shifted(at + 1);
    }
    canonical
}

/// Explains why a text is not what a type holds; an id of another format is named as such.
#[cold]
pub(crate) fn explain(rejection: Rejection, text: &[u8]) -> ParseError {
    // A text of another kind is told from an id of another format by its prefix already.
    let rejection = match rejection.kind {
        ParseErrorKind::WrongKind | ParseErrorKind::Empty => rejection,
        _ => match parse_any_bytes(text) {
            Ok(ParsedId::Legacy(id)) => Rejection::other_format(id.format().into()),
            // Kinds of applications are foreign to a reader that knows the built-in ones alone.
            Ok(other) if rejection.kind == ParseErrorKind::UnknownFormat => {
                Rejection::other_format(other.format())
            }
            _ => rejection,
        },
    };
    rejection.explain(text)
}

/// Why a text is no canonical id, and whether another format may still be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) rejection: Rejection,
    /// No other format is tried: the text is this id, mistyped.
    pub(crate) is_final: bool,
}

impl Verdict {
    const fn last(rejection: Rejection) -> Self {
        Self { rejection, is_final: true }
    }

    const fn open(rejection: Rejection) -> Self {
        Self { rejection, is_final: false }
    }
}

/// Reads the common case: the prefix of a built-in kind, then a core, or two of a kind with a scope.
///
/// Takes nothing that [`read_canonical`] would read otherwise; says nothing about what it does not take.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "returned by memory, what was read would cost more than the reading"
)]
fn read_cores(text: &str) -> Option<UnifiedRef<'_>> {
    let (packed, prefix_len) = packed_prefix(text.as_bytes())?;
    let kind = IdKind::from_packed(packed)?;
    let rest = text.as_bytes().get(prefix_len + 1..)?;
    let (scope, core, is_canonical) = if kind.scope_rule() == ScopeRule::None {
        let (core, has_upper) = Core::read_exact(rest)?;
        (ScopeRef::None, core, !has_upper)
    } else {
        let (scope, core, is_canonical) = two_cores(rest)?;
        (ScopeRef::Core(scope), core, is_canonical)
    };
    Some(UnifiedRef { kind, scope, core, text, is_canonical })
}

/// Reads an id of a built-in kind, as it stands in a text.
#[inline]
pub(crate) fn read_canonical(text: &str) -> Result<UnifiedRef<'_>, Verdict> {
    let (kind, _, parts) = read_parts(text.as_bytes())?;
    Ok(UnifiedRef {
        kind,
        scope: parts.scope,
        core: parts.core,
        text,
        is_canonical: parts.is_canonical,
    })
}

/// Reads an id of a built-in kind: the kind, where the text goes on after the prefix, scope and core.
pub(crate) fn read_parts(text: &[u8]) -> Result<(IdKind, usize, Parts<'_>), Verdict> {
    if text.is_empty() {
        return Err(Verdict::last(Rejection::new(ParseErrorKind::Empty, 0)));
    }
    if text.len() > MAX_INPUT_BYTES {
        return Err(Verdict::last(Rejection::new(ParseErrorKind::TooLong, MAX_INPUT_BYTES)));
    }
    let prefix_len = text.iter().take(MAX_PACKED_BYTES + 1).position(|byte| *byte == b'_');
    let kind = prefix_len.and_then(|len| Some((IdKind::from_prefix_bytes(&text[..len])?, len)));
    let Some((kind, prefix_len)) = kind else {
        return Err(Verdict::open(Rejection::new(ParseErrorKind::UnknownFormat, 0)));
    };
    let at = prefix_len + 1;
    let parts = match kind.scope_rule() {
        ScopeRule::None => read_unscoped(text, at)?,
        rule => read_scoped(text, at, Some(rule))?,
    };
    Ok((kind, at, parts))
}

/// The scope and core of an id of a kind that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) scope: ScopeRef<'a>,
    pub(crate) core: Core,
    pub(crate) is_canonical: bool,
}

/// Reads what follows the prefix of a kind without a scope, from byte `at`.
fn read_unscoped(text: &[u8], at: usize) -> Result<Parts<'_>, Verdict> {
    let rest = &text[at..];
    match Core::read(rest) {
        Ok((core, has_upper)) => {
            Ok(Parts { scope: ScopeRef::None, core, is_canonical: !has_upper })
        }
        Err(rejection) if is_near_core(rest) => Err(Verdict::last(rejection.shifted(at))),
        Err(rejection) => Err(Verdict::open(reject_unscoped(rest, rejection).shifted(at))),
    }
}

/// Says what is wrong with the text after the prefix of a kind without a scope.
#[cold]
pub(crate) const fn reject_unscoped(rest: &[u8], rejection: Rejection) -> Rejection {
    match split_core(rest) {
        Some((_, core)) if Core::read_by_table(core).is_ok() => {
            Rejection::new(ParseErrorKind::UnexpectedScope, 0)
        }
        _ if rest.is_empty() => Rejection::length(0, 0),
        _ => rejection,
    }
}

/// Reads what follows the prefix of a kind with a scope, from byte `at`.
///
/// `rule` is `None` for kinds of applications, whose scope is a core as it is written.
pub(crate) fn read_scoped(
    text: &[u8],
    at: usize,
    rule: Option<ScopeRule>,
) -> Result<Parts<'_>, Verdict> {
    let rest = &text[at..];
    if let Some((scope, core, is_canonical)) = two_cores(rest) {
        return Ok(Parts { scope: ScopeRef::Core(scope), core, is_canonical });
    }
    match Core::read(rest) {
        Ok(_) => return Err(Verdict::last(Rejection::new(ParseErrorKind::MissingScope, at))),
        Err(rejection) if is_near_core(rest) => return Err(Verdict::last(rejection.shifted(at))),
        Err(_) => {}
    }
    let Some((scope, core)) = split_core(rest) else {
        return Err(reject_last_part(rest, at, rule));
    };
    let Ok((core, core_has_upper)) = Core::read(core) else {
        return Err(reject_last_part(rest, at, rule));
    };
    let scope = read_scope_by(scope, rule).map_err(|rejection| {
        let is_final = rejection.kind == ParseErrorKind::MistypedScope;
        Verdict { rejection: rejection.shifted(at), is_final }
    })?;
    Ok(Parts { scope: scope.scope, core, is_canonical: scope.is_canonical && !core_has_upper })
}

/// Reads the common case, a core, `_` and a core, and tells whether both are lower case.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "returned by memory, what was read would cost more than the reading"
)]
pub(crate) fn two_cores(rest: &[u8]) -> Option<(Core, Core, bool)> {
    if rest.len() != 2 * CORE_CHARS + 1 || rest[CORE_CHARS] != b'_' {
        return None;
    }
    let (scope, scope_has_upper) = Core::read_exact(&rest[..CORE_CHARS])?;
    let (core, core_has_upper) = Core::read_exact(&rest[CORE_CHARS + 1..])?;
    Some((scope, core, !(scope_has_upper || core_has_upper)))
}

fn read_scope_by(scope: &[u8], rule: Option<ScopeRule>) -> Result<ReadScope<'_>, Rejection> {
    if rule == Some(ScopeRule::Thread) {
        return read_scope(scope);
    }
    match Core::read(scope) {
        Ok((core, has_upper)) => {
            Ok(ReadScope { scope: ScopeRef::Core(core), is_canonical: !has_upper })
        }
        Err(rejection) if is_near_core(scope) => {
            Err(rejection.as_kind(ParseErrorKind::MistypedScope))
        }
        Err(_) if scope.is_empty() => Err(Rejection::new(ParseErrorKind::MissingScope, 0)),
        Err(_) => Err(Rejection::user_scope()),
    }
}

/// Splits at the `_` before the last 26 bytes.
pub(crate) const fn split_core(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some((before, core)) = rest.split_last_chunk::<CORE_CHARS>() else { return None };
    match before {
        [scope @ .., b'_'] => Some((scope, core)),
        _ => None,
    }
}

/// Finds out whether the last part is a mistyped core behind a scope, or the text is something else.
#[cold]
fn reject_last_part(rest: &[u8], at: usize, rule: Option<ScopeRule>) -> Verdict {
    let (scope, last, last_at) = match rest.iter().rposition(|byte| *byte == b'_') {
        Some(split) => (Some(&rest[..split]), &rest[split + 1..], at + split + 1),
        None => (None, rest, at),
    };
    let Err(rejection) = Core::read(last) else {
        // Read from the right, so the last part would have been split off.
        return Verdict::open(Rejection::new(ParseErrorKind::UnknownFormat, 0));
    };
    let is_mistyped =
        is_near_core(last) && scope.is_some_and(|scope| read_scope_by(scope, rule).is_ok());
    Verdict { rejection: rejection.shifted(last_at), is_final: is_mistyped }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) {
        if may_end_in_core(text.as_bytes()) {
            return;
        }
        match read_canonical(text) {
            Ok(_) => panic!("{text} is canonical"),
            // The table refuses these two as well, with the same words.
            Err(verdict) if verdict.is_final => {
                assert!(text.is_empty() || text.len() > MAX_INPUT_BYTES, "{text}");
            }
            Err(_) => {}
        }
        assert!(Core::read(text.as_bytes()).is_err() && ForeignId::read(text).is_none(), "{text}");
    }

    #[test]
    fn what_does_not_end_in_a_core_is_of_no_other_format() {
        for row in crate::legacy::rows() {
            check(row.example());
        }
        for prefix in ["", "_", "run_", "thread_", "run_x_", "order_item_", "websocket_"] {
            for len in 0..64 {
                check(&alloc::format!("{prefix}{}", "0".repeat(len)));
                check(&alloc::format!("{prefix}{}_{}", "0".repeat(26), "0".repeat(len)));
            }
        }
        check(&"x".repeat(513));
        let legacy = "thread_user123_run_1693430400000_a1b2c3d4";
        assert!(!may_end_in_core(legacy.as_bytes()));
    }

    proptest! {
        #[test]
        fn props_nothing_that_is_left_out_is_of_another_format(
            text in "(run|thread|order|websocket|user|[a-z]{1,4})?_?(([0-9a-z]{24,28}|[a-z0-9]{1,9}|run|thread)_?){0,4}"
        ) {
            let text: String = text;
            check(&text);
        }
    }
}
