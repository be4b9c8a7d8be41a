#![doc = include_str!("../README.md")]

#[cfg(feature = "testsuite")]
pub mod contract;
mod core;
mod error;
mod file;
mod key_file;
mod master;
mod memory;
mod port;
mod pseudonyms;
mod seal;
mod sealing;
mod slot;
mod slots;
mod subjects;
mod texts;
mod unkeyed;

pub use error::{KeyringError, Kind};
pub use file::FileKeyring;
pub use memory::MemoryKeyring;
pub use port::Keyring;
pub use pseudonyms::Pseudonyms;
pub use seal::{SealedRows, seal_plain, seal_transactions};
pub use texts::{SealedTexts, Texts};
pub use unkeyed::unkeyed;
