//! Compares what the stages of the lake hold, by event date: whatever one stage has must be in the next.
//!
//! A run looks at the dates whose tables have changed since the versions that it compared last, and at those whose last
//! comparison did not end equal. Tables are opened from the end of the flow to its beginning, so that what arrives in
//! between is never taken for surplus. What is on its way is told from what is lost: rows that the next job has not yet
//! been given are waiting, by the versions that the tables carry; transactions without a decision (and the other way
//! round) are waiting until a settable age, since the two come by ways of their own.
//!
//! Rows of an import come without bronze and without decisions, and are compared with the facts alone. Bronze is
//! partitioned by arrival: of a date the arrival dates are read at which its rows came, and every file that is new.

mod columns;
mod compare;
mod comparing;
mod dates;
mod outcome;
mod pair;
mod record;
mod run;
mod stage;
mod tables;

pub use pair::{ReconcileSettings, WAITING};
pub(crate) use run::run;

/// Name of the job.
const JOB: &str = "reconcile";

/// Application of this job's commits.
const APPLICATION: &str = "weir.reconcile";
