//! Typed ids: what a class of ids knows (`Spec`), and the functions that make and read its objects.
//!
//! The functions become attributes of the class as they are, so a call of `RunId.new(thread)` is one call of a C function:
//! no bound method, no argument tuple, no keyword. Invariant: the text of an object of a class with a `Spec` is canonical.
//! Next: `text.rs`, which makes the objects.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::panic::PanicException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};
use unified_id::kind::ScopeRule;
use unified_id::{Core, IdKind, NamedKind, ParseError, ThreadKey, ThreadScope, UnifiedId};

use crate::{error, source, text};

/// Prefix, scope and core with their separators; a key has 200 bytes at most, a prefix 32.
const MAX_TEXT_BYTES: usize = 32 + 1 + 200 + 1 + 26;
/// The same with a core as the scope.
const MAX_CORES_BYTES: usize = 32 + 1 + 26 + 1 + 26;
/// How many ids of a batch are made at once: 64 KiB of cores.
const CHUNK: usize = 4096;

/// What stands between the prefix and the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    None,
    Thread,
    /// The core of an id of this kind.
    Core(NamedKind),
}

/// What a class of ids knows about its texts.
#[pyclass(frozen, module = "unified_id._native")]
#[derive(Debug)]
pub(crate) struct Spec {
    named: NamedKind,
    kind: Option<IdKind>,
    scope: Scope,
    class: text::Class,
    /// The class whose objects are scopes of ids of this kind: their texts are canonical and need no reading.
    scope_class: Option<Py<PyType>>,
}

/// A text on the stack.
struct Buffer {
    bytes: [u8; MAX_TEXT_BYTES],
    len: usize,
}

impl Buffer {
    const fn new() -> Self {
        Self { bytes: [0; MAX_TEXT_BYTES], len: 0 }
    }

    #[inline]
    fn push(&mut self, piece: &[u8]) {
        let end = self.len + piece.len();
        self.bytes[self.len..end].copy_from_slice(piece);
        self.len = end;
    }

