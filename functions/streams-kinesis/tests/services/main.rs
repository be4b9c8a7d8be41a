//! Behaviour against the service, whose address is in `AWS_ENDPOINT_URL_KINESIS`. Without it the tests fail.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod contract;
mod resharding;
mod support;
