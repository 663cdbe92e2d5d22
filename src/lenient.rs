//! The lenient reader: what a person typed from a screen or from paper.
//!
//! As Crockford's base32 allows: either case, `i` and `l` for 1, `o` for 0, hyphens left out; nothing else. It is never
//! called by the strict reader. Invariants: what the strict reader of the type reads is read as the same id; whatever was
//! changed is told; a `u`, a blank, a wrong length and more than 128 bits are refused here too.

use alloc::vec::Vec;
use core::fmt;

use crate::codec::CORE_CHARS;
use crate::error::Rejection;
use crate::parse::MAX_INPUT_BYTES;
use crate::scope::Scope;
use crate::thread::read_scope;
use crate::unified::ScopeRef;
use crate::{Core, Id, Kind, ParseError, ParseErrorKind, UnifiedId};

/// An id that was read leniently, and what had to be changed for that.
///
/// # Examples
///
/// ```
/// use unified_id::ThreadId;
///
/// let read = ThreadId::parse_lenient("Thread_O1M7WQT1-FBFF4SQ3-BGC5BHN9E0")?;
/// assert_eq!(read.id.to_string(), "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
/// assert_eq!((read.changes.look_alikes, read.changes.hyphens), (1, 2));
/// assert_eq!(read.changes.to_string(), "18 upper-case letters, 1 look-alike, 2 hyphens");
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lenient<T> {
    /// The id.
    pub id: T,
    /// What was changed.
    pub changes: Changes,
}

/// What the lenient reader changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Changes {
    /// How many letters were upper case, look-alikes not counted.
    pub upper_case: usize,
    /// How many letters were taken for the digits that they look like.
    pub look_alikes: usize,
    /// How many hyphens were left out.
    pub hyphens: usize,
}

impl Changes {
    /// Tells whether nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Changes {
    /// Writes what was changed, or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.upper_case, "upper-case letter"),
            (self.look_alikes, "look-alike"),
            (self.hyphens, "hyphen"),
        ];
        let mut separator = "";
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let plural = if count == 1 { "" } else { "s" };
            write!(f, "{separator}{count} {what}{plural}")?;
            separator = ", ";
        }
        if separator.is_empty() { f.write_str("nothing") } else { Ok(()) }
    }
}

impl Core {
    /// Reads 26 characters that a person typed: either case, `i` and `l` for 1, `o` for 0, hyphens anywhere.
    ///
    /// For forms and support desks. A text that a program hands on is read by [`parse`](Self::parse), where a look-alike is
    /// an error to report and not one to guess.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); positions are those of the text as it was typed.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{Core, ParseErrorKind};
    ///
    /// let read = Core::parse_lenient("oIM7W-QTIFB-FF4SQ-3BGC5-BHN9E-O")?;
    /// assert_eq!(read.id.to_string(), "01m7wqt1fbff4sq3bgc5bhn9e0");
    /// assert_eq!((read.changes.look_alikes, read.changes.hyphens), (4, 5));
    ///
    /// let error = Core::parse_lenient("8zzzz-zzzzzzzzzzzzzzzzzzzzz").unwrap_err();
    /// assert_eq!(error.kind(), ParseErrorKind::Overflow);
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    ///
    /// # Specification
    ///
    /// Crockford's Base 32, section "Decode", to which the ULID specification refers.
    pub fn parse_lenient(text: &str) -> Result<Lenient<Self>, ParseError> {
        let mut typed = Typed::new(text)?;
        typed.push_core(text, 0);
        let read = match text {
            "" => Err(Rejection::new(ParseErrorKind::Empty, 0)),
            _ => Self::read_by_table(&typed.bytes),
        };
        typed.finish(text, read)
    }
}

impl<K: Kind<Scope = S>, S: Scope> Id<K, S> {
    /// Reads an id of this kind that a person typed: the prefix in either case, cores as [`Core::parse_lenient`] does.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); positions are those of the text as it was typed.
    pub fn parse_lenient(text: &str) -> Result<Lenient<Self>, ParseError> {
        let mut typed = Typed::new(text)?;
        // A key is no scope of this type, so a scope with hyphens can only be a core.
        typed.push_id(text, |scope| matches!(scope, ScopeRef::Core(_)));
        let read = Self::read(&typed.bytes);
        typed.finish(text, read)
    }
}

