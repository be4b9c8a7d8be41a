//! What the feature files hold, whatever they are made from.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod handbook;
mod observed;
mod outputs;
mod rejects;
mod selection;
mod support;
