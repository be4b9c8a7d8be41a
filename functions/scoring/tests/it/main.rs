//! Behaviour of models, explanations, reasons and policies.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod blocks;
mod explanations;
mod forests;
mod golden;
mod models;
mod phrases;
mod plain;
mod policies;
mod reasons;
mod scores;
mod shapes;
