//! The program as its users meet it: processes, files, HTTP, signals.

mod support;

mod command_line;
mod demo;
mod faults;
mod kill;
mod personal_data;
mod real_input;
