//! Behaviour of the fold: against a recomputation from the list of events, through the stored form, and on a
//! fixed history.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::large_enum_variant, reason = "a few values, made for reading")]

mod brute;
mod bulk;
mod caps;
mod golden;
mod history;
mod order;
mod properties;
mod rules;
mod stored;
