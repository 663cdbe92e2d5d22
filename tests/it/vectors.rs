//! Published vectors: the ULID specification, RFC 9562, `TypeID` v0.3; and other crates as oracles.

use unified_id::{Core, ParseErrorKind, ParsedId, parse_any};

#[test]
fn ulid_specification() {
    let core = Core::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap();
    assert_eq!(core.leading_ms(), 1_469_922_850_259);
    assert_eq!(core.ulid_text(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_eq!(Core::parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").unwrap(), Core::MAX);
    assert_eq!(Core::parse("00000000000000000000000000").unwrap(), Core::MIN);
}

#[test]
fn overflow_is_rejected_where_the_ulid_crate_accepts_it() {
    let text = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    assert!(
        ulid::Ulid::from_string(text).is_ok(),
        "the crate has learnt it: say so in the comparison"
    );
    assert_eq!(Core::parse(text).unwrap_err().kind(), ParseErrorKind::Overflow);
}

#[test]
fn rfc_9562_uuid_v7() {
    // Appendix A.6: 2022-02-22T19:22:22Z.
    let uuid = uuid::Uuid::parse_str("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").unwrap();
    let core = Core::from_bytes(*uuid.as_bytes());
    assert_eq!(core.timestamp_ms(), Some(1_645_557_742_000));
    assert_eq!(core.uuid_text(), uuid.to_string());
}

#[test]
fn typeid_valid() {
    // (prefix, suffix, uuid) of spec/valid.yml, v0.3; the names of the rows follow.
    for (text, uuid, name) in [
        ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000", "nil"),
        ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001", "one"),
        ("0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a", "ten"),
        ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010", "sixteen"),
        ("00000000000000000000000010", "00000000-0000-0000-0000-000000000020", "thirty-two"),
        ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff", "max-valid"),
        (
            "prefix_0123456789abcdefghjkmnpqrs",
            "0110c853-1d09-52d8-d73e-1194e95b5f19",
            "valid-alphabet",
        ),
        (
            "prefix_01h455vb4pex5vsknk084sn02q",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "valid-uuidv7",
        ),
        (
            "pre_fix_00000000000000000000000000",
            "00000000-0000-0000-0000-000000000000",
            "prefix-underscore",
        ),
    ] {
        let id = parse_any(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(matches!(id, ParsedId::Foreign(_) | ParsedId::Bare(_)), "{name}");
        assert_eq!(id.core().unwrap().uuid_text(), uuid, "{name}");
    }
}

#[test]
fn typeid_invalid() {
    let long = "a".repeat(64) + "_00000000000000000000000000";
    // spec/invalid.yml, v0.3. A suffix in upper case alone is a ULID here, so those rows have a prefix.
    for (text, name) in [
        ("PREFIX_00000000000000000000000000", "prefix-uppercase"),
        ("12345_00000000000000000000000000", "prefix-numeric"),
        ("pre.fix_00000000000000000000000000", "prefix-period"),
        ("pr\u{e9}fix_00000000000000000000000000", "prefix-non-ascii"),
        ("  prefix_00000000000000000000000000", "prefix-spaces"),
        (long.as_str(), "prefix-64-chars"),
        ("_00000000000000000000000000", "separator-empty-prefix"),
        ("_", "separator-empty"),
        ("prefix_1234567890123456789012345", "suffix-short"),
        ("prefix_123456789012345678901234567", "suffix-long"),
        ("prefix_1234567890123456789012345 ", "suffix-spaces"),
        ("prefix_0123456789ABCDEFGHJKMNPQRS", "suffix-uppercase"),
        ("prefix_123456789-123456789-123456", "suffix-hyphens"),
        ("prefix_ooooooiiiiiiuuuuuuulllllll", "suffix-wrong-alphabet"),
        ("prefix_i23456789ol23456789oi23456", "suffix-ambiguous-crockford"),
        ("prefix_123456789-0123456789-01234", "suffix-hyphens-crockford"),
        ("prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz", "suffix-overflow"),
        ("_prefix_00000000000000000000000000", "prefix-underscore-start"),
        ("prefix__00000000000000000000000000", "prefix-underscore-end"),
        ("", "empty"),
    ] {
        assert!(parse_any(text).is_err(), "{name}");
    }
}

#[test]
fn the_ulid_and_uuid_crates_agree_on_every_bit() {
    for bit in 0..128 {
        let core = Core::from_u128(1 << bit);
        assert_eq!(core.ulid_text(), ulid::Ulid(1 << bit).to_string());
        assert_eq!(core.uuid_text(), uuid::Uuid::from_u128(1 << bit).to_string());
    }
}
