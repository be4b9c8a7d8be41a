#![doc = include_str!("../README.md")]

mod block;
mod commit;
mod decode;
mod file;
mod keys;
mod pipeline;
mod places;
mod plain;
mod request;
mod run;
mod summary;

pub use request::{Progress, Request};
pub use run::run;
pub use summary::Summary;

/// Stream in the position of rows that came from files.
pub const STREAM: &str = "import";

/// What applications are called that number the rows of a file: this, and the file's hash.
pub const APPLICATION: &str = "weir.import";
