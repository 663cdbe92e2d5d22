//! The recipes by the byte; `docs/spec/migration.md` is their specification.

use sha2::{Digest, Sha256};
use unified_id::{Core, ParsedId};

/// The version of each recipe; another recipe would need another text here.
const CREATED_AT: &[u8] = b"unified-id/created-at/1";
const STABLE: &[u8] = b"unified-id/stable/1";

/// How many legacy rows of one millisecond can be kept in order: the 22 bits of the counter.
pub const RANKS: u32 = 1 << 22;

fn digest(domain: &[u8], namespace: &str, table: &str, legacy: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in [domain, namespace.as_bytes(), table.as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(legacy);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes
}

fn versioned(mut bytes: [u8; 16], version: u8) -> Core {
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Core::from_bytes(bytes)
}

/// Returns the id of a row that was made at a time; `None` if the time or the rank does not fit.
///
/// A rank takes the place of the 22 bits of the counter, so that ids of one millisecond keep the order of their rows.
#[must_use]
pub fn created_at(
    namespace: &str,
    table: &str,
    legacy: &[u8],
    time_ms: u64,
    rank: Option<u32>,
) -> Option<Core> {
    if time_ms >> 48 != 0 {
        return None;
    }
    let mut bytes = digest(CREATED_AT, namespace, table, legacy);
    bytes[..6].copy_from_slice(&time_ms.to_be_bytes()[2..]);
    if let Some(rank) = rank {
        if rank >= RANKS {
            return None;
        }
        // 12 bits beside the version, 6 below the variant, 4 at the top of the next byte.
        let [_, _, high, next] = (rank >> 10).to_be_bytes();
        bytes[6] = high;
        bytes[7] = next;
        let [_, _, middle, low] = ((rank & 0x3ff) << 4).to_be_bytes();
        bytes[8] = middle;
        bytes[9] = low | (bytes[9] & 0x0f);
    }
    Some(versioned(bytes, 7))
}

/// Returns the id of a natural key.
#[must_use]
pub fn stable(namespace: &str, table: &str, legacy: &[u8]) -> Core {
    versioned(digest(STABLE, namespace, table, legacy), 8)
}

/// Returns the 128 bits of a UUID (36 or 32 characters), a ULID in either case, or 16 bytes.
#[must_use]
pub fn bits(legacy: &[u8]) -> Option<Core> {
    if let Ok(text) = str::from_utf8(legacy) {
        if let Some(bits) = uuid_bits(text) {
            return Some(Core::from_u128(bits));
        }
        if let Ok(core) = Core::parse(text) {
            return Some(core);
        }
    }
    <[u8; 16]>::try_from(legacy).ok().map(Core::from_bytes)
}

/// Returns the core of what is an id already: a typed one, or whatever [`bits`] reads.
#[must_use]
pub fn keep(legacy: &[u8]) -> Option<Core> {
    // A scoped id would lose its scope: it is none of ours to shorten.
    let typed = str::from_utf8(legacy).ok().filter(|text| text.matches('_').count() == 1).and_then(
        |text| match unified_id::parse_any(text).ok()? {
            ParsedId::Legacy(_) => None,
            id => id.core(),
        },
    );
    typed.or_else(|| bits(legacy))
}

/// Reads 32 hexadecimal digits in either case, with the four dashes of a UUID or without.
#[must_use]
pub fn uuid_bits(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    let has_dashes = bytes.len() == 36;
    if !has_dashes && bytes.len() != 32 {
        return None;
    }
    let mut value = 0u128;
    for (at, byte) in bytes.iter().enumerate() {
        if has_dashes && matches!(at, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
            continue;
        }
        value = (value << 4) | u128::from(char::from(*byte).to_digit(16)?);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_specification() {
        let check = |core: Core, text: &str| assert_eq!(core.to_text().as_str(), text);
        check(
            created_at("crackerjack", "jobs", b"a1b2c3d4", 1_704_164_645_000, None).unwrap(),
            "01hk421p48e8wvkgb4w8etmzmm",
        );
        check(
            created_at("crackerjack", "jobs", b"a1b2c3d4", 1_704_164_645_000, Some(5)).unwrap(),
            "01hk421p48e0080mb4w8etmzmm",
        );
        check(stable("akosha", "entities", b"user:alice"), "665fwd5v88g69axk8cv55wsh8p");
    }

    #[test]
    fn ranks_keep_the_order_inside_a_millisecond() {
        let of = |legacy: &[u8], rank| created_at("n", "t", legacy, 7, Some(rank));
        let ids: Vec<_> = (0..2000).map(|rank| of(&rank.to_string().into_bytes(), rank)).collect();
        assert!(ids.is_sorted() && ids.iter().all(Option::is_some));
        assert_eq!(of(b"x", RANKS), None);
        assert_eq!(created_at("n", "t", b"x", 1 << 48, None), None);
    }

    #[test]
    fn bits_of_all_spellings_are_the_same() {
        let core = bits(b"0190A1B2-C3D4-7E5F-8123-456789ABCDEF").unwrap();
        assert_eq!(bits(b"0190a1b2c3d47e5f8123456789abcdef"), Some(core));
        assert_eq!(bits(core.ulid_text().as_bytes()), Some(core));
        assert_eq!(bits(&core.to_bytes()), Some(core));
        assert_eq!(keep(format!("job_{}", core.to_text().as_str()).as_bytes()), Some(core));
        for text in
            ["", "12345678", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0190a1b2-c3d4-7e5f-8123-456789abcdeg"]
        {
            assert_eq!(bits(text.as_bytes()), None, "{text}");
        }
    }
}
