//! The store on a running DynamoDB, straight and through a proxy that misbehaves on purpose.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod contract;
mod faults;
mod proxy;
mod support;
