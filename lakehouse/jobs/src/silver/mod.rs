//! Makes silver tables from bronze: one row for each event, the first that arrived.
//!
//! A run takes the bronze versions past the one that the silver table carries (application `weir.silver`), decodes
//! their rows, keeps the first row of each key, and looks the keys up in the silver table: a key that is there from an
//! earlier position is passed over, one that is there from a later position is replaced, a new one is added. The rows
//! and the version become visible in one commit. Looking up makes a run idempotent by itself: what was done stays done
//! even if the version is lost.
//!
//! Only files that change are written again: those that hold a replaced row, and the small files of a date that is
//! added to, once there are too many of them. Memory is bounded by the rows of one group of versions.

mod candidates;
pub(crate) mod decode;
mod existing;
mod group;
mod kind;
mod metrics;
mod place;
mod rewrite;
mod run;
mod settings;

pub use existing::date_text;
pub(crate) use kind::Kind;
pub use metrics::{SilverMetrics, SilverTableMetrics};
pub use run::run;
pub use settings::SilverSettings;

/// Application whose number a silver table carries: the newest bronze version in it.
pub const APPLICATION: &str = "weir.silver";
