//! Makes the star schema from silver: facts by event date, and their dimensions.
//!
//! A run finds the dates whose transactions, labels or decisions have changed since the versions that the star was made
//! from, and replaces the facts of exactly those. Customers have a history of their location; an order that comes late
//! may begin another version, and then the facts of the later dates that pointed to the old one are replaced too.
//!
//! The order of the commits is what makes a crash harmless: dimensions that only grow, then the facts, then the
//! customers, which carry the versions that all was made from. A run that was stopped before that is done again.

mod customers;
mod facts;
mod labels;
mod members;
mod orders;
mod run;
mod settings;
mod write;

pub(crate) use labels::newest;
pub(crate) use run::midnight;
pub use run::run;
pub use settings::StarSettings;
pub(crate) use write::rows;

/// Application of the star's commits.
pub const APPLICATION: &str = "weir.star";

/// Name of the job.
pub(crate) const JOB: &str = "star";
