//! Behaviour of the whole shop.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod determinism;
mod labels;
mod patterns;
mod shop;
