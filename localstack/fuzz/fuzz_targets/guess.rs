//! Feeds `weir_fuzz::guess`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| weir_fuzz::guess::check(bytes));
