//! Everything in the home.

use std::sync::Arc;

use anyhow::{Context, Result};
use object_store::ObjectStore;
use weir_archive::SyncedFiles;
use weir_engine::{EngineSettings, Lake};
use weir_store::EmbeddedStore;
use weir_streams::{LogSettings, LogStreams};

use super::{Reader, Streaming};
use crate::clock;
use crate::home::Home;
use crate::settings::{Durability, Settings};
use crate::system::{INPUTS, OUTPUTS};

pub(super) fn store(home: &Home, settings: &Settings) -> Result<Arc<EmbeddedStore>> {
    Ok(Arc::new(EmbeddedStore::open(home.store(), store_durability(settings.durability))?))
}

pub(super) fn streams(home: &Home, settings: &Settings) -> Result<Streaming> {
    let log = Arc::new(LogStreams::open(home.log(), log_settings(settings), clock::now)?);
    let reader = Reader { streams: Arc::clone(&log) as _, checkpoints: Arc::clone(&log) as _ };
    Ok(Streaming {
        streams: Arc::clone(&reader.streams),
        checkpoints: Arc::clone(&reader.checkpoints),
        readers: Arc::new(reader),
        log: Some(log),
        counted: None,
    })
}

pub(super) fn lake(home: &Home) -> Result<(Arc<dyn ObjectStore>, Lake)> {
    let lake = Lake::open(&home.lake(), EngineSettings::default())?;
    let files = SyncedFiles::new(home.lake()).context("cannot open the lake's folder")?;
    Ok((Arc::new(files), lake))
}

pub(super) fn existing_lake(home: &Home) -> Result<Option<Lake>> {
    Ok(Lake::existing(&home.lake(), EngineSettings::default())?)
}

const fn store_durability(durability: Durability) -> weir_store::Durability {
    match durability {
        Durability::Power => weir_store::Durability::Power,
        Durability::Process => weir_store::Durability::Process,
    }
}

fn log_settings(settings: &Settings) -> LogSettings {
    let inputs = INPUTS.map(|stream| (stream, settings.shards));
    let outputs = OUTPUTS.map(|stream| (stream, 1));
    let durability = match settings.durability {
        Durability::Power => weir_streams::Durability::Power,
        Durability::Process => weir_streams::Durability::Process,
    };
    LogSettings { durability, ..LogSettings::new(inputs.into_iter().chain(outputs)) }
}
