//! A workflow that one system starts is seen in all of them, and traced by one call.
//!
//! `cargo run -p id-registry --example ecosystem`

use std::io::Write as _;

use id_registry::{Link, Metadata, Options, Reference, Registry, RegistryError, TraceOptions};
use unified_id::{Core, Tenant, UnifiedId};

/// Mahavishnu's execution of a workflow; its ids are bare cores.
fn workflow_execution(id: Core, name: &str) -> Result<Reference, RegistryError> {
    let metadata = Metadata::new(&format!(r#"{{"workflow_name":"{name}","status":"running"}}"#))?;
    Ok(Reference::new(id.to_string(), "mahavishnu").kind("workflow_execution").metadata(metadata))
}

/// Mahavishnu's execution in a pool, a part of a workflow.
fn pool_execution(id: Core, workflow: Core) -> Reference {
    Reference::new(id.to_string(), "mahavishnu")
        .kind("pool_execution")
        .link(Link::parent(workflow.to_string()))
}

/// Mahavishnu's checkpoint of a workflow.
fn workflow_checkpoint(id: Core, workflow: Core, stage: &str) -> Result<Reference, RegistryError> {
    Ok(Reference::new(id.to_string(), "mahavishnu")
        .kind("workflow_checkpoint")
        .metadata(Metadata::new(&format!(r#"{{"stage_name":"{stage}"}}"#))?)
        .link(Link::parent(workflow.to_string())))
}

fn main() -> Result<(), RegistryError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let registry = Registry::open(folder.path(), Options::default())?;
    let tenant: Tenant = "acme".parse().expect("a name");
    let core = || UnifiedId::workflow().core();
    let (workflow, pool, checkpoint) = (core(), core(), core());

    // Each system registers what it makes, under its own name.
    let register = |system: &str, reference| registry.register(&tenant, system, reference);
    register("mahavishnu", workflow_execution(workflow, "nightly")?)?;
    register("mahavishnu", pool_execution(pool, workflow))?;
    register("mahavishnu", workflow_checkpoint(checkpoint, workflow, "test")?)?;
    let session = UnifiedId::session().to_string();
    // Session-Buddy knew this session by another id before.
    let of_session = Reference::new(session.clone(), "session_buddy")
        .alias("5f0c8a52-4a3e-4bd2-9c46-1b2f0a7d9e11")
        .link(Link::child(workflow.to_string()));
    register("session-buddy", of_session)?;
    let test = UnifiedId::test().to_string();
    let of_test = Reference::new(test.clone(), "crackerjack")
        .link(Link::run(workflow.to_string()))
        .link(Link::session(session.clone()));
    register("crackerjack", of_test)?;
    let entity = UnifiedId::entity().to_string();
    let of_entity = Reference::new(entity, "akosha").link(Link::parent(test.clone()));
    register("akosha", of_entity)?;

    // Whoever meets the id, in whatever spelling, learns what it is ...
    let found = registry.resolve(&tenant, &workflow.uuid_text())?.expect("it was registered");
    assert_eq!((&*found.entry.system, &*found.entry.kind), ("mahavishnu", "workflow_execution"));
    let old = registry.resolve(&tenant, "5F0C8A52-4A3E-4BD2-9C46-1B2F0A7D9E11")?;
    assert_eq!(*old.expect("it is an alias").entry.id, *session);

    // ... and what belongs to it: by its links, and by what the systems did around that time.
    let trace = registry.trace(&tenant, &workflow.to_string(), &TraceOptions::default())?;
    let trace = trace.expect("it was registered");
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| writeln!(out, "{text}").expect("there is an output");
    line(format!("{} is a {} of {}", trace.entry.id, trace.entry.kind, trace.entry.system));
    for link in &trace.links.items {
        let kind = link.entry.as_ref().map_or("not registered", |entry| &*entry.kind);
        line(format!("  {:<8} {} ({kind})", link.relation.name(), link.id));
    }
    for group in &trace.neighbours {
        line(format!("  near: {} of {}", group.entries.items.len(), group.system));
    }
    assert_eq!(trace.links.items.len(), 4);
    let systems: Vec<&str> = trace.neighbours.iter().map(|group| &*group.system).collect();
    assert_eq!(systems, ["akosha", "crackerjack", "mahavishnu", "session-buddy"]);
    Ok(())
}
