//! The fuzz target `shared`; what it asserts stands in `src/scan.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unified_id_fuzz::scan::shared(data));
