//! The fuzz target `legacy`; what it asserts stands in `src/targets.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unified_id_fuzz::targets::legacy(data));
