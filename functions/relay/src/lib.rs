#![doc = include_str!("../README.md")]

mod error;
mod handle;
mod run;

pub use error::{Kind, RelayError};
pub use handle::{ALERTS, Context, DECISIONS, Relayed, handle};
pub use run::{CONSUMER, OUTBOX, Settings, run};
