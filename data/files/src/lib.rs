#![doc = include_str!("../README.md")]

mod synced;
mod whole;

pub use synced::SyncedFiles;
