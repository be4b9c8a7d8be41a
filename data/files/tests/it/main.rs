//! Files that are there whole or not at all.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by a panic, as the test does")]

mod synced;
