//! Texts between Python and Rust: the UTF-8 of a `str`, and a new `str` of a class that derives from it.
//!
//! The only module that speaks to the interpreter's C interface about objects. Its functions are on the way of every id;
//! through the class call, `RunId(text)`, making one costs eight times as much.

use std::os::raw::c_char;
use std::sync::OnceLock;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;

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
    if !object.is_instance_of::<pyo3::types::PyString>() {
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

/// Makes an object of a class that derives from `str`, without the class's own `__new__`.
#[inline]
pub(crate) fn typed<'py>(
    py: Python<'py>,
    class: *mut ffi::PyTypeObject,
    text: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the class derives from `str` (`Spec::new` checks it) and lives as long as the process (`Spec` owns it); the
    // tuple takes over the reference that is given to it.
    unsafe {
        let arguments = ffi::PyTuple_New(1);
        if arguments.is_null() {
            return Err(PyErr::fetch(py));
        }
        let text = text.clone().into_ptr();
        if ffi::PyTuple_SetItem(arguments, 0, text) != 0 {
            ffi::Py_DECREF(arguments);
            return Err(PyErr::fetch(py));
        }
        let made = str_new()(class, arguments, std::ptr::null_mut());
        ffi::Py_DECREF(arguments);
        Bound::from_owned_ptr_or_err(py, made)
    }
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
