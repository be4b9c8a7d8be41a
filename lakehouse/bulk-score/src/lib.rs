#![doc = include_str!("../README.md")]

mod decide;
mod error;
mod folding;
mod labels;
mod names;
mod one;
mod output;
mod pipeline;
mod plan;
mod prepare;
mod repeats;
mod request;
mod source;
mod twofold;

pub use error::BulkScoreError;
pub use one::{Desk, Judged, Rulebook};
pub use pipeline::score;
pub use request::{Progress, Request, Summary};
