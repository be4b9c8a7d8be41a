//! Counts events as fast as they come: `time measure_rate [TRANSACTIONS]`.

use weir_generator::{EventKind, Generator, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transactions = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let shop = Generator::new(Settings { transactions, ..Settings::default() })?;
    let is_transaction = |event: &weir_generator::Event| matches!(event.kind, EventKind::Transaction { .. });
    let count = shop.filter(is_transaction).count() as u64;
    if count == transactions { Ok(()) } else { Err(format!("made {count} transactions").into()) }
}
