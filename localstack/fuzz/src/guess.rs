//! Guesses of what the columns of a file mean.

use std::fs;
use std::path::Path;

use weir_datasets::{Mapping, Options, guess};

use crate::folder;

/// A guess of any file is a mapping that can be read, or the file is refused.
pub fn check(bytes: &[u8]) {
    let path = folder().join("guessed.csv");
    fs::write(&path, bytes).expect("a folder in memory");
    let Ok(page) = guess(&path) else { return };
    if let Ok(mapping) = Mapping::parse(Path::new("guessed.toml"), &page) {
        let _ = weir_datasets::check(&path, &mapping, Options::default().currency, 20, 5);
    }
}
