//! Behaviour of the readers.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod blocks;
mod broken;
mod endless;
mod events;
mod guess;
mod mapping;
mod readme;
mod samples;
mod shop;
mod tables;
