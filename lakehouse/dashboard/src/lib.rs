#![doc = include_str!("../README.md")]

mod alert;
mod board;
mod chaos;
mod detail;
mod histogram;
mod html;
mod live;
mod lookup;
mod router;
mod snapshot;
mod window;
mod words;

pub use alert::{Alert, AlertReason};
pub use board::{Board, Counters, KEPT_ALERTS};
pub use chaos::{CHAOS_HEADER, Chaos, Kills, Part, Restart, Survival, admit_chaos, router_with_chaos};
pub use lookup::{Found, Lookup, LookupError};
pub use router::router;
pub use snapshot::{Latency, Outcomes, Second, Snapshot};
pub use window::KEPT_SECONDS;
