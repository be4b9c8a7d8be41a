//! The program as its users meet it: processes, files, HTTP, signals.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it cannot go on, helpers included")]

mod support;

mod chaos;
mod command_line;
mod demo;
mod extract;
mod faults;
mod features;
mod jobs;
mod kill;
mod lake;
mod live;
mod mapping;
mod personal_data;
mod real_input;
mod score;
