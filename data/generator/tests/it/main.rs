//! Behaviour of the whole shop.

mod determinism;
mod labels;
mod patterns;
mod shop;
