//! Commits landing files to tables: each position once, whatever was delivered twice and wherever a run stopped.
//!
//! For each stream: the tables' newest number (application `weir.commit`) says which plan is committed. The next plan
//! is finished if its file exists, else it is made from a listing and put by create-if-absent; whoever loses that race
//! reads the winner's plan and runs it. A plan becomes one Delta commit a table, with the plan's number. Then landing
//! files that no row past the watermark stands in are deleted.

mod cleanup;
mod landed;
mod metrics;
mod outbox;
mod plans;
mod rows;
mod run;
mod settings;
mod target;

pub use metrics::CommitMetrics;
pub use run::run;
pub use settings::CommitSettings;

pub(crate) use outbox::texts;
pub(crate) use rows::with_date;

/// Application whose number a table carries: the newest plan committed to it.
pub const APPLICATION: &str = "weir.commit";
