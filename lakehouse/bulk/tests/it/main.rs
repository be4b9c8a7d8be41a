//! What the feature files hold, whatever they are made from.

mod handbook;
mod observed;
mod outputs;
mod rejects;
mod selection;
mod support;
