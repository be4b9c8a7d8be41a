#![doc = include_str!("../README.md")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do, by a panic")]

mod check;
mod lives;
mod load;
mod process;
mod shop;

pub use check::{arrived, number, sql, wait_for, whole_and_once};
pub use lives::{KeptOnFailure, Lives};
pub use load::{Load, Tally};
pub use process::{PATIENCE, Weir, command, limited};
pub use shop::{Shop, lines};
