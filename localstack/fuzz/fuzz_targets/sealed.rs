//! Feeds `weir_fuzz::sealed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| weir_fuzz::sealed::check(bytes));
