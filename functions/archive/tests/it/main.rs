//! Landing as a caller sees it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod landing;
mod outbox;
mod support;
