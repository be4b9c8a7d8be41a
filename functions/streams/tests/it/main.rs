//! Behaviour of the adapters.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod contract;
mod damage;
mod kill;
mod log;
mod retention;
