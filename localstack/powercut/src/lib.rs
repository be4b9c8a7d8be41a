#![doc = include_str!("../README.md")]

mod chance;
mod content;
mod cut;
mod disk;
mod error;
#[cfg(all(feature = "fuse", target_os = "linux"))]
mod handles;
#[cfg(all(feature = "fuse", target_os = "linux"))]
mod mount;
mod names;
mod node;
#[cfg(all(feature = "fuse", target_os = "linux"))]
mod replies;
#[cfg(all(feature = "fuse", target_os = "linux"))]
mod requests;
mod socket;
mod switch;

pub use disk::{Attributes, Disk, Handle, NodeId, ROOT};
pub use error::Refusal;
#[cfg(all(feature = "fuse", target_os = "linux"))]
pub use mount::Mounted;
pub use names::Model;
pub use socket::serve;
pub use switch::{Counters, Switch};
