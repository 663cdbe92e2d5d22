//! The fuzz target `rest`; what it asserts stands in `src/bodies.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unified_id_fuzz::bodies::rest(data));
