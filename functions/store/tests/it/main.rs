//! Both adapters against the contract, against each other, and against a kill.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking; a child prints"
)]

mod contract;
mod kill;
mod model;
mod opening;
