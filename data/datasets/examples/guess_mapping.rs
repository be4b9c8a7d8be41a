//! Prints a first mapping of a file and how its rows come out: `guess_mapping FILE`.
#![expect(clippy::print_stdout, reason = "an example that answers on the screen")]

use std::path::Path;

use weir_datasets::{Mapping, Options, check, guess};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("say the file to read: guess_mapping FILE")?;
    let page = guess(Path::new(&path))?;
    println!("{page}");
    let mapping = Mapping::parse(Path::new("guessed.toml"), &page)?;
    let check = check(Path::new(&path), &mapping, Options::default().currency, 100_000, 1)?;
    println!("{check:#?}");
    Ok(())
}
