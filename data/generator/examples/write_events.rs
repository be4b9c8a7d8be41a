//! Writes a shop's events to a file: `write_events FILE [TRANSACTIONS] [SEED]`.

use std::fs::File;
use std::io::BufWriter;

use weir_generator::{Generator, Settings, write_ndjson};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("say the file to write: write_events FILE [TRANSACTIONS] [SEED]")?;
    let transactions = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let settings = Settings { seed, transactions, ..Settings::default() };
    write_ndjson(Generator::new(settings)?, BufWriter::new(File::create(path)?))?;
    Ok(())
}
