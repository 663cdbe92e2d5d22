//! What must not compile, and what the compiler then says: `tests/compile_fail/*.rs`, each with its message beside it.
//!
//! The messages are those of the tested toolchain; `TRYBUILD=overwrite cargo test --test it compile_fail` writes them anew.

#[test]
fn misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

#[cfg(all(feature = "uuid", feature = "ulid"))]
#[test]
fn a_scoped_id_is_no_uuid_and_no_ulid() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail_values/*.rs");
}
