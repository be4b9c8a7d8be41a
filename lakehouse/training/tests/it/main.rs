//! Training as a caller sees it.

#![expect(clippy::unwrap_used, reason = "a test may stop where something is not as expected")]

mod bundled;
mod leaks;
mod made_up;
mod protocol;
