//! From a block to the tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use futures::stream::{FuturesUnordered, TryStreamExt};
use tokio::sync::Semaphore;
use weir_engine::Lake;
use weir_events::Timestamp;
use weir_jobs::{Fault, FaultPoint, date_text, silver};
use weir_tables::{Added, Change, Definition, LakeTable, Number, TableName};

use crate::APPLICATION;
use crate::block::Block;
use crate::decode::Done;
use crate::file::Identity;

/// The tables that an import adds to.
pub(crate) struct Tables {
    pub(crate) transactions: LakeTable,
    pub(crate) labels: LakeTable,
    pub(crate) imports: LakeTable,
    pub(crate) format: String,
    application: String,
    threads: usize,
    fault: Fault,
}

impl Tables {
    pub(crate) async fn open(
        lake: &Lake,
        identity: &Identity,
        threads: usize,
        fault: Fault,
    ) -> anyhow::Result<Self> {
        let open = async |name| {
            let table = LakeTable::open_or_create(lake, &Definition::of(name, &[])).await?;
            // Told before hundreds of thousands of rows are sealed for nothing.
            table.check_writable()?;
            anyhow::Ok(table)
        };
        Ok(Self {
            transactions: Box::pin(open(TableName::SilverTransactions)).await?,
            labels: Box::pin(open(TableName::SilverLabels)).await?,
            imports: Box::pin(open(TableName::BronzeImports)).await?,
            format: String::new(),
            application: format!("{APPLICATION}/{}", identity.hash),
            threads,
            fault,
        })
    }

    /// Application that says that a file is complete.
    fn complete(&self) -> String {
        format!("{}/complete", self.application)
    }

    /// Whether all of the file is in the lake.
    pub(crate) async fn is_complete(&self) -> anyhow::Result<bool> {
        Ok(self.imports.number(&self.complete()).await?.is_some())
    }

    /// Rows that are in the lake.
    pub(crate) async fn done(&self) -> anyhow::Result<Done> {
        let noted = number(&self.imports, &self.application).await?;
        let transactions = number(&self.transactions, &self.application).await?.max(noted);
        let labels = number(&self.labels, &self.application).await?.max(noted);
        Ok(Done { transactions, labels })
    }

    /// Makes a block visible: transactions, then labels, then the note that both are. Each carries how far the file
    /// is, so that whatever a crash leaves is gone on from. Answers the size of the files written.
    pub(crate) async fn commit(
        &mut self,
        lake: &Lake,
        identity: &Identity,
        block: Block,
        is_last: bool,
    ) -> anyhow::Result<u64> {
        let mark = (self.application.clone(), i64::try_from(block.last_row)?);
        let transactions = write(lake, &self.transactions, block.transactions, self.threads).await?;
        let labels = write(lake, &self.labels, block.labels, self.threads).await?;
        let bytes = transactions.1 + labels.1;
        self.fault.reach(FaultPoint::AfterImportFiles)?;
        append(lake, &mut self.transactions, transactions.0, mark.clone()).await?;
        self.fault.reach(FaultPoint::AfterImportTransactions)?;
        append(lake, &mut self.labels, labels.0, mark.clone()).await?;
        self.fault.reach(FaultPoint::AfterImportLabels)?;
        let counts = block.counts;
        let numbers = [
            ("file_bytes", identity.size_bytes),
            ("first_row", block.first_row),
            ("last_row", block.last_row),
            ("transactions_added", counts.transactions),
            ("labels_added", counts.labels),
            ("repeated", counts.repeated),
            ("rejected", counts.rejected),
        ];
        let texts = [("file_hash", &identity.hash), ("file_name", &identity.name), ("format", &self.format)];
        let note = note(&texts, &numbers, is_last)?;
        let encoder = self.imports.encoder(&Definition::of(TableName::BronzeImports, &[]))?;
        let mut added = Added::default();
        encoder.encode(None, &[note])?.put(lake, &mut added).await?;
        let mut change = Change::appending(added, APPLICATION, Number::Unchanged);
        change.also.extend(is_last.then(|| (self.complete(), mark.1)));
        change.also.push(mark);
        Box::pin(self.imports.commit(lake, change)).await?;
        Ok(bytes)
    }
}

async fn number(table: &LakeTable, application: &str) -> anyhow::Result<u64> {
    Ok(u64::try_from(table.number(application).await?.unwrap_or_default())?)
}

/// Encodes the dates beside each other, and brings the files to the lake.
async fn write(
    lake: &Lake,
    table: &LakeTable,
    dates: BTreeMap<i32, Vec<RecordBatch>>,
    threads: usize,
) -> anyhow::Result<(Added, u64)> {
    let encoder = table.encoder(&Definition::of(table.name(), &[]))?;
    let permits = Arc::new(Semaphore::new(threads));
    let files = FuturesUnordered::new();
    for (date, batches) in dates {
        let (encoder, permits) = (encoder.clone(), Arc::clone(&permits));
        files.push(async move {
            let permit = permits.acquire().await?;
            let date = date_text(date);
            let work = tokio::task::spawn_blocking(move || encoder.encode(Some(&date), &batches));
            let file = work.await??;
            // Others encode while this one goes to the disk.
            drop(permit);
            let (mut added, bytes) = (Added::default(), file.size_bytes() as u64);
            file.put(lake, &mut added).await?;
            anyhow::Ok((added, bytes))
        });
    }
    let (mut added, mut bytes) = (Added::default(), 0);
    let mut files = std::pin::pin!(files);
    while let Some((file, size_bytes)) = files.try_next().await? {
        bytes += size_bytes;
        added.join(file);
    }
    Ok((added, bytes))
}

/// Adds to a silver table as the job `silver` does, so that the two exclude each other.
async fn append(lake: &Lake, table: &mut LakeTable, added: Added, mark: (String, i64)) -> anyhow::Result<()> {
    if added.files() == 0 {
        return Ok(());
    }
    let mut change = Change::appending(added, silver::APPLICATION, Number::Unchanged);
    change.also.push(mark);
    let name = table.name();
    let committed = Box::pin(table.commit(lake, change)).await;
    committed.with_context(|| format!("cannot add to `{name}`; the same command again goes on"))?;
    Ok(())
}

fn note(texts: &[(&str, &String)], numbers: &[(&str, u64)], is_last: bool) -> anyhow::Result<RecordBatch> {
    let now = weir_jobs::now().micros();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (name, text) in texts {
        columns.push(((*name).to_owned(), Arc::new(StringArray::from(vec![text.as_str()]))));
    }
    for (name, number) in numbers {
        let number = i64::try_from(*number)?;
        columns.push(((*name).to_owned(), Arc::new(Int64Array::from(vec![number]))));
    }
    columns.push(("is_last".to_owned(), Arc::new(BooleanArray::from(vec![is_last]))));
    let now = TimestampMicrosecondArray::from(vec![now]).with_timezone("UTC");
    columns.push(("imported_at".to_owned(), Arc::new(now)));
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// The moment at which an import begins.
pub(crate) fn now() -> Timestamp {
    weir_jobs::now()
}
