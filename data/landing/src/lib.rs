#![doc = include_str!("../README.md")]

mod columns;
mod path;
mod plan;
mod planning;

pub use columns::{ARRIVED_AT, COLUMNS, KEY, PAYLOAD, SEQUENCE, SHARD, STREAM, SUB};
pub use path::{LANDING, LandingError, LandingPath, SEQUENCE_DIGITS, shard_prefix, stream_prefix};
pub use plan::{FORMAT_VERSION, PLANS, Plan, PlanError, PlannedFile, Watermarks, plan_path, plans_prefix};
pub use planning::{LandingFile, Limits, covered, next_plan, settled};
