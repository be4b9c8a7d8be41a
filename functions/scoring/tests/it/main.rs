//! Behaviour of models, explanations, reasons and policies.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod explanations;
mod forests;
mod models;
mod phrases;
mod policies;
mod reasons;
mod scores;
