//! The extension module behind the Python package `unified_id`: converts in, calls the library, converts out.
//!
//! No rule about ids is written here. `kinds.rs` makes and reads typed ids, `parsed.rs` reads any text, `source.rs` gives
//! cores, `registry.rs` is the embedded registry, `error.rs` is the exception. What Python sees is declared in
//! `python/unified_id/_native.pyi`.

mod kinds;
mod parsed;
mod source;
mod text;
mod registry;
mod error;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::kinds::{
        Spec, adopt, core_bytes, core_text, core_time, kind_of, kinds, thread_key, uuid_text,
    };
    #[pymodule_export]
    use crate::parsed::{ParsedId, formats, parse_any};
    #[pymodule_export]
    use crate::registry::Registry;
    #[pymodule_export]
    use crate::source::{Clocked, pop_source, push_source};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
