//! Behaviour of the keyrings.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by a panic, as the test does")]

mod contract;
mod files;
mod transactions;
