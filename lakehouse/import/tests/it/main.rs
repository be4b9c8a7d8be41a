//! Files into a lake of their own.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod broken;
mod full;
mod growth;
mod home;
mod once;
mod stopped;
mod watched;
