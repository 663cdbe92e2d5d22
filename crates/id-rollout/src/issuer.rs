//! Hands out ids as text: new ones, or the old shapes, as the flags say at that moment.
//!
//! A thread is on one side: the same share of a hundred decides for it and for everything on it, by its key, in every process.
//! Invariant: what is handed out reads back, and as the thread that it was made for. Next: the application.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use unified_id::kind::ScopeRule;
use unified_id::legacy::LegacyId;
use unified_id::{
    Core, IdKind, LegacyRunFormat, ParseErrorKind, ThreadId, ThreadKey, ThreadScope, UnifiedId,
    UserId, adopt, parse_any,
};

use crate::error::RolloutError;
use crate::flags::Flags;
use crate::rollout::Rollout;

/// The version of the recipe; another recipe would need another text here.
const DOMAIN: &[u8] = b"unified-id/rollout/1";

/// Returns the place of a thread among a hundred, 0 to 99: it gets new ids if this is less than `rollout_percent`.
///
/// The first 8 bytes of SHA-256("unified-id/rollout/1", 0, key bytes) as a number, modulo 100: the same in every process, and
/// whoever is in at 10 percent is in at 50.
///
/// # Examples
///
/// ```
/// use unified_id::ThreadKey;
///
/// let spelt = |text: &str| id_rollout::bucket(&ThreadKey::parse(text).unwrap());
/// assert_eq!(spelt("thread_user123"), spelt("user123"));
/// assert!(spelt("user123") < 100);
/// ```
#[must_use]
pub fn bucket(key: &ThreadKey) -> u8 {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update([0]);
    match (key.as_core(), key.as_text()) {
        (Some(core), _) => hash.update(core.to_bytes()),
        (None, text) => hash.update(text.unwrap_or_default()),
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    (u64::from_be_bytes(first) % 100) as u8
}

/// Hands out ids as text.
///
/// Copies share their counters.
#[derive(Clone, Debug)]
pub struct Issuer {
    rollout: Rollout,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    new: AtomicU64,
    legacy: AtomicU64,
    unscopable: AtomicU64,
    refused: AtomicU64,
}

/// How many ids were handed out; counters only grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuerStats {
    /// Ids of the new format.
    pub new: u64,
    /// Ids of the old shapes.
    pub legacy: u64,
    /// Those of them whose thread should have got new ids, but cannot stand in one: such threads are to be adopted.
    pub unscopable: u64,
    /// Calls that were answered by an error.
    pub refused: u64,
}

impl Issuer {
    /// Makes an issuer that asks these flags.
    #[must_use]
    pub fn new(rollout: Rollout) -> Self {
        Self { rollout, counts: Arc::default() }
    }

    /// Returns the flags that are asked.
    #[must_use]
    pub fn rollout(&self) -> &Rollout {
        &self.rollout
    }

    /// Returns how many ids were handed out.
    #[must_use]
    pub fn stats(&self) -> IssuerStats {
        IssuerStats {
            new: self.counts.new.load(Ordering::Relaxed),
            legacy: self.counts.legacy.load(Ordering::Relaxed),
            unscopable: self.counts.unscopable.load(Ordering::Relaxed),
            refused: self.counts.refused.load(Ordering::Relaxed),
        }
    }

    /// Hands out the id of a new thread: `thread_<core>`, or `session_<ms>_<8 hex>`, which every old reader takes.
    #[must_use]
    pub fn thread(&self) -> String {
        let flags = self.rollout.flags();
        let core = unified_id::generator::generate();
        if is_in(flags, &ThreadKey::from(core)) {
            self.counts.new.fetch_add(1, Ordering::Relaxed);
            return ThreadId::from_core(core).to_string();
        }
        self.counts.legacy.fetch_add(1, Ordering::Relaxed);
        old_thread(flags, core)
    }

    /// Hands out the id of a run on a thread, which may be given in any spelling.
    ///
    /// # Errors
    ///
    /// [`Scope`](crate::RolloutErrorKind::Scope) if the text is no thread: empty, an id of another kind, a mistyped core;
    /// or if no id of the old shape can carry it, so that whoever reads it would find another thread.
    pub fn run(&self, thread: &str) -> Result<String, RolloutError> {
        self.issue(IdKind::Run, Some(thread))
    }

