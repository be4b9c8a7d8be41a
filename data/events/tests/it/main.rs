//! Behaviour of the events as others see it.

mod transaction;
