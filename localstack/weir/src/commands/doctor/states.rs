//! `weir doctor --states`: how large the stored states are.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use weir_score::{Spread, StateSizes, state_sizes};
use weir_store::{Durability, EmbeddedStore};

use crate::home::Home;
use crate::output;

/// Reads every state of a home that nothing else uses.
pub(super) async fn run(home: &Home, json: bool) -> Result<ExitCode> {
    if !home.store().is_dir() {
        bail!("`{}` holds no states yet; `weir demo` or `weir run` makes some", home.root().display());
    }
    let _held = home.hold()?;
    let store = EmbeddedStore::open(home.store(), Durability::Process)?;
    let sizes = state_sizes(&store).await.context("cannot read the stored states")?;
    if json {
        output::json(&sizes)?
    } else {
        print(&sizes)?
    }
    Ok(ExitCode::SUCCESS)
}

fn print(sizes: &[StateSizes]) -> Result<()> {
    output::line("sizes in bytes: half / 99 of 100 / all are at most so large")?;
    let header = ["kind", "states", "tiled", "head", "pieces", "a piece", "head and pieces", "together"];
    output::table(&header, &sizes.iter().map(row).collect::<Vec<_>>())
}

fn row(sizes: &StateSizes) -> Vec<String> {
    vec![
        sizes.kind.to_owned(),
        sizes.states.to_string(),
        sizes.tiled.to_string(),
        spread(sizes.head),
        sizes.parts.to_string(),
        spread(sizes.part),
        spread(sizes.whole),
        sizes.bytes.to_string(),
    ]
}

fn spread(Spread { p50, p99, max }: Spread) -> String {
    format!("{p50} / {p99} / {max}")
}
