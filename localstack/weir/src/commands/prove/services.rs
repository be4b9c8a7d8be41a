//! A proof on services: names of its own there, and copies of what came to lie there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use weir_events::Sequence;
use weir_streams::StreamError;

use crate::settings::Settings;
use crate::stack::{self, Stack};
use crate::system::{INPUTS, OUTPUTS, Parts};

/// Records read at once.
const CHUNK: usize = 1_000;

/// Items read at once.
const ITEMS: usize = 500;

/// The settings of a proof, and the file in which they are, if there is one. On services every name begins with one that
/// nobody else has, so that what is there already is neither used nor touched.
pub(super) fn of_its_own(settings: Settings, folder: &Path) -> Result<(Settings, Option<PathBuf>)> {
    let Some(source) = settings.source.clone().filter(|_| !settings.backing.is_embedded()) else {
        let source = settings.source.clone();
        return Ok((settings, source));
    };
    let own = format!("prove-{:08x}", rand_of(folder));
    let text = std::fs::read_to_string(&source).context("cannot read the settings again")?;
    let mut file: toml::Table = text.parse().context("the settings changed meanwhile")?;
    let streams = section(&mut file, "streams")?;
    streams.insert("prefix".to_owned(), format!("{}{own}-", settings.backing.prefix()).into());
    streams.remove("names");
    if let Some(url) = &settings.backing.lake {
        let url = format!("{}/{own}", url.as_str().trim_end_matches('/'));
        section(&mut file, "lake")?.insert("url".to_owned(), url.into());
    }
    let path = folder.join("weir.toml");
    std::fs::write(&path, file.to_string()).context("cannot write the settings of the proof")?;
    Ok((Settings::load(Some(&path))?, Some(path)))
}

fn section<'a>(file: &'a mut toml::Table, name: &str) -> Result<&'a mut toml::Table> {
    let entry = file.entry(name).or_insert_with(|| toml::Table::new().into());
    entry.as_table_mut().with_context(|| format!("the settings have a `{name}` that is no section"))
}

/// Another number for each temporary folder.
fn rand_of(folder: &Path) -> u32 {
    let mixed = folder.as_os_str().as_encoded_bytes().iter();
    mixed.fold(std::process::id(), |mixed, byte| mixed.wrapping_mul(0x0100_0193) ^ u32::from(*byte))
}

/// Copies what lies on services below a folder, so that it is searched like the files of the home.
pub(super) async fn copy(parts: &Parts, settings: &Settings, folder: &Path) -> Result<()> {
    if settings.backing.is_embedded() {
        return Ok(());
    }
    let folder = folder.join("copies");
    std::fs::create_dir_all(&folder)?;
    for stream in INPUTS.iter().chain(&OUTPUTS) {
        copy_stream(parts, stream, &folder.join(stream)).await?;
    }
    copy_items(parts, &folder.join("items")).await?;
    if settings.backing.lake.is_some() {
        let mut objects = parts.files.list(None);
        let mut number = 0;
        while let Some(object) = objects.try_next().await? {
            let bytes = parts.files.get(&object.location).await?.bytes().await?;
            number += 1;
            std::fs::write(folder.join(format!("object-{number}")), bytes)?;
        }
    }
    Ok(())
}

async fn copy_stream(parts: &Parts, stream: &str, path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for shard in parts.streams.shards(stream).await? {
        let newest = parts.streams.newest(stream, &shard.id).await?;
        let mut after: Option<Sequence> = None;
        while newest.is_some() && after < newest {
            let read =
                parts.streams.read(stream, &shard.id, after.as_ref(), CHUNK, Duration::from_secs(2)).await;
            let records = match read {
                Err(StreamError::Closed { .. }) => break,
                records => records?,
            };
            for record in &records {
                file.write_all(record.key.as_bytes())?;
                file.write_all(&record.bytes)?;
                file.write_all(b"\n")?;
            }
            match records.last() {
                Some(last) => after = Some(last.position.sequence.clone()),
                None => break,
            }
        }
    }
    Ok(file.flush()?)
}

async fn copy_items(parts: &Parts, path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut after: Option<String> = None;
    loop {
        let items = parts.store.list_items(after.as_deref(), ITEMS).await?;
        for (id, item) in &items {
            writeln!(file, "{id}")?;
            if let Some(decision) = &item.decision {
                file.write_all(&decision.to_json()?)?;
            }
            if let Some(label) = &item.label {
                file.write_all(&label.to_json())?;
            }
        }
        match items.last() {
            Some((id, _)) => after = Some(id.clone()),
            None => return Ok(file.flush()?),
        }
    }
}

/// Removes what the proof made on services.
pub(super) async fn remove(settings: &Settings) -> Result<()> {
    if settings.backing.is_embedded() {
        return Ok(());
    }
    stack::remove(&stack::resources(&Stack::read(None)?, &settings.backing).await?).await
}
