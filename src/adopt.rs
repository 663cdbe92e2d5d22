//! Adoption: the core that stands for a thread or user that is known only by an old text.
//!
//! ```text
//! first 16 bytes of SHA-256("unified-id/adopt/1" 00 kind name 00 ThreadKey bytes), version 8, variant 10
//! ```
//!
//! Invariant: the same text gives the same core in every language and process, for ever.

use sha2::{Digest, Sha256};

use crate::{Core, IdKind, ThreadKey};

/// The version of the recipe; another recipe would need another text here.
const DOMAIN: &[u8] = b"unified-id/adopt/1";

/// Returns the core that stands for an old thread, user or other object, for all time.
///
/// Adopted cores have the bits of a UUIDv8: no time can be read from them. A key that is a core or a UUID already goes by
/// its 16 bytes, so that all its spellings are adopted alike.
///
/// # Examples
///
/// ```
/// use unified_id::{IdKind, ThreadId, ThreadKey, UnifiedId, adopt};
///
/// let old = ThreadKey::parse("thread_Alice's thread")?;
/// let thread = ThreadId::from_core(adopt(IdKind::Thread, &old));
/// assert_eq!(thread.to_string(), "thread_75eer0p7j2hfarjaqbh1rysf6n");
/// let run = UnifiedId::run(thread);
/// assert_eq!(run.thread(), thread);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// # Specification
///
/// `docs/spec/id-format.md`, section "Scope".
#[must_use]
pub fn adopt(kind: IdKind, key: &ThreadKey) -> Core {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update([0]);
    hash.update(kind.prefix());
    hash.update([0]);
    match (key.as_core(), key.as_text()) {
        (Some(core), _) => hash.update(core.to_bytes()),
        (None, text) => hash.update(text.unwrap_or_default()),
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Core::from_bytes(bytes)
}