    #[inline]
    fn push_core(&mut self, core: Core) {
        self.push(core.to_text().as_str().as_bytes());
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Spec {
    /// Begins a text: the prefix and, if there is one, the scope, each with the `_` behind it.
    #[inline]
    fn head(&self, scope: Option<&Bound<'_, PyAny>>) -> PyResult<Buffer> {
        let mut buffer = Buffer::new();
        buffer.push(self.named.prefix().as_bytes());
        buffer.push(b"_");
        if let Some(scope) = scope {
            self.push_scope(scope, &mut buffer)?;
            buffer.push(b"_");
        }
        Ok(buffer)
    }

    #[inline]
    fn push_scope(&self, scope: &Bound<'_, PyAny>, buffer: &mut Buffer) -> PyResult<()> {
        let is_canonical = self.is_canonical_scope(scope);
        text::with_bytes(scope, |bytes| {
            if is_canonical && let Some(core) = bytes.last_chunk::<26>() {
                buffer.push(core);
                return Ok(());
            }
            self.push_read_scope(scope.py(), bytes, buffer).map_err(|error| match error {
                Ok(error) => error::of(scope.py(), &error),
                Err(error) => error,
            })
        })
    }

    /// Reads a scope in any spelling.
    #[cold]
    fn push_read_scope(
        &self,
        py: Python<'_>,
        bytes: &[u8],
        buffer: &mut Buffer,
    ) -> Result<(), Result<ParseError, PyErr>> {
        let Ok(text) = str::from_utf8(bytes) else {
            let error = unified_id::parse_any_bytes(bytes).err();
            return Err(error.map_or_else(|| Err(not_utf8(py)), Ok));
        };
        match self.scope {
            Scope::Thread => match ThreadScope::parse(text).map_err(Ok)? {
                ThreadScope::Id(id) => buffer.push_core(id.core()),
                ThreadScope::Legacy(key) => buffer.push(key.as_str().as_bytes()),
            },
            Scope::Core(parent) => {
                let core = match Core::parse(text) {
                    Ok(core) => core,
                    Err(_) => parent.parse(bytes).map_err(Ok)?.1,
                };
                buffer.push_core(core);
            }
            Scope::None => unreachable!("invariant: the functions of unscoped kinds pass none"),
        }
        Ok(())
    }

    #[inline]
    fn make<'py>(
        &self,
        py: Python<'py>,
        scope: Option<&Bound<'py, PyAny>>,
        is_typed: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        // Without a scope that has to be read the text is short, and its parts are put where they stay.
        if scope.is_some_and(|scope| !self.is_canonical_scope(scope)) {
            return self.make_on_read(py, scope, is_typed);
        }
        let prefix = self.named.prefix().as_bytes();
        let mut bytes = [b'_'; MAX_CORES_BYTES];
        bytes[..prefix.len()].copy_from_slice(prefix);
        let mut at = prefix.len() + 1;
        if let Some(scope) = scope {
            text::with_bytes(scope, |scope| {
                // Whoever calls `str.__new__` with the class may have put in anything.
                let Some(core) = scope.last_chunk::<26>() else {
                    return Err(PyValueError::new_err("the scope was not made by its class"));
                };
                bytes[at..at + 26].copy_from_slice(core);
                Ok(())
            })?;
            at += 27;
        }
        source::core(py)?.write_to(&mut bytes[at..]);
        let text = text::plain(py, &bytes[..at + 26])?;
        if is_typed { self.class.objects(py)?.make(text) } else { Ok(text) }
    }

    #[cold]
    fn make_on_read<'py>(
        &self,
        py: Python<'py>,
        scope: Option<&Bound<'py, PyAny>>,
        is_typed: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut buffer = self.head(scope)?;
        buffer.push_core(source::core(py)?);
        self.finish(py, &buffer, is_typed)
    }

    /// Tells whether a scope is an object of the very class whose texts are canonical.
    #[inline]
    fn is_canonical_scope(&self, scope: &Bound<'_, PyAny>) -> bool {
        self.scope_class.as_ref().is_some_and(|class| {
            // SAFETY: both are alive; only the pointers are compared.
            ptr::eq(unsafe { ffi::Py_TYPE(scope.as_ptr()) }, class.as_ptr().cast())
        })
    }

    /// Tells whether a text is read, without writing it anew.
    #[inline]
    fn accepts(&self, bytes: &[u8]) -> bool {
        self.named.accepts(bytes) || self.read_keyed(bytes).is_some()
    }

