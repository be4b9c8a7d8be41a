#![doc = include_str!("../README.md")]

mod sure;
mod synced;
mod whole;

pub use sure::SureCreates;
pub use synced::SyncedFiles;
