//! How requests are made whose retries are ours.

use std::time::Duration;

use aws_sdk_kinesis::config::Builder;
use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::config::timeout::TimeoutConfig;

/// After this long a request is as good as lost.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request that the SDK makes once.
pub(crate) fn once() -> Builder {
    let timeout = TimeoutConfig::builder().operation_timeout(TIMEOUT).build();
    Builder::new().retry_config(RetryConfig::disabled()).timeout_config(timeout)
}
