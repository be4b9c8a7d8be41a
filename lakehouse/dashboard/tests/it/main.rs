//! The dashboard through its router.

#![expect(clippy::unwrap_used, reason = "a test may stop where something is not as expected")]

mod chaos;
mod live;
mod made_up;
mod pages;
mod served;