    #[inline]
    fn finish<'py>(
        &self,
        py: Python<'py>,
        buffer: &Buffer,
        is_typed: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let text = text::plain(py, buffer.as_bytes())?;
        if is_typed { self.class.objects(py)?.make(text) } else { Ok(text) }
    }

    fn batch<'py>(
        &self,
        py: Python<'py>,
        scope: Option<&Bound<'py, PyAny>>,
        count: &Bound<'py, PyAny>,
        is_typed: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let count: isize = count.extract()?;
        let Ok(total) = usize::try_from(count) else {
            return Err(PyValueError::new_err(format!("a batch has 0 ids or more, not {count}")));
        };
        let mut buffer = self.head(scope)?;
        let head_len = buffer.len;
        // SAFETY: a new list whose places are all filled below, or which is dropped with empty ones, which it allows.
        let list = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyList_New(count))? };
        let mut cores = vec![Core::MIN; total.min(CHUNK)];
        let mut objects = self.class.objects(py)?;
        let mut at: isize = 0;
        while at < count {
            let left = (count - at).cast_unsigned();
            let chunk = &mut cores[..left.min(CHUNK)];
            source::fill(py, chunk)?;
            for core in chunk {
                buffer.len = head_len;
                buffer.push_core(*core);
                let text = text::plain(py, buffer.as_bytes())?;
                let id = if is_typed { objects.make(text)? } else { text };
                // SAFETY: the index is below the length; the list takes over the reference.
                unsafe { ffi::PyList_SetItem(list.as_ptr(), at, id.into_ptr()) };
                at += 1;
            }
        }
        Ok(list)
    }

    /// Reads a text and writes it in canonical form.
    #[inline]
    fn read(&self, bytes: &[u8]) -> Result<Buffer, ParseError> {
        let is_keyed = self.scope == Scope::Thread
            && bytes.len() != self.named.prefix().len() + 1 + 26 + 1 + 26;
        if is_keyed && let Some(buffer) = self.read_keyed(bytes) {
            return Ok(buffer);
        }
        let (scope, core) = match self.named.parse(bytes) {
            Ok(cores) => cores,
            // A key may have the length of a core and still be none, as a UUID has another one.
            Err(error) => return self.read_keyed(bytes).ok_or(error),
        };
        let mut buffer = Buffer::new();
        buffer.push(self.named.prefix().as_bytes());
        buffer.push(b"_");
        if let Some(scope) = scope {
            buffer.push_core(scope);
            buffer.push(b"_");
        }
        buffer.push_core(core);
        Ok(buffer)
    }

    /// Reads an id on a thread that is older than the format.
    #[cold]
    fn read_keyed(&self, bytes: &[u8]) -> Option<Buffer> {
        if self.scope != Scope::Thread {
            return None;
        }
        let id = UnifiedId::parse_bytes(bytes).ok().filter(|id| Some(id.kind()) == self.kind)?;
        let mut buffer = Buffer::new();
        buffer.push(id.to_string().as_bytes());
        Some(buffer)
    }

    #[inline]
    fn parse<'py>(&self, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = object.py();
        if self.class.is_class_of(object) {
            return Ok(object.clone());
        }
        text::with_bytes(object, |bytes| {
            let buffer = self.read(bytes).map_err(|error| error::of(py, &error))?;
            if object.is_exact_instance_of::<PyString>() && buffer.as_bytes() == bytes {
                return self.class.objects(py)?.make(object.clone());
            }
            self.finish(py, &buffer, true)
        })
    }

    fn functions_of(&self) -> &'static [Function] {
        if self.scope == Scope::None { &UNSCOPED } else { &SCOPED }
    }
}

#[cold]
fn not_utf8(_: Python<'_>) -> PyErr {
    PyValueError::new_err("the text is not UTF-8")
}

#[pymethods]
impl Spec {
    /// Describes a class; `scope` is None, "thread", or the prefix of the kind that is the scope.
    #[new]
    fn new(
        class: Bound<'_, PyType>,
        prefix: &str,
        scope: Option<&str>,
        scope_class: Option<Bound<'_, PyType>>,
    ) -> PyResult<Self> {
        let py = class.py();
        let class = text::Class::new(class)?;
        let named = |prefix: &str, is_scoped| {
            // Classes live as long as the process, and so do their prefixes.
            NamedKind::new(String::leak(prefix.to_owned()), is_scoped)
                .map_err(|error| error::of(py, &error))
        };
        let kind = IdKind::from_prefix(prefix);
        let scope = match (kind.map(IdKind::scope_rule), scope) {
            (_, None) => Scope::None,
            (Some(ScopeRule::Thread), Some(_)) => Scope::Thread,
            (_, Some(parent)) => Scope::Core(named(parent, false)?),
        };
        Ok(Self {
            named: named(prefix, scope != Scope::None)?,
            kind,
            scope,
            class,
            scope_class: scope_class.map(Bound::unbind),
        })
    }

