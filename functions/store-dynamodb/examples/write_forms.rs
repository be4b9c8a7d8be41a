//! The three forms of writing beside each other: time, requests, own processor time, units, and what one conflict among
//! a hundred writes does.
//!
//! `AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 cargo run --release -p weir-store-dynamodb --features services
//! --example write_forms`
#![expect(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement prints what it found"
)]

mod processor;
#[path = "../tests/it/support.rs"]
mod support;

use std::time::Instant;

use weir_events::EntityKind;
use weir_store::contract::{entity, state_write};
use weir_store::{Changes, StateWrite, Store};
use weir_store_dynamodb::{DynamoSettings, DynamoStore, WriteForm};

const WRITES: u32 = 2_000;
const BATCH: u32 = 100;
const SIZE: usize = 800;
const ROUNDS: usize = 3;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    println!("{WRITES} heads of {SIZE} bytes in commits of {BATCH}, new and again, {ROUNDS} rounds");
    println!(
        "{:<12}{:>8}{:>12}{:>12}{:>14}{:>16}{:>22}",
        "form", "what", "seconds", "requests", "own us/write", "units/write", "written of 99 beside"
    );
    for _ in 0..ROUNDS {
        for (name, write_form) in [
            ("batch", WriteForm::Batch),
            ("single", WriteForm::Single),
            ("transaction", WriteForm::Transaction),
        ] {
            let settings = DynamoSettings { write_form, ..support::settings() };
            let tables = support::Tables::new(settings, &support::endpoint()).await;
            let store = tables.store();
            let first = round(&store, 0).await?;
            let again = round(&store, 1).await?;
            let beside = conflict(&store).await?;
            println!("{name:<12}{:>8}{first}{:>22}", "new", "");
            println!("{name:<12}{:>8}{again}{beside:>22}", "again");
        }
    }
    Ok(())
}

/// Writes every head once.
async fn round(store: &DynamoStore, version: u64) -> anyhow::Result<String> {
    let (start, before, processor) = (Instant::now(), store.stats(), processor::time());
    for first in (0..WRITES).step_by(BATCH as usize) {
        let states = (first..first + BATCH).map(|number| head(number, version)).collect();
        store.commit(Changes { states, ..Changes::default() }).await?;
    }
    let (elapsed, after) = (start.elapsed(), store.stats());
    let own = (processor::time().saturating_sub(processor)).as_secs_f64() * 1e6 / f64::from(WRITES);
    let units = (after.write_units - before.write_units) / f64::from(WRITES);
    let units = if units > 0.0 { format!("{units:.2}") } else { "not told".to_owned() };
    let requests = after.requests - before.requests;
    Ok(format!("{:>12.2}{requests:>12}{own:>14.0}{units:>16}", elapsed.as_secs_f64()))
}

/// One stale head among a hundred: how many of the others are written.
async fn conflict(store: &DynamoStore) -> anyhow::Result<usize> {
    let states: Vec<StateWrite> =
        (0..BATCH).map(|number| head(number, if number == 50 { 7 } else { 2 })).collect();
    let keys: Vec<_> = states.iter().map(|state| state.entity).collect();
    let refused = store.commit(Changes { states, ..Changes::default() }).await;
    anyhow::ensure!(refused.is_err(), "a stale head was written");
    Ok(store.newest_states(&keys).await?.iter().filter(|state| state.version == 3).count())
}

fn head(number: u32, version: u64) -> StateWrite {
    StateWrite { bytes: vec![7; SIZE], ..state_write(entity(EntityKind::Card, number), version, 0) }
}
