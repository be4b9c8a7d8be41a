//! Looking candidates up in the silver table.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

use futures::TryStreamExt;
use weir_engine::Lake;
use weir_events::Timestamp;
use weir_tables::{DataFile, POSITION, read};

use super::candidates::Candidates;
use super::kind::Keys;
use super::place::Places;

/// Rows of the table that give way to candidates.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    /// Keys of the rows.
    pub(crate) keys: HashSet<String>,
    /// Files that hold them.
    pub(crate) files: BTreeSet<String>,
}

/// Removes candidates that the table holds from an earlier position, and finds the rows that give way.
pub(crate) async fn look_up(
    lake: &Lake,
    files: &[DataFile],
    candidates: &mut Candidates,
) -> anyhow::Result<Replaced> {
    let mut replaced = Replaced::default();
    if candidates.is_empty() {
        return Ok(replaced);
    }
    let dates = candidates.dates().into_iter().map(date_text).collect::<HashSet<_>>();
    let is_asked = |file: &&DataFile| {
        !candidates.kind().is_key_within_date()
            || file.partition.as_ref().is_none_or(|date| dates.contains(date))
    };
    let asked = files.iter().filter(is_asked).collect::<Vec<_>>();
    for file in asked {
        look_up_in(lake, file, candidates, &mut replaced).await?;
    }
    Ok(replaced)
}

async fn look_up_in(
    lake: &Lake,
    file: &DataFile,
    candidates: &mut Candidates,
    replaced: &mut Replaced,
) -> anyhow::Result<()> {
    let kind = candidates.kind();
    let path = format!("{}/{}", kind.silver().folder(), file.path);
    let columns = kind.key_columns().iter().chain(&POSITION).copied().collect::<Vec<_>>();
    let mut batches = read(lake, &path, Some(&columns)).await?;
    while let Some(batch) = batches.try_next().await? {
        let (keys, places) = (Keys::of(kind, &batch)?, Places::of(&batch)?);
        for row in 0..keys.len() {
            let key = keys.at(row);
            match candidates.compare(&key, &places, row)? {
                None => {}
                Some(Ordering::Less) => {
                    replaced.files.insert(file.path.clone());
                    replaced.keys.insert(key.into_owned());
                }
                Some(Ordering::Equal | Ordering::Greater) => candidates.remove(&key),
            }
        }
    }
    Ok(())
}

/// A day as partition values have it: `2026-01-31`.
pub fn date_text(day: i32) -> String {
    let moment = Timestamp::from_seconds(i64::from(day) * 86_400).to_string();
    moment.split_once('T').map_or(moment.clone(), |(date, _)| date.to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_day_reads_as_partition_values_do() {
        assert_eq!(super::date_text(0), "1970-01-01");
        assert_eq!(super::date_text(20_483), "2026-01-30");
    }
}
