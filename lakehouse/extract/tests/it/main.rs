//! Sources that behave, and sources that do not.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod descriptions;
mod objects;
mod paging;
mod server;
mod trouble;
