//! Texts between Python and Rust: the UTF-8 of a `str`, and a new `str` of a class that derives from it.
//!
//! The only module that speaks to the interpreter's C interface about objects. Its functions are on the way of every id;
//! through the class call, `RunId(text)`, making one costs eight times as much.

use std::os::raw::c_char;
use std::sync::OnceLock;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// Returns the UTF-8 of a Python text; a lone surrogate becomes bytes that are not UTF-8.
///
/// # Errors
///
/// `TypeError` if it is no `str`.
#[inline]
pub(crate) fn with_bytes<T>(
    object: &Bound<'_, PyAny>,
    use_it: impl FnOnce(&[u8]) -> PyResult<T>,
) -> PyResult<T> {
    let mut len: ffi::Py_ssize_t = 0;
    // SAFETY: a borrowed object that is alive; the function itself refuses what is no `str`.
    let bytes = unsafe { ffi::PyUnicode_AsUTF8AndSize(object.as_ptr(), &raw mut len) };
    if !bytes.is_null() {
        // SAFETY: the interpreter keeps the bytes as long as the object, which outlives this call.
        return use_it(unsafe { std::slice::from_raw_parts(bytes.cast(), len.cast_unsigned()) });
    }
    with_strange(object, use_it)
}

#[cold]
fn with_strange<T>(
    object: &Bound<'_, PyAny>,
    use_it: impl FnOnce(&[u8]) -> PyResult<T>,
) -> PyResult<T> {
    let error = PyErr::take(object.py());
    if !object.is_instance_of::<PyString>() {
        let name = object.get_type().name()?;
        return Err(PyTypeError::new_err(format!("the text of an id is a str, not {name}")));
    }
    drop(error);
    let bytes = object.call_method1("encode", ("utf-8", "surrogatepass"))?;
    use_it(bytes.extract()?)
}

/// Makes a `str` of ASCII bytes.
#[inline]
pub(crate) fn plain<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the bytes are copied; null is an error that is set.
    unsafe {
        let text = ffi::PyUnicode_FromStringAndSize(
            text.as_ptr().cast::<c_char>(),
            text.len().cast_signed(),
        );
        Bound::from_owned_ptr_or_err(py, text)
    }
}

/// A class that derives from `str`.
#[derive(Debug)]
pub(crate) struct Class {
    /// Never let go, because the functions of the class may outlive every other reference to it.
    class: Py<PyType>,
    /// Whether its objects refer to nothing but the class.
    ///
    /// The interpreter has its garbage collector look at the objects of every class made by a `class` statement. Texts
    /// cannot be part of a cycle that ends, as classes with a prefix live as long as the process, so they are taken out:
    /// a program with millions of ids has shorter collections, and a batch takes a quarter fewer instructions.
    is_leaf: bool,
}

impl Class {
    /// Takes a class, and looks at what its objects hold.
    ///
    /// # Errors
    ///
    /// `TypeError` if it does not derive from `str`.
    pub(crate) fn new(class: Bound<'_, PyType>) -> PyResult<Self> {
        if !class.is_subclass_of::<PyString>()? {
            return Err(PyTypeError::new_err("a class of ids derives from str"));
        }
        let str_type = class.py().get_type::<PyString>();
        let size = |class: &Bound<'_, PyType>, name| class.getattr(name)?.extract::<isize>();
        // SAFETY: the class is alive. What the collector does not look at anyway cannot be taken out of its sight.
        let flags = unsafe { ffi::PyType_GetFlags(class.as_type_ptr()) };
        let is_leaf = flags & ffi::Py_TPFLAGS_HAVE_GC != 0
            && size(&class, "__basicsize__")? == size(&str_type, "__basicsize__")?
            && size(&class, "__dictoffset__")? == 0
            && size(&class, "__weakrefoffset__")? == 0;
        Ok(Self { class: class.unbind(), is_leaf })
    }

    /// Tells whether an object is of this very class.
    #[inline]
    pub(crate) fn is_class_of(&self, object: &Bound<'_, PyAny>) -> bool {
        // SAFETY: both are alive; only the pointers are compared.
        std::ptr::eq(unsafe { ffi::Py_TYPE(object.as_ptr()) }, self.as_ptr())
    }

    #[inline]
    fn as_ptr(&self) -> *mut ffi::PyTypeObject {
        self.class.as_ptr().cast()
    }

    /// Begins a row of objects, without the class's own `__new__`.
    #[inline]
    pub(crate) fn objects<'py>(&self, py: Python<'py>) -> PyResult<Objects<'_, 'py>> {
        Ok(Objects { class: self, arguments: one_argument(py)? })
    }
}

/// Makes objects of one class; they share the tuple in which the constructor of `str` takes its argument.
pub(crate) struct Objects<'a, 'py> {
    class: &'a Class,
    arguments: Bound<'py, PyAny>,
}

impl<'py> Objects<'_, 'py> {
    /// Makes the object with a text.
    #[inline]
    pub(crate) fn make(&mut self, text: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = text.py();
        // Who asks the garbage collector for all objects may hold the tuple; then it may not be written to.
        // SAFETY: the tuple is alive.
        if unsafe { ffi::Py_REFCNT(self.arguments.as_ptr()) } != 1 {
            self.arguments = one_argument(py)?;
        }
        // SAFETY: the class derives from `str` (`Class::new` checks it) and lives as long as the process; the tuple is
        // ours alone, has one place, and takes over the reference that is given to it, also if it fails. An object that
        // is a leaf refers to nothing that the collector would have to find, and is taken out of its sight once.
        unsafe {
            let arguments = self.arguments.as_ptr();
            if ffi::PyTuple_SetItem(arguments, 0, text.into_ptr()) != 0 {
                return Err(PyErr::fetch(py));
            }
            let made = str_new()(self.class.as_ptr(), arguments, std::ptr::null_mut());
            let made = Bound::from_owned_ptr_or_err(py, made)?;
            if self.class.is_leaf {
                ffi::PyObject_GC_UnTrack(made.as_ptr().cast());
            }
            Ok(made)
        }
    }
}

#[inline]
fn one_argument(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: a new tuple; its place is filled before anybody reads it.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyTuple_New(1)) }
}

/// Returns the constructor of `str`, which also makes objects of derived classes.
#[inline]
fn str_new() -> ffi::newfunc {
    static NEW: OnceLock<ffi::newfunc> = OnceLock::new();
    // SAFETY: the slot of `str` is never empty, and holds a function of this type.
    *NEW.get_or_init(|| unsafe {
        std::mem::transmute::<*mut std::os::raw::c_void, ffi::newfunc>(ffi::PyType_GetSlot(
            &raw mut ffi::PyUnicode_Type,
            ffi::Py_tp_new,
        ))
    })
}
