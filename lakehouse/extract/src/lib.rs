#![doc = include_str!("../README.md")]

mod client;
mod description;
mod document;
mod error;
mod fetch;
mod fetched;
mod headers;
mod http;
mod http_source;
mod objects;
mod objects_source;
mod page;
mod retry;
mod rows;
mod staging;
mod template;

pub use description::Description;
pub use error::{DateError, ExtractError, Kind};
pub use fetch::Fetch;
pub use fetched::{Fetched, Planned, Progress};
pub use staging::sweep;