    /// Returns the functions of the class by name.
    fn functions<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let functions = PyDict::new(py);
        for function in slf.get().functions_of() {
            // SAFETY: the definition is static; the function holds a reference to its `self`.
            let made = unsafe {
                let made = ffi::PyCFunction_NewEx(
                    (&raw const function.0).cast_mut(),
                    slf.as_ptr(),
                    ptr::null_mut(),
                );
                Bound::from_owned_ptr_or_err(py, made)?
            };
            functions.set_item(made.getattr("__name__")?, &made)?;
        }
        Ok(functions)
    }

    /// Makes the id with a given core.
    fn of_core<'py>(
        &self,
        py: Python<'py>,
        scope: Option<&Bound<'py, PyAny>>,
        core: [u8; 16],
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut buffer = self.head(scope)?;
        buffer.push_core(Core::from_bytes(core));
        self.finish(py, &buffer, true)
    }

    /// Makes the smallest or the greatest id of a millisecond.
    fn bound<'py>(
        &self,
        py: Python<'py>,
        scope: Option<&Bound<'py, PyAny>>,
        timestamp_ms: u64,
        is_greatest: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if timestamp_ms >> 48 != 0 {
            return Err(PyOverflowError::new_err("a time of an id has 48 bits of milliseconds"));
        }
        let mut buffer = self.head(scope)?;
        buffer.push_core(if is_greatest {
            Core::max_for(timestamp_ms)
        } else {
            Core::min_for(timestamp_ms)
        });
        self.finish(py, &buffer, true)
    }
}

/// A function of a class as C sees it.
struct Function(ffi::PyMethodDef);

// SAFETY: never written to; its pointers lead to functions and constants.
unsafe impl Sync for Function {}

const fn function(
    name: &'static std::ffi::CStr,
    call: ffi::PyMethodDefPointer,
    flags: std::os::raw::c_int,
    doc: &'static std::ffi::CStr,
) -> Function {
    Function(ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: call,
        ml_flags: flags,
        ml_doc: doc.as_ptr(),
    })
}

const fn without(
    name: &'static std::ffi::CStr,
    call: ffi::PyCFunction,
    doc: &'static std::ffi::CStr,
) -> Function {
    function(name, ffi::PyMethodDefPointer { PyCFunction: call }, ffi::METH_NOARGS, doc)
}

const fn with_one(
    name: &'static std::ffi::CStr,
    call: ffi::PyCFunction,
    doc: &'static std::ffi::CStr,
) -> Function {
    function(name, ffi::PyMethodDefPointer { PyCFunction: call }, ffi::METH_O, doc)
}

const fn with_two(
    name: &'static std::ffi::CStr,
    call: ffi::PyCFunctionFast,
    doc: &'static std::ffi::CStr,
) -> Function {
    function(name, ffi::PyMethodDefPointer { PyCFunctionFast: call }, ffi::METH_FASTCALL, doc)
}

const PARSE: Function = with_one(
    c"parse",
    parse,
    c"parse(text, /)\n--\n\nReads the text of an id of this kind.\n\nRaises IdParseError if it is none.",
);
const IS_VALID: Function = with_one(
    c"is_valid",
    is_valid,
    c"is_valid(text, /)\n--\n\nTells whether parse would read this object; never raises.",
);

static UNSCOPED: [Function; 6] = [
    without(c"new", new_alone, c"new()\n--\n\nMakes a new id, greater than all that this process made before."),
    without(c"new_text", new_text_alone, c"new_text()\n--\n\nMakes the text of a new id, as a plain str."),
    with_one(c"batch", batch_alone, c"batch(count, /)\n--\n\nMakes many ids in increasing order."),
    with_one(
        c"batch_texts",
        batch_texts_alone,
        c"batch_texts(count, /)\n--\n\nMakes the texts of many ids in increasing order, as plain str.",
    ),
    PARSE,
    IS_VALID,
];

