//! What the lake holds of decisions, label effects and the transactions behind them.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int32Type;
use futures::TryStreamExt;
use tracing::error;
use weir_engine::Lake;
use weir_events::{Decision, Entities, EntityKey, LabelEffect, Order, SealedTransaction, Timestamp};
use weir_landing::{PAYLOAD, SEQUENCE, SHARD, STREAM, SUB};
use weir_tables::{LakeTable, TableName, read};

use crate::commit::texts;

/// A transaction as it was received, without what is sealed.
pub(super) struct Received {
    pub(super) order: Order,
    pub(super) entities: Entities<EntityKey>,
    pub(super) received_at: Timestamp,
}

pub(super) async fn decisions(lake: &Lake, names: &[&str]) -> anyhow::Result<Vec<Decision>> {
    let mut all = Vec::new();
    each(lake, TableName::SilverDecisions, None, |batch| {
        all.extend(weir_events::arrow::decisions_from(batch, names)?);
        Ok(())
    })
    .await?;
    Ok(all)
}

pub(super) async fn effects(lake: &Lake) -> anyhow::Result<Vec<LabelEffect>> {
    let mut all = Vec::new();
    each(lake, TableName::SilverLabelEffects, None, |batch| {
        all.extend(weir_events::arrow::label_effects_from(batch)?);
        Ok(())
    })
    .await?;
    Ok(all)
}

/// The record behind each decision, by transaction id: the one at the position that the decision names.
pub(super) async fn transactions(
    lake: &Lake,
    decisions: &[Decision],
) -> anyhow::Result<BTreeMap<String, Received>> {
    let wanted: HashMap<String, &str> = decisions
        .iter()
        .map(|decision| (decision.position.to_string(), decision.transaction_id.as_str()))
        .collect();
    let mut found = BTreeMap::new();
    let columns = [STREAM, SHARD, SEQUENCE, SUB, PAYLOAD];
    each(lake, TableName::BronzeTransactions, Some(&columns), |batch| {
        let payloads = texts(batch, PAYLOAD)?;
        for (row, position) in positions(batch)?.into_iter().enumerate() {
            let Some(id) = wanted.get(&position) else { continue };
            match SealedTransaction::from_json(payloads.value(row).as_bytes()) {
                Ok(SealedTransaction { order, entities, received_at, .. }) => {
                    found.insert((*id).to_owned(), Received { order, entities, received_at });
                }
                Err(_) => error!(stream.position = position, "the record behind a decision cannot be read"),
            }
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Positions of the rows as texts.
fn positions(batch: &RecordBatch) -> anyhow::Result<Vec<String>> {
    let (streams, shards) = (texts(batch, STREAM)?, texts(batch, SHARD)?);
    let sequences = texts(batch, SEQUENCE)?;
    let subs = batch.column_by_name(SUB).and_then(|column| column.as_primitive_opt::<Int32Type>());
    let subs = subs.context("column `sub` does not hold 32-bit integers")?;
    let position = |row: usize| {
        weir_events::Position {
            stream: streams.value(row).to_owned(),
            shard: shards.value(row).to_owned(),
            sequence: weir_events::Sequence::new(sequences.value(row)),
            sub: u32::try_from(subs.value(row)).unwrap_or_default(),
        }
        .to_string()
    };
    Ok((0..batch.num_rows()).map(position).collect())
}

/// Calls with every batch of a table, if there is one.
async fn each(
    lake: &Lake,
    name: TableName,
    columns: Option<&[&str]>,
    mut take: impl FnMut(&RecordBatch) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(table) = Box::pin(LakeTable::open(lake, name)).await? else { return Ok(()) };
    for file in table.files()? {
        let path = format!("{}/{}", name.folder(), file.path);
        let mut batches = Box::pin(read(lake, &path, columns)).await?;
        while let Some(batch) = batches.try_next().await? {
            take(&batch).with_context(|| format!("cannot read `{path}`"))?;
        }
    }
    Ok(())
}
