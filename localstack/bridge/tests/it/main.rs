//! Behaviour of a mapping.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::clone_on_ref_ptr,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod delivery;
mod failure;
mod fakes;
mod gaps;
mod ports;
mod shards;
mod starting;
mod stopping;
