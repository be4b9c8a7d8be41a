//! Behaviour when the service refuses, against one that is made up.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by a panic, as the test does")]

mod fake;
mod publishing;
mod reading;