    /// Hands out an id of any kind; `scope` is the thread of a run, message or tool and the user of a websocket.
    ///
    /// A user of an older system is adopted where a new id needs one.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); also if kind and scope do not go together.
    pub fn issue(&self, kind: IdKind, scope: Option<&str>) -> Result<String, RolloutError> {
        let issued = match (kind, kind.scope_rule(), scope) {
            (IdKind::Thread, _, None) => return Ok(self.thread()),
            (_, ScopeRule::Thread, Some(thread)) => self.on_thread(kind, thread),
            (_, ScopeRule::User, Some(user)) => self.of_user(kind, user),
            _ => self.unscoped(kind, scope),
        };
        if issued.is_err() {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
        }
        issued
    }

    fn on_thread(&self, kind: IdKind, thread: &str) -> Result<String, RolloutError> {
        let flags = self.rollout.flags();
        let scope = match ThreadScope::parse(thread) {
            Ok(scope) => Ok(scope),
            // A thread that cannot be a scope keeps the old shapes, whatever the flags say: no call fails that did not before.
            Err(error) if error.kind() == ParseErrorKind::InvalidScope => Err(error),
            Err(error) => return Err(RolloutError::scope(error)),
        };
        let key = match &scope {
            Ok(scope) => scope.thread_key(),
            Err(_) => ThreadKey::parse(thread).map_err(RolloutError::scope)?,
        };
        let core = unified_id::generator::generate();
        if is_in(flags, &key) {
            if let Ok(scope) = &scope {
                self.counts.new.fetch_add(1, Ordering::Relaxed);
                let text = scope.to_string();
                let id =
                    UnifiedId::with_core(kind, Some(&text), core).map_err(RolloutError::scope)?;
                return Ok(id.to_string());
            }
            self.counts.unscopable.fetch_add(1, Ordering::Relaxed);
        }
        let id = match kind {
            IdKind::Run => old_run(flags.legacy_run_format, &key, core)?,
            _ => base_id(kind, core),
        };
        self.counts.legacy.fetch_add(1, Ordering::Relaxed);
        Ok(id)
    }

    fn of_user(&self, kind: IdKind, user: &str) -> Result<String, RolloutError> {
        let flags = self.rollout.flags();
        let key = ThreadKey::parse(user).map_err(RolloutError::scope)?;
        // `user_<core>` and its core are one user; any other text is one of an older system.
        let known = UserId::parse(user).map(|id| id.core()).ok().or(key.as_core());
        let adopted = known.unwrap_or_else(|| adopt(IdKind::User, &key));
        let core = unified_id::generator::generate();
        if is_in(flags, &ThreadKey::from(adopted)) {
            self.counts.new.fetch_add(1, Ordering::Relaxed);
            let scope = UserId::from_core(adopted).to_string();
            let id = UnifiedId::with_core(kind, Some(&scope), core).map_err(RolloutError::scope)?;
            return Ok(id.to_string());
        }
        self.counts.legacy.fetch_add(1, Ordering::Relaxed);
        Ok(base_id(kind, core))
    }

    fn unscoped(&self, kind: IdKind, scope: Option<&str>) -> Result<String, RolloutError> {
        let flags = self.rollout.flags();
        let core = unified_id::generator::generate();
        let id = UnifiedId::with_core(kind, scope, core).map_err(RolloutError::scope)?;
        if is_in(flags, &ThreadKey::from(core)) {
            self.counts.new.fetch_add(1, Ordering::Relaxed);
            return Ok(id.to_string());
        }
        self.counts.legacy.fetch_add(1, Ordering::Relaxed);
        Ok(base_id(kind, core))
    }
}

fn is_in(flags: Flags, key: &ThreadKey) -> bool {
    // Nothing is hashed where all or none are in.
    flags.enable_unified_id_generation
        && (flags.rollout_percent >= 100
            || flags.rollout_percent > 0 && bucket(key) < flags.rollout_percent)
}

