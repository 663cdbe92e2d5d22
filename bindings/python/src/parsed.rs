//! `parse_any`: what any text is, as one object for ids of this format, of other systems and of older ones.

use pyo3::prelude::*;
use pyo3::types::PyString;
use strum::IntoEnumIterator;
use unified_id::legacy::{Dialect, LegacyFormat, Reader};
use unified_id::{IdKind, ParsedId as Parsed};

use crate::{error, text};

/// What a text is: the same fields for every format.
#[pyclass(frozen, get_all, module = "unified_id")]
#[derive(Debug)]
pub(crate) struct ParsedId {
    /// The text that was read.
    text: Py<PyString>,
    /// The name of the format: `canonical`, `typeid`, or one of the table of old formats.
    format: &'static str,
    /// The kind, if the format says one.
    kind: Option<String>,
    /// The thread as it stands in the text.
    thread: Option<String>,
    /// The key by which a router compares the thread.
    thread_key: Option<String>,
    /// The user, or a piece of one, as it stands in the text; never a key.
    user: Option<String>,
    /// The time in Unix milliseconds.
    timestamp_ms: Option<u64>,
    /// Whether the time is certain; None without a time.
    time_certain: Option<bool>,
    /// The canonical text; None for old formats.
    canonical: Option<String>,
    /// Whether the text can be read in another way too.
    ambiguous: bool,
    /// The threads of the other readings, in order.
    alternatives: Vec<Option<String>>,
}

#[pymethods]
impl ParsedId {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = self.text.bind(py).repr()?;
        Ok(format!("ParsedId({text}, format='{}')", self.format))
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        let other = other.get();
        Ok(self.text.bind(py).as_any().eq(other.text.bind(py))?
            && self.ambiguous == other.ambiguous
            && self.thread == other.thread)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.text.bind(py).hash()
    }
}

/// Reads any text as an id.
#[pyfunction]
#[pyo3(signature = (text, /, *, dialect=None))]
pub(crate) fn parse_any(text: &Bound<'_, PyAny>, dialect: Option<&str>) -> PyResult<ParsedId> {
    let py = text.py();
    text::with_bytes(text, |bytes| {
        let Ok(as_text) = str::from_utf8(bytes) else {
            return match unified_id::parse_any_bytes(bytes) {
                Err(error) => Err(error::of(py, &error)),
                Ok(_) => unreachable!("invariant: an id is UTF-8"),
            };
        };
        let mut reader = Reader::new();
        if let Some(name) = dialect {
            let Some(dialect) = Dialect::iter().find(|known| <&str>::from(known) == name) else {
                let known: Vec<&str> = Dialect::iter().map(<&str>::from).collect();
                return Err(pyo3::exceptions::PyValueError::new_err(format!(
                    "no dialect is called `{name}`; there are {}",
                    known.join(", ")
                )));
            };
            reader = reader.with_dialect(dialect);
        }
        let parsed = match reader.parse_any(as_text) {
            Ok(parsed) => parsed,
            Err(error) => return Err(error::of(py, &error)),
        };
        Ok(ParsedId::of(PyString::new(py, as_text), &parsed))
    })
}

impl ParsedId {
    fn of(text: Bound<'_, PyString>, parsed: &Parsed<'_>) -> Self {
        let mut answer = Self {
            text: text.unbind(),
            format: parsed.format(),
            kind: None,
            thread: None,
            thread_key: parsed.thread_key().map(|key| key.to_string()),
            user: None,
            timestamp_ms: None,
            time_certain: None,
            canonical: None,
            ambiguous: false,
            alternatives: Vec::new(),
        };
        let time = match parsed {
            Parsed::Unified(id) => {
                let owned = id.to_unified();
                answer.kind = Some(id.kind().prefix().to_owned());
                answer.thread = match id.kind() {
                    IdKind::Thread => Some(id.core_text().to_owned()),
                    _ if answer.thread_key.is_some() => id.scope_text().map(str::to_owned),
                    _ => None,
                };
                answer.user = match id.kind() {
                    IdKind::User => Some(id.core_text().to_owned()),
                    _ if owned.user_id().is_some() => id.scope_text().map(str::to_owned),
                    _ => None,
                };
                answer.canonical = Some(owned.to_string());
                id.time()
            }
            Parsed::Foreign(id) => {
                answer.canonical = Some(id.to_string());
                Some(id.time())
            }
            Parsed::Bare(core) => {
                answer.canonical = Some(core.to_string());
                Some((core.leading_ms(), core.timestamp_ms().is_some()))
            }
            Parsed::Legacy(id) => {
                answer.kind = id.kind().map(str::to_owned);
                answer.thread = id.thread().map(|thread| thread.to_string());
                answer.user = id.user().map(str::to_owned);
                answer.ambiguous = id.is_ambiguous();
                answer.alternatives = id
                    .alternatives()
                    .map(|thread| thread.map(|thread| thread.to_string()))
                    .collect();
                id.timestamp_ms().map(|timestamp_ms| (timestamp_ms, true))
            }
            _ => unreachable!(
                "invariant: the extension is built with its own version of the library"
            ),
        };
        answer.timestamp_ms = time.map(|(timestamp_ms, _)| timestamp_ms);
        answer.time_certain = time.map(|(_, is_certain)| is_certain);
        answer
    }
}

/// Returns the names of all formats: those of this library, then those of the table of old ones.
#[pyfunction]
pub(crate) fn formats() -> Vec<&'static str> {
    ["canonical", "typeid"].into_iter().chain(LegacyFormat::iter().map(Into::into)).collect()
}