static SCOPED: [Function; 6] = [
    with_one(
        c"new",
        new_within,
        c"new(scope, /)\n--\n\nMakes a new id that carries its scope: the thread or user it belongs to.",
    ),
    with_one(
        c"new_text",
        new_text_within,
        c"new_text(scope, /)\n--\n\nMakes the text of a new id, as a plain str.",
    ),
    with_two(
        c"batch",
        batch_within,
        c"batch(scope, count, /)\n--\n\nMakes many ids of one scope in increasing order.",
    ),
    with_two(
        c"batch_texts",
        batch_texts_within,
        c"batch_texts(scope, count, /)\n--\n\nMakes the texts of many ids of one scope, as plain str.",
    ),
    PARSE,
    IS_VALID,
];

/// Calls a function of a class: its `self` is the `Spec` of the class.
///
/// # Safety
///
/// `spec` is the `Spec` that [`Spec::functions`] gave to the function, and the interpreter is attached.
#[inline]
unsafe fn call(
    spec: *mut ffi::PyObject,
    body: impl for<'py> FnOnce(Python<'py>, &Spec) -> PyResult<Bound<'py, PyAny>>,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls us, so this thread is attached.
    let py = unsafe { Python::assume_attached() };
    let result = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: as the caller promises; a frozen class may be shared.
        let spec = unsafe { Bound::from_borrowed_ptr(py, spec) };
        // SAFETY: as above.
        body(py, unsafe { spec.cast_unchecked::<Spec>() }.get())
    }));
    match result {
        Ok(Ok(made)) => made.into_ptr(),
        Ok(Err(error)) => {
            error.restore(py);
            ptr::null_mut()
        }
        Err(_) => {
            PanicException::new_err("unified_id panicked; this is an error in it").restore(py);
            ptr::null_mut()
        }
    }
}

