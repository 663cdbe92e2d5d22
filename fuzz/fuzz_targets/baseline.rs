//! The fuzz target `baseline`; what it asserts stands in `src/scan.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unified_id_fuzz::scan::baseline(data));
