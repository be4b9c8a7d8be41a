//! Scores of files as their readers see them.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod desk;
mod rejects;
mod streamed;
mod support;
mod threads;
