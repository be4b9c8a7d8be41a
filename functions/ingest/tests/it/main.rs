//! The HTTP door as a client sees it, over memory adapters.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod access;
mod bodies;
mod dead_letters;
mod looking;
mod pressure;
mod scoring;
mod sending;
mod socket;
mod support;
