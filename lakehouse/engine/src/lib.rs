#![doc = include_str!("../README.md")]

mod durable;
mod error;
mod lake;
mod session;
mod settings;

pub use error::{EngineError, Kind};
pub use lake::Lake;
pub use settings::EngineSettings;
