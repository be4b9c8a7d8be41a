#![doc = include_str!("../README.md")]

mod check;
pub mod commit;
mod fault;
mod job;
mod label;
mod lease;
mod maintain;
mod metrics;
mod pins;
mod reconcile;
pub mod refold;
mod report;
mod runs;
pub mod silver;
pub mod star;
mod surrogate;
mod touched;

pub use check::check;
pub use job::{JOBS, JobOptions, JobOutcome, Stopped, date_range, run_job};
pub use lease::Lease;
pub use maintain::{MaintainSettings, maintain};
pub use pins::{Pin, pin, pins, unpin};
pub use reconcile::{ReconcileSettings, WAITING};
pub use report::{Listener, Progress, Report};
pub use runs::{Run, last_runs};
pub use silver::date_text;
pub use surrogate::{UNKNOWN, surrogate};

pub use fault::{Fault, FaultPoint, UnknownFaultPoint};

use std::time::{SystemTime, UNIX_EPOCH};

use weir_events::Timestamp;

/// The present, as jobs stamp it on what they make.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// UTC day of a moment, as the date columns of the lake count them.
const fn day(micros: i64) -> i32 {
    Timestamp::from_micros(micros).epoch_day()
}
