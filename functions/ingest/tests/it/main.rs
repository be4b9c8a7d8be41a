//! The HTTP door as a client sees it, over memory adapters.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod access;
mod bodies;
mod connections;
mod dead_letters;
mod looking;
mod poison;
mod pressure;
mod scoring;
mod sending;
mod socket;
mod support;
