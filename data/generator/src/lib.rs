#![doc = include_str!("../README.md")]

mod draft;
mod expand;
mod generator;
mod labels;
mod ndjson;
mod pattern;
mod place;
mod plan;
mod profile;
mod random;
mod render;
mod settings;
mod text;
mod world;

pub use generator::{Event, EventKind, Generator};
pub use ndjson::write_ndjson;
pub use pattern::{Case, Pattern};
pub use settings::{LabelSettings, Settings, SettingsError, Shares};
