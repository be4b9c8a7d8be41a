//! Behaviour against a broker, whose address is in `KAFKA_BOOTSTRAP`. Without it the tests fail.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod contract;
mod faults;
mod group;
mod support;
