//! The HTTP door as a client sees it, over memory adapters.

mod access;
mod bodies;
mod dead_letters;
mod looking;
mod pressure;
mod scoring;
mod sending;
mod support;
