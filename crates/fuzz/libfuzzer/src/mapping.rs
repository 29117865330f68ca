//! See `davy_fuzz::mapping`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| davy_fuzz::mapping(data));
