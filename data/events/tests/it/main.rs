//! Behaviour of the events as others see it.

mod dictionary;
mod examples;
mod label;
mod sensitive;
mod strategies;
mod tables;
mod transaction;
mod values;
mod wire;
