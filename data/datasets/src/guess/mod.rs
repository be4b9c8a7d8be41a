//! A first mapping of a file that nobody has explained yet.

mod choose;
mod dates;
mod lines;
mod names;
mod page;
mod rest;
mod sample;
mod shapes;

use std::path::Path;

use crate::ReadError;

/// The text of a first mapping for a CSV file, told by its header and its first rows, with comments that say why.
/// What could be meant in two ways carries `confirm = true`, and is not used before a person takes that out.
///
/// Comments hold names of columns and counts; of values only words for true and false and for kinds of devices.
pub fn guess(path: &Path) -> Result<String, ReadError> {
    let sample = sample::Sample::of(path)?;
    let choices = choose::choose(&sample);
    Ok(page::page(path, &sample, &choices))
}