/// Borrows an argument.
///
/// # Safety
///
/// The object is alive during the call, as arguments are.
unsafe fn argument(py: Python<'_>, object: *mut ffi::PyObject) -> Bound<'_, PyAny> {
    // SAFETY: as the caller promises.
    unsafe { Bound::from_borrowed_ptr(py, object) }
}

macro_rules! functions {
    (alone $($name:ident $is_typed:literal)+) => {$(
        unsafe extern "C" fn $name(
            spec: *mut ffi::PyObject,
            _: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject {
            // SAFETY: called by the interpreter with the `Spec`.
            unsafe { call(spec, |py, spec| spec.make(py, None, $is_typed)) }
        }
    )+};
    (within $($name:ident $is_typed:literal)+) => {$(
        unsafe extern "C" fn $name(
            spec: *mut ffi::PyObject,
            scope: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject {
            // SAFETY: called by the interpreter with the `Spec` and one argument.
            unsafe {
                call(spec, |py, spec| spec.make(py, Some(&argument(py, scope)), $is_typed))
            }
        }
    )+};
    (batch_alone $($name:ident $is_typed:literal)+) => {$(
        unsafe extern "C" fn $name(
            spec: *mut ffi::PyObject,
            count: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject {
            // SAFETY: called by the interpreter with the `Spec` and one argument.
            unsafe {
                call(spec, |py, spec| spec.batch(py, None, &argument(py, count), $is_typed))
            }
        }
    )+};
    (batch_within $($name:ident $is_typed:literal)+) => {$(
        unsafe extern "C" fn $name(
            spec: *mut ffi::PyObject,
            arguments: *mut *mut ffi::PyObject,
            count: ffi::Py_ssize_t,
        ) -> *mut ffi::PyObject {
            // SAFETY: called by the interpreter with the `Spec` and `count` arguments.
            unsafe {
                call(spec, |py, spec| {
                    if count != 2 {
                        return Err(PyTypeError::new_err(format!(
                            "a batch takes a scope and a count, but {count} arguments were given"
                        )));
                    }
                    let scope = argument(py, *arguments);
                    spec.batch(py, Some(&scope), &argument(py, *arguments.add(1)), $is_typed)
                })
            }
        }
    )+};
}

functions!(alone new_alone true new_text_alone false);
functions!(within new_within true new_text_within false);
functions!(batch_alone batch_alone true batch_texts_alone false);
functions!(batch_within batch_within true batch_texts_within false);

unsafe extern "C" fn parse(
    spec: *mut ffi::PyObject,
    text: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter with the `Spec` and one argument.
    unsafe { call(spec, |py, spec| spec.parse(&argument(py, text))) }
}

unsafe extern "C" fn is_valid(
    spec: *mut ffi::PyObject,
    text: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter with the `Spec` and one argument.
    unsafe {
        call(spec, |py, spec| {
            let object = argument(py, text);
            let is_valid = object.is_instance_of::<PyString>()
                && text::with_bytes(&object, |bytes| Ok(spec.accepts(bytes)))?;
            Ok(is_valid.into_pyobject(py)?.to_owned().into_any())
        })
    }
}

/// The core at the end of the canonical text of an id.
fn own_core(id: &Bound<'_, PyAny>) -> PyResult<Core> {
    text::with_bytes(id, |bytes| {
        let at = bytes.len().saturating_sub(26);
        let text = str::from_utf8(&bytes[at..]).unwrap_or_default();
        Core::parse(text).map_err(|error| error::of(id.py(), &error))
    })
}

/// Returns the 26 characters of an id's own core.
#[pyfunction]
pub(crate) fn core_text(id: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(own_core(id)?.to_string())
}

/// Returns the time of an id in Unix milliseconds, if its bits hold a certain one.
#[pyfunction]
pub(crate) fn core_time(id: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    Ok(own_core(id)?.timestamp_ms())
}

/// Returns the text of the UUID of an id's own core.
#[pyfunction]
pub(crate) fn uuid_text(id: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(own_core(id)?.uuid_text())
}

/// Returns the 16 bytes of an id's own core.
#[pyfunction]
pub(crate) fn core_bytes<'py>(id: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(id.py(), &own_core(id)?.to_bytes()))
}

/// Returns the key by which a router compares threads, from any text of a thread.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn thread_key(text: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = text.py();
    text::with_bytes(text, |bytes| {
        let Ok(text) = str::from_utf8(bytes) else {
            let error = unified_id::parse_any_bytes(bytes).err();
            return Err(error.map_or_else(|| not_utf8(py), |error| error::of(py, &error)));
        };
        match ThreadKey::parse(text) {
            Ok(key) => Ok(key.to_string()),
            Err(error) => Err(error::of(py, &error)),
        }
    })
}

/// Returns the 16 bytes of the core that an old id is adopted as.
#[pyfunction]
pub(crate) fn adopt<'py>(py: Python<'py>, kind: &str, text: &str) -> PyResult<Bound<'py, PyBytes>> {
    let kind: IdKind = kind.parse().map_err(|error| error::of(py, &error))?;
    let key = ThreadKey::parse(text).map_err(|error| error::of(py, &error))?;
    Ok(PyBytes::new(py, &unified_id::adopt(kind, &key).to_bytes()))
}

/// Returns the table of built-in kinds: prefix, scope, meaning.
#[pyfunction]
pub(crate) fn kinds() -> Vec<(&'static str, Option<&'static str>, &'static str)> {
    let scope = |kind: IdKind| match kind.scope_rule() {
        ScopeRule::Thread => Some("thread"),
        ScopeRule::User => Some("user"),
        ScopeRule::None => None,
        _ => unreachable!("invariant: every rule of the table is listed here"),
    };
    IdKind::ALL.iter().map(|&kind| (kind.prefix(), scope(kind), kind.meaning())).collect()
}

/// Reads the text of an id of any built-in kind and returns its kind.
#[pyfunction]
pub(crate) fn kind_of(text: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    let py = text.py();
    text::with_bytes(text, |bytes| match UnifiedId::parse_bytes(bytes) {
        Ok(id) => Ok(id.kind().prefix()),
        Err(error) => Err(error::of(py, &error)),
    })
}
