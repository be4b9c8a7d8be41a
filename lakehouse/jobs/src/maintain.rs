//! Keeps the tables healthy: small files become large ones, versions get checkpoints, what is too old is deleted.
//!
//! Compaction changes no row, and says so in its commit, so that no job takes it for news. Files of transactions and
//! facts are sorted by customer, so that a customer's rows stand together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use arrow::array::RecordBatch;
use arrow::compute::{concat_batches, sort_to_indices, take_record_batch};
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{
    Added, Change, DataFile, Definition, LakeTable, Number, RETENTION_DAYS, TableName, TablesError, read,
};

use crate::pins::{Pin, pins};
use crate::report::{Listener, Progress, Report};
use crate::{Fault, FaultPoint};

/// Application of these commits.
const APPLICATION: &str = "weir.maintain";

/// How tables are kept.
#[derive(Clone, Debug)]
pub struct MaintainSettings {
    /// Size that files are brought to.
    pub target_bytes: i64,
    /// How long versions can be read.
    pub retention: Duration,
    /// Versions that stay however old they are, by table.
    pub kept_versions: BTreeMap<String, Vec<u64>>,
    /// Whether to find the oldest version that can be read, for which the whole log is read.
    pub tells_oldest: bool,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Where a test stops the run.
    pub fault: Fault,
}

impl Default for MaintainSettings {
    fn default() -> Self {
        Self {
            target_bytes: 64 << 20,
            retention: Duration::from_secs(u64::from(RETENTION_DAYS) * 86_400),
            kept_versions: BTreeMap::new(),
            tells_oldest: true,
            dry_run: false,
            fault: Fault::None,
        }
    }
}

/// Maintains every table.
///
/// # Errors
/// If a table cannot be read or written; those before it are done.
pub async fn maintain(
    lake: &Lake,
    settings: &MaintainSettings,
    listener: Listener<'_>,
) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let pinned = pins(lake).await?;
    let total = TableName::ALL.len() as u64;
    for (name, done) in TableName::ALL.iter().zip(1..) {
        if let Some(mut table) = Box::pin(LakeTable::open(lake, *name)).await? {
            table.check_writable()?;
            report.versions_read.insert(name.to_string(), table.version());
            let mut kept = settings.kept_versions.get(&name.to_string()).cloned().unwrap_or_default();
            for pin in pinned.iter().filter(|pin| pin.table == name.to_string()) {
                check_pin(lake, *name, pin).await?;
                kept.push(pin.version);
                let Pin { version, who, why, .. } = pin;
                report.notes.push(format!("{name}: version {version} stays: pinned by `{who}`, {why}"));
            }
            Box::pin(one(lake, &mut table, &kept, settings, &mut report)).await?;
        }
        listener(Progress { done, total, what: name.to_string() });
    }
    Ok(report)
}

/// A version that nobody can read any more is not worth a run that fails half-way.
async fn check_pin(lake: &Lake, name: TableName, pin: &Pin) -> anyhow::Result<()> {
    let Pin { version, who, .. } = pin;
    let advice = || {
        format!(
            "version {version} of `{name}` cannot be read any more; `weir pins remove {name} {version} --by {who}` lets it go"
        )
    };
    Box::pin(LakeTable::open_version(lake, name, *version)).await.with_context(advice)?;
    Ok(())
}

async fn one(
    lake: &Lake,
    table: &mut LakeTable,
    kept: &[u64],
    settings: &MaintainSettings,
    report: &mut Report,
) -> anyhow::Result<()> {
    let name = table.name();
    let bins = bins(table.files()?, settings.target_bytes);
    let files = bins.iter().map(Vec::len).sum::<usize>();
    let mut note = format!("{name}: {files} small files into {}", bins.len());
    if !settings.dry_run && !bins.is_empty() {
        match Box::pin(compact(lake, table, bins, settings, report)).await {
            Ok(()) => {}
            Err(error) if is_conflict(&error) => {
                note.push_str(", left to the next run since others wrote meanwhile")
            }
            Err(error) => return Err(error),
        }
    }
    let deleted = Box::pin(table.vacuum(settings.retention, kept, settings.dry_run)).await?;
    if !settings.dry_run {
        table.checkpoint().await?;
        table.clean_log(kept).await?;
    }
    let oldest = match settings.tells_oldest {
        true => format!(", version {} is the oldest that can be read", table.oldest_readable(lake).await?),
        false => String::new(),
    };
    report.notes.push(format!("{note}, {deleted} old files deleted{oldest}"));
    Ok(())
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(TablesError::Done { .. } | TablesError::Conflict { .. }))
}

