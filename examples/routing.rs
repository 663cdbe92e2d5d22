//! Routing: an event goes to the thread that its run id carries, or nowhere. There is no guess.

use std::collections::HashMap;

use unified_id::{ParseError, ThreadKey, UnifiedId, parse_any};

/// The connections of each thread. Keys are compared whole: no prefix, no substring.
#[derive(Default)]
struct Router {
    connections: HashMap<ThreadKey, Vec<&'static str>>,
}

impl Router {
    fn connect(&mut self, thread: &str, connection: &'static str) -> Result<(), ParseError> {
        self.connections.entry(ThreadKey::parse(thread)?).or_default().push(connection);
        Ok(())
    }

    /// Returns who is to get an event of this run.
    fn route(&self, run: &str) -> Result<&[&'static str], ParseError> {
        let id = parse_any(run)?;
        // Of an old id that can be read in two ways, neither is taken.
        let is_sure = id.as_legacy().is_none_or(|id| !id.is_ambiguous() && !id.thread_is_prefix());
        let key = id.thread_key().filter(|_| is_sure);
        Ok(key.and_then(|key| self.connections.get(&key)).map_or(&[], Vec::as_slice))
    }
}

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), ParseError> {
    let thread = UnifiedId::thread();
    let mut router = Router::default();
    router.connect(&thread.to_string(), "a browser on the new thread")?;
    router.connect("thread_user123", "a browser on an old thread")?;
    router.connect("thread_user1234", "somebody else")?;

    let run = UnifiedId::run(thread).to_string();
    assert_eq!(router.route(&run)?, ["a browser on the new thread"]);

    let old = UnifiedId::run(&"user123".parse::<unified_id::LegacyKey>()?).to_string();
    assert_eq!(router.route(&old)?, ["a browser on an old thread"]);

    // Two generators of one old system wrote these two shapes; no reader there understood both.
    let expected = ["a browser on an old thread"];
    assert_eq!(router.route("thread_user123_run_1693430400000_a1b2c3d4")?, expected);
    assert_eq!(router.route("run_user123_a1b2c3d4")?, expected);
    // A third one wrote this: the thread may be `user123` or `user123_67890`, so it goes to neither.
    assert!(router.route("run_user123_67890_ef123456")?.is_empty());

    // Another spelling of the same thread is the same thread.
    assert_eq!(router.route(&run.to_uppercase().replacen("RUN", "run", 1))?, router.route(&run)?);

    // A run of nobody's thread goes nowhere, and a broken id is an error, not a guess.
    let nobody = UnifiedId::run(UnifiedId::thread()).to_string();
    assert!(router.route(&nobody)?.is_empty());
    assert!(router.route(&run[..run.len() - 1]).is_err());
    println!("{run} -> {:?}", router.route(&run)?);
    Ok(())
}
