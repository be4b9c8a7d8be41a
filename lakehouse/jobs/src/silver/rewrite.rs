//! Files that are written again.

use std::collections::{BTreeMap, HashSet};

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{DataFile, EVENT_DATE, LakeTable, TableWriter, conform, read};

use super::existing::Replaced;
use super::kind::{Keys, Kind};
use super::settings::SilverSettings;
use crate::commit::with_date;

/// Files that hold replaced rows, and the small files of touched dates that have too many.
pub(crate) fn choose(
    files: Vec<DataFile>,
    replaced: &Replaced,
    touched: &HashSet<String>,
    settings: &SilverSettings,
) -> Vec<DataFile> {
    let is_small = |file: &DataFile| file.size_bytes < settings.small_file_bytes;
    let mut small = BTreeMap::<String, usize>::new();
    for file in files.iter().filter(|file| is_small(file)) {
        *small.entry(file.partition.clone().unwrap_or_default()).or_default() += 1;
    }
    let is_chosen = |file: &DataFile| {
        let date = file.partition.clone().unwrap_or_default();
        let has_many = small.get(&date).is_some_and(|count| *count >= settings.most_small_files);
        replaced.files.contains(&file.path) || (has_many && is_small(file) && touched.contains(&date))
    };
    files.into_iter().filter(is_chosen).collect()
}

/// Writes the rows of files again, without those that give way.
pub(crate) async fn rewrite(
    lake: &Lake,
    kind: Kind,
    table: &LakeTable,
    files: &[DataFile],
    replaced: &HashSet<String>,
    writer: &mut TableWriter,
) -> anyhow::Result<()> {
    let schema = table.schema()?;
    for file in files {
        let path = format!("{}/{}", kind.silver().folder(), file.path);
        let mut batches = read(lake, &path, None).await?;
        while let Some(batch) = batches.try_next().await? {
            let keys = Keys::of(kind, &batch)?;
            let kept = (0..keys.len()).map(|row| Some(!replaced.contains(keys.at(row).as_ref())));
            let rows = filter_record_batch(&batch, &kept.collect::<BooleanArray>())?;
            let dated = with_date(&rows, kind.time(), EVENT_DATE)?;
            writer.write(conform(&dated, &schema)?).await?;
        }
    }
    Ok(())
}