/// `session_<ms>_<8 hex>`: `UnifiedIDManager` of 2025-09-03; its runs read back in all three old shapes.
///
/// Another one is taken while its key is on the other side, so that the runs of an old thread are old ones.
fn old_thread(flags: Flags, core: Core) -> String {
    /// At 99 percent in a hundred are needed on the average.
    const TRIES: u32 = 2000;
    let mut core = core;
    for _ in 0..TRIES {
        let text = format!("session_{}_{:08x}", core.leading_ms(), low_bits(core));
        match ThreadKey::parse(&text) {
            Ok(key) if is_in(flags, &key) => core = unified_id::generator::generate(),
            _ => return text,
        }
    }
    format!("session_{}_{:08x}", core.leading_ms(), low_bits(core))
}

/// A run id of an old shape, if whoever wrote that shape finds the thread in it, and we do.
fn old_run(format: LegacyRunFormat, key: &ThreadKey, core: Core) -> Result<String, RolloutError> {
    let text = format.render(key, core);
    let refused = || RolloutError::uncarried(&key.to_string(), &format.to_string());
    // The old reader of this shape cuts at the first `_run_`.
    let key_text = key.to_string();
    if format == LegacyRunFormat::Canonical
        && text.find("_run_") != Some("thread_".len() + key_text.len())
    {
        return Err(refused());
    }
    let holds = |id: &LegacyId<'_>| {
        let mut threads = std::iter::once(id.thread()).chain(id.alternatives()).flatten();
        id.kind() == Some("run") && threads.any(|thread| thread.key() == key_text)
    };
    let is_held = parse_any(&text).ok().and_then(|id| id.as_legacy()).is_some_and(|id| holds(&id));
    if is_held { Ok(text) } else { Err(refused()) }
}

/// `{kind}_<ms>_<counter>_<8 hex>`: what `UnifiedIdGenerator` wrote for everything but threads and runs.
fn base_id(kind: IdKind, core: Core) -> String {
    // Both halves of the 22-bit counter; a counter of 0 was never written.
    let bits = core.to_u128();
    let counter = ((bits >> 64 & 0xfff) << 10 | bits >> 52 & 0x3ff) + 1;
    format!("{kind}_{}_{counter}_{:08x}", core.leading_ms(), low_bits(core))
}

fn low_bits(core: Core) -> u128 {
    core.to_u128() & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_the_same_for_ever() {
        let of = |text: &str| bucket(&ThreadKey::parse(text).unwrap());
        let seen = ["user123", "alice", "01m7wqt1fbff4sq3bgc5bhn9e0", "a b"].map(of);
        // Computed by another program.
        assert_eq!(seen, [81, 47, 35, 29]);
    }

    #[test]
    fn threads_are_spread_evenly_and_stay_in() {
        let keys: Vec<ThreadKey> =
            (0..20_000).map(|at| ThreadKey::parse(&format!("user{at}")).unwrap()).collect();
        let mut counts = [0_u32; 100];
        for key in &keys {
            counts[usize::from(bucket(key))] += 1;
        }
        // 200 each on the average, with a deviation of 14.
        assert!(counts.iter().all(|count| (120..280).contains(count)), "{counts:?}");
        let on = |rollout_percent| Flags {
            enable_unified_id_generation: true,
            rollout_percent,
            ..Flags::default()
        };
        for key in &keys[..500] {
            let mut before = false;
            for percent in 0..=100 {
                let now = is_in(on(percent), key);
                assert!(now || !before, "{key} is out again at {percent}");
                before = now;
            }
            assert!(before && !is_in(on(0), key) && !is_in(Flags::default(), key));
        }
    }

    #[test]
    fn a_thread_and_its_runs_are_on_one_side() {
        for rollout_percent in [0, 1, 50, 90] {
            let flags =
                Flags { enable_unified_id_generation: true, rollout_percent, ..Flags::default() };
            for _ in 0..100 {
                let thread = old_thread(flags, unified_id::generator::generate());
                assert!(!is_in(flags, &ThreadKey::parse(&thread).unwrap()), "{thread}");
            }
        }
    }
}
