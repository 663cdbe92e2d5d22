//! `IdParseError`: what the library says of a text that is no id, as the exception of the package.
//!
//! The class is written in Python (`_errors.py`), where it can carry a signature that type checkers read.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use unified_id::ParseError;

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Makes the exception.
#[cold]
pub(crate) fn of(py: Python<'_>, error: &ParseError) -> PyErr {
    match make(py, error) {
        Ok(made) => made,
        Err(other) => other,
    }
}

fn make(py: Python<'_>, error: &ParseError) -> PyResult<PyErr> {
    let class = CLASS.import(py, "unified_id._errors", "IdParseError")?;
    let arguments = PyDict::new(py);
    arguments.set_item("code", error.code())?;
    arguments.set_item("position", error.position())?;
    arguments.set_item("expected", error.expected())?;
    arguments.set_item("found", error.found())?;
    arguments.set_item("help", error.help())?;
    Ok(PyErr::from_value(class.call((error.to_string(),), Some(&arguments))?))
}