/// Files that become one each: of the same partition, together at most of the target size, at least two of them.
fn bins(files: Vec<DataFile>, target_bytes: i64) -> Vec<Vec<DataFile>> {
    let mut partitions = BTreeMap::<Option<String>, Vec<DataFile>>::new();
    for file in files.into_iter().filter(|file| file.size_bytes < target_bytes / 2) {
        partitions.entry(file.partition.clone()).or_default().push(file);
    }
    let mut bins = Vec::<Vec<DataFile>>::new();
    for mut files in partitions.into_values() {
        files.sort_by(|one, other| (one.size_bytes, &one.path).cmp(&(other.size_bytes, &other.path)));
        let mut bin = Vec::new();
        let mut size_bytes = 0;
        for file in files {
            if size_bytes + file.size_bytes > target_bytes {
                bins.push(std::mem::take(&mut bin));
                size_bytes = 0;
            }
            size_bytes += file.size_bytes;
            bin.push(file);
        }
        bins.push(bin);
    }
    bins.retain(|bin| bin.len() > 1);
    bins
}

async fn compact(
    lake: &Lake,
    table: &mut LakeTable,
    bins: Vec<Vec<DataFile>>,
    settings: &MaintainSettings,
    report: &mut Report,
) -> anyhow::Result<()> {
    let name = table.name();
    let encoder = table.encoder(&Definition::of(name, &[]))?;
    let mut added = Added::default();
    for bin in &bins {
        let rows = rows(lake, name, bin).await?;
        let (encoder, partition) = (encoder.clone(), bin.first().and_then(|file| file.partition.clone()));
        let work =
            move || -> anyhow::Result<_> { Ok(encoder.encode(partition.as_deref(), &[clustered(rows)?])?) };
        let file = tokio::task::spawn_blocking(work).await??;
        report.bytes_written += file.size_bytes() as u64;
        file.put(lake, &mut added).await?;
    }
    settings.fault.reach(FaultPoint::AfterMaintainFiles)?;
    report.rows_written += added.rows;
    let removed = bins.into_iter().flatten().collect();
    let mut change = Change::replacing(added, removed, APPLICATION, Number::Unchanged);
    change.is_data_change = false;
    let version = Box::pin(table.commit(lake, change)).await?;
    report.versions_written.insert(name.to_string(), version);
    Ok(())
}

async fn rows(lake: &Lake, name: TableName, files: &[DataFile]) -> anyhow::Result<RecordBatch> {
    let mut all = Vec::new();
    let mut schema = None;
    for file in files {
        let batches = read(lake, &format!("{}/{}", name.folder(), file.path), None).await?;
        let of_file = Arc::clone(batches.schema());
        // Newer files may have more columns.
        let is_wider = schema
            .as_ref()
            .is_none_or(|known: &arrow::datatypes::SchemaRef| known.fields().len() < of_file.fields().len());
        if is_wider {
            schema = Some(of_file);
        }
        all.extend(batches.try_collect::<Vec<_>>().await?);
    }
    let Some(schema) = schema else { anyhow::bail!("there is nothing to compact") };
    let all = all.iter().map(|rows| weir_tables::conform(rows, &schema)).collect::<Result<Vec<_>, _>>()?;
    Ok(concat_batches(&schema, &all)?)
}

/// The rows of a customer beside each other.
fn clustered(rows: RecordBatch) -> anyhow::Result<RecordBatch> {
    let Some(customers) = rows.column_by_name("customer_key") else { return Ok(rows) };
    let order = sort_to_indices(customers, None, None)?;
    Ok(take_record_batch(&rows, &order)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(partition: &str, size_bytes: i64) -> DataFile {
        let path = format!("{partition}/{size_bytes}");
        DataFile { path, partition: Some(partition.to_owned()), rows: None, size_bytes }
    }

    #[test]
    fn small_files_of_a_partition_are_joined_up_to_the_target() {
        let files = vec![file("a", 10), file("a", 20), file("a", 45), file("a", 90), file("b", 1)];
        let made = bins(files, 100);
        let sizes = made.iter().map(|bin| bin.iter().map(|file| file.size_bytes).collect::<Vec<_>>());
        assert_eq!(sizes.collect::<Vec<_>>(), [vec![10, 20, 45]]);
    }
}
