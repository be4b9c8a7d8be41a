//! Behaviour of the adapters.

mod contract;
mod damage;
mod kill;
mod log;
