//! Feeds `weir_fuzz::ndjson`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| weir_fuzz::ndjson::check(bytes));
