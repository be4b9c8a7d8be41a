#![doc = include_str!("../README.md")]

mod answered;
mod attempt;
mod context;
pub mod dead_letters;
mod decide;
mod error;
mod incoming;
mod judge;
mod labels;
mod metrics;
mod settle;
mod sizes;
mod transactions;
mod turns;
mod working;

pub use context::{Clock, Context, Observer, Parts, Settings};
pub use decide::{Answer, decide};
pub use error::{Kind, ScoreError};
pub use labels::handle_labels;
pub use metrics::{Counted, Metrics};
pub use sizes::{Spread, StateSizes, state_sizes};
pub use transactions::{BatchResult, handle_transactions};
