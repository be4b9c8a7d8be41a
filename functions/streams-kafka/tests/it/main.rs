//! Behaviour when brokers fail, against a cluster that is made up.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod brokers;
