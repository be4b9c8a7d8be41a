//! Behaviour of a mapping.

mod delivery;
mod failure;
mod fakes;
mod stopping;
