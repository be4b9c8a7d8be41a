//! The relay between stores and streams that work, and some that do not.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fakes;
mod handling;
mod running;
