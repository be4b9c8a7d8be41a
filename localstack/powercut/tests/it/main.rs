//! What survives a power cut, and what does not.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by a panic, as the test does")]

#[cfg(all(feature = "fuse", target_os = "linux"))]
mod mounted;
mod names;
mod pages;
mod space;