impl UnifiedId {
    /// Reads an id of any built-in kind that a person typed: the prefix in either case, cores as [`Core::parse_lenient`]
    /// does; the key of an old thread is taken as it stands.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); positions are those of the text as it was typed.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::UnifiedId;
    ///
    /// let read = UnifiedId::parse_lenient("RUN_User-123_01M7WQT1FBFF4SQ3BGC5BHN9EO")?;
    /// assert_eq!(read.id.to_string(), "run_User-123_01m7wqt1fbff4sq3bgc5bhn9e0");
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    pub fn parse_lenient(text: &str) -> Result<Lenient<Self>, ParseError> {
        let mut typed = Typed::new(text)?;
        typed.push_id(text, |_| true);
        let read = crate::parse::read_parts(&typed.bytes)
            .map(|(kind, _, parts)| Self::of_parts(kind, parts.scope, parts.core))
            .map_err(|verdict| verdict.rejection);
        typed.finish(text, read)
    }
}

/// A text as it would have to be typed.
struct Typed {
    bytes: Vec<u8>,
    /// Where each byte stood.
    places: Vec<usize>,
    changes: Changes,
}

impl Typed {
    fn new(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_INPUT_BYTES {
            let rejection = Rejection::new(ParseErrorKind::TooLong, MAX_INPUT_BYTES);
            return Err(rejection.explain(text.as_bytes()));
        }
        let room = text.len();
        let (bytes, places) = (Vec::with_capacity(room), Vec::with_capacity(room));
        Ok(Self { bytes, places, changes: Changes::default() })
    }

    /// Adds a whole id; `keeps` tells which scopes in other spellings stay as they are.
    fn push_id(&mut self, text: &str, keeps: fn(ScopeRef<'_>) -> bool) {
        let Some(prefix_len) = text.find('_') else { return self.push(text, 0) };
        for (at, byte) in text.bytes().enumerate().take(prefix_len + 1) {
            self.push_folded(byte, at);
        }
        let rest = &text[prefix_len + 1..];
        let Some(split) = rest.rfind('_') else { return self.push_core(rest, prefix_len + 1) };
        let (scope, core) = rest.split_at(split);
        let is_kept = match read_scope(scope.as_bytes()) {
            // A core as it is written, in either case.
            Ok(read) if scope.len() == CORE_CHARS && matches!(read.scope, ScopeRef::Core(_)) => {
                false
            }
            Ok(read) => keeps(read.scope),
            Err(_) => false,
        };
        if is_kept {
            self.push(scope, prefix_len + 1);
        } else {
            self.push_core(scope, prefix_len + 1);
        }
        let core_at = prefix_len + 1 + split;
        self.push("_", core_at);
        self.push_core(&core[1..], core_at + 1);
    }

    /// Adds a text as it stands, which begins at `offset`.
    fn push(&mut self, text: &str, offset: usize) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.places.extend(offset..offset + text.len());
    }

    fn push_folded(&mut self, byte: u8, at: usize) {
        self.changes.upper_case += usize::from(byte.is_ascii_uppercase());
        self.bytes.push(byte.to_ascii_lowercase());
        self.places.push(at);
    }

    /// Adds a core, which begins at `offset`.
    fn push_core(&mut self, text: &str, offset: usize) {
        for (at, byte) in text.bytes().enumerate() {
            let digit = match byte {
                b'-' => {
                    self.changes.hyphens += 1;
                    continue;
                }
                b'i' | b'I' | b'l' | b'L' => b'1',
                b'o' | b'O' => b'0',
                _ => {
                    self.push_folded(byte, offset + at);
                    continue;
                }
            };
            self.changes.look_alikes += 1;
            self.bytes.push(digit);
            self.places.push(offset + at);
        }
    }

    /// Makes the answer; an error speaks of the text as it was typed.
    fn finish<T>(self, text: &str, read: Result<T, Rejection>) -> Result<Lenient<T>, ParseError> {
        match read {
            Ok(id) => Ok(Lenient { id, changes: self.changes }),
            Err(rejection) => {
                let place = self.places.get(usize::from(rejection.position));
                let position = place.copied().unwrap_or(text.len());
                let rejection = rejection.at(position);
                // A text with look-alikes is nearly always a mistyped id, whatever else it could be.
                Err(if self.changes.is_empty() {
                    crate::parse::explain(rejection, text.as_bytes())
                } else {
                    rejection.explain(text.as_bytes())
                })
            }
        }
    }
}
