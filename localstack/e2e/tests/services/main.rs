//! The real program on real services: `localstack/up` starts them, `.ci/services` runs this.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod bucket;
mod proxy;
mod same;
