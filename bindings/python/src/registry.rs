//! The registry within the process: `id-registry`, asked and answered in the JSON of the service.
//!
//! Invariant: no call holds the interpreter while it waits for the disk. What a reference may be is decided by the library;
//! the names of the fields are those of `/openapi.json`, which a test compares with a real server.

use std::path::PathBuf;

use id_registry::{
    Direction, Entry, Find, Link, Metadata, Options, Page, Reference, Registry as Embedded,
    RegistryError, Relation, Resolved, State, Trace, TraceOptions, Window,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use serde::Deserialize;
use serde_json::{Value, json};
use unified_id::{ParseError, Tenant};

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A registry of this process: in a folder, or in memory.
#[pyclass(frozen, module = "unified_id._native")]
#[derive(Debug)]
pub(crate) struct Registry {
    registry: Embedded,
    tenant: Tenant,
}

/// What an id is registered as.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewReference {
    id: String,
    system: String,
    kind: Option<String>,
    #[serde(default)]
    metadata: serde_json::Map<String, Value>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    links: Vec<NewLink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLink {
    relation: String,
    to: String,
}

impl NewReference {
    fn into_reference(self) -> Result<Reference, RegistryError> {
        let mut reference =
            Reference::new(self.id, self.system).metadata(Metadata::from_object(&self.metadata)?);
        if let Some(kind) = self.kind {
            reference = reference.kind(kind);
        }
        for alias in self.aliases {
            reference = reference.alias(alias);
        }
        for link in self.links {
            reference = reference.link(Link::new(Relation::parse(&link.relation)?, link.to));
        }
        Ok(reference)
    }
}

#[pymethods]
impl Registry {
    /// Opens the registry in a folder, or makes one in memory.
    #[new]
    #[pyo3(signature = (folder, tenant))]
    fn new(py: Python<'_>, folder: Option<PathBuf>, tenant: &str) -> PyResult<Self> {
        let tenant: Tenant =
            tenant.parse().map_err(|error: ParseError| crate::error::of(py, &error))?;
        let open = || match folder {
            Some(folder) => Embedded::open(&folder, Options::default()),
            None => Embedded::in_memory(Options::default()),
        };
        let registry = py.detach(open).map_err(|error| raised(py, &error))?;
        Ok(Self { registry, tenant })
    }

    /// Registers the references of a JSON list and returns one result for each.
    fn register_batch(&self, py: Python<'_>, writer: &str, references: &str) -> PyResult<String> {
        let references: Vec<NewReference> = serde_json::from_str(references)
            .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?;
        let mut refused = Vec::new();
        let mut taken = Vec::new();
        for (at, reference) in references.into_iter().enumerate() {
            match reference.into_reference() {
                Ok(reference) => taken.push(reference),
                Err(error) => refused.push((at, problem(&error))),
            }
        }
        let registered = py.detach(|| self.registry.register_batch(&self.tenant, writer, taken));
        let registered = registered.map_err(|error| raised(py, &error))?;
        let mut results: Vec<Value> = registered
            .into_iter()
            .map(|result| match result {
                Ok(registered) => json!({ "ok": {
                    "outcome": registered.outcome.name(), "entry": entry(&registered.entry),
                } }),
                Err(error) => problem(&error),
            })
            .collect();
        for (at, problem) in refused {
            results.insert(at, problem);
        }
        Ok(Value::Array(results).to_string())
    }

    /// Finds who made an id.
    fn resolve(&self, py: Python<'_>, id: &str) -> PyResult<Option<String>> {
        let found = py.detach(|| self.registry.resolve(&self.tenant, id));
        let found: Option<Resolved> = found.map_err(|error| raised(py, &error))?;
        Ok(found.map(|found| {
            json!({ "found_by": found.by.name(), "entry": entry(&found.entry) }).to_string()
        }))
    }

    /// Tells all that is known around an id.
    #[pyo3(signature = (id, window_ms, limit))]
    fn trace(
        &self,
        py: Python<'_>,
        id: &str,
        window_ms: Option<u64>,
        limit: Option<usize>,
    ) -> PyResult<Option<String>> {
        let mut options = window_ms.map_or_else(TraceOptions::default, TraceOptions::around);
        options.list = limit;
        let found = py.detach(|| self.registry.trace(&self.tenant, id, &options));
        Ok(found.map_err(|error| raised(py, &error))?.map(|found| trace(&found).to_string()))
    }

    /// Finds the ids around the time of an id, without itself.
    #[pyo3(signature = (id, window_ms, system, kind, limit, cursor))]
    #[expect(clippy::too_many_arguments, reason = "the parameters of the service")]
    fn related(
        &self,
        py: Python<'_>,
        id: &str,
        window_ms: Option<u64>,
        system: Option<String>,
        kind: Option<String>,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> PyResult<String> {
        let mut window = window_ms.map_or_else(Window::default, Window::around);
        (window.system, window.kind) = (system, kind);
        window.limit = limit.or(Some(DEFAULT_PAGE));
        let found = py.detach(|| {
            window.cursor = cursor.map(str::parse).transpose()?;
            self.registry.window(&self.tenant, id, &window)
        });
        Ok(page(&found.map_err(|error| raised(py, &error))?).to_string())
    }

    /// Finds ids by system, kind or both.
    #[pyo3(signature = (system, kind, limit, cursor, newest_first))]
    fn find(
        &self,
        py: Python<'_>,
        system: Option<String>,
        kind: Option<String>,
        limit: Option<usize>,
        cursor: Option<&str>,
        newest_first: bool,
    ) -> PyResult<String> {
        let mut find = Find::all().limit(limit.unwrap_or(DEFAULT_PAGE));
        (find.system, find.kind, find.is_descending) = (system, kind, newest_first);
        let found = py.detach(|| {
            find.cursor = cursor.map(str::parse).transpose()?;
            self.registry.find(&self.tenant, &find)
        });
        Ok(page(&found.map_err(|error| raised(py, &error))?).to_string())
    }

    /// Tells how many ids there are.
    fn stats(&self, py: Python<'_>) -> PyResult<String> {
        let stats = py.detach(|| self.registry.stats(&self.tenant));
        let stats = stats.map_err(|error| raised(py, &error))?;
        Ok(json!({
            "live": stats.live, "deleted": stats.deleted, "aliases": stats.aliases,
            "by_system": stats.by_system, "by_kind": stats.by_kind,
        })
        .to_string())
    }
}

/// How many entries a page has if nobody says, as in the service.
const DEFAULT_PAGE: usize = 100;

fn entry(entry: &Entry) -> Value {
    let mut value = json!({
        "id": &*entry.id, "system": &*entry.system, "kind": &*entry.kind,
        "timestamp_ms": entry.timestamp_ms(), "registered_at_ms": entry.registered_at_ms,
        "registered_by": &*entry.registered_by, "state": entry.state.name(), "metadata": {},
    });
    // The text was checked when it was registered.
    if let Ok(metadata) = serde_json::from_str(entry.metadata.as_str()) {
        value["metadata"] = metadata;
    }
    if let State::Deleted { reason, .. } = &entry.state
        && !reason.is_empty()
    {
        value["reason"] = json!(reason);
    }
    value
}

fn page(page: &Page) -> Value {
    let entries: Vec<Value> = page.entries.iter().map(|found| entry(found)).collect();
    json!({ "entries": entries, "next": page.next.as_ref().map(ToString::to_string) })
}

fn trace(trace: &Trace) -> Value {
    let links: Vec<Value> = (trace.links.items.iter())
        .map(|link| {
            let direction = match link.direction {
                Direction::To => "to",
                Direction::From => "from",
            };
            json!({
                "relation": link.relation.name(), "direction": direction, "id": link.id,
                "entry": link.entry.as_deref().map(entry),
            })
        })
        .collect();
    let neighbours: Vec<Value> = (trace.neighbours.iter())
        .map(|group| {
            let entries: Vec<Value> =
                group.entries.items.iter().map(|found| entry(found)).collect();
            json!({ "system": &*group.system, "entries": entries, "cut": group.entries.is_cut })
        })
        .collect();
    json!({
        "found_by": trace.by.name(), "entry": entry(&trace.entry),
        "aliases": trace.aliases.items, "aliases_cut": trace.aliases.is_cut,
        "links": links, "links_cut": trace.links.is_cut, "window_ms": trace.window_ms,
        "neighbours": neighbours, "neighbours_cut": trace.neighbours_cut,
    })
}

fn problem(error: &RegistryError) -> Value {
    let problem =
        json!({ "code": error.kind().code(), "detail": error.to_string(), "help": error.help() });
    json!({ "problem": problem })
}

/// Makes the exception of the package.
#[cold]
fn raised(py: Python<'_>, error: &RegistryError) -> PyErr {
    let make = || {
        let class = CLASS.import(py, "unified_id._errors", "RegistryError")?;
        let arguments = PyDict::new(py);
        arguments.set_item("code", error.kind().code())?;
        arguments.set_item("help", error.help())?;
        Ok(PyErr::from_value(class.call((error.to_string(),), Some(&arguments))?))
    };
    make().unwrap_or_else(|other| other)
}
