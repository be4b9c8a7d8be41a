//! The import itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use tokio::task::JoinHandle;
use weir_datasets::RejectsWriter;
use weir_engine::Lake;
use weir_keyring::Keyring;

use crate::block::{Block, Seen};
use crate::commit::{Tables, now};
use crate::decode::{Decoded, Decoder, Done};
use crate::file::{Identity, identify};
use crate::keys::{Keys, held};
use crate::pipeline::start;
use crate::places::Places;
use crate::{Progress, Request, Summary};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// Brings a file's transactions and labels into the silver tables, once each, whatever was imported before and wherever
/// an earlier run was stopped.
///
/// # Errors
/// If the file cannot be read or the lake not written; what was committed stays, and the same call goes on from there.
pub async fn run(
    lake: &Lake,
    keyring: Arc<dyn Keyring>,
    request: &Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> anyhow::Result<Summary> {
    let started = Instant::now();
    // Opened first, so that what is no known file is told before it is read.
    let reader = weir_datasets::open(&request.input, &request.options)?;
    let identity = identify(request)?;
    let mut summary = Summary { file_hash: identity.hash.clone(), ..Summary::default() };
    let mut tables = Box::pin(Tables::open(lake, &identity, request.threads, request.fault)).await?;
    tables.format = format!("{:?}", reader.format());
    if tables.is_complete().await? {
        summary.is_repeated = true;
        summary.elapsed = started.elapsed();
        return Ok(summary);
    }
    let done = tables.done().await?;
    summary.resumed_after = done.transactions.min(done.labels);
    let mut seen = seen(lake, &tables).await?;
    seen.expect(identity.size_bytes);
    let decoder = decoder(keyring, request, &identity, done);
    let parts = start(reader, decoder, request.threads.max(1));
    let mut intake = Intake {
        lake,
        request,
        identity,
        tables: Some(tables),
        committing: None,
        seen,
        summary,
        rejects: RejectsWriter::beside(&request.input)?,
    };
    let all = Box::pin(intake.all(parts, progress)).await;
    // Whatever ends the import, what is on its way to the lake gets there first.
    let settled = intake.settle().await;
    all.and(settled).with_context(|| intake.whereabouts())?;
    let Intake { mut summary, rejects, .. } = intake;
    summary.rejects_file = rejects.finish()?;
    summary.elapsed = started.elapsed();
    Ok(summary)
}

async fn seen(lake: &Lake, tables: &Tables) -> anyhow::Result<Seen> {
    let transactions: Keys = held(lake, &tables.transactions).await?;
    Ok(Seen { transactions, labels: held(lake, &tables.labels).await? })
}

fn decoder(keyring: Arc<dyn Keyring>, request: &Request, identity: &Identity, done: Done) -> Decoder {
    Decoder {
        keyring,
        currency: request.options.currency,
        label_delay: i64::from(request.label_delay_days) * DAY,
        places: Places::new(now(), &identity.hash),
        input: request.input.clone(),
        done,
    }
}

/// A block on its way to the lake: the tables again, and the size of the files written.
type Committing = JoinHandle<(Tables, anyhow::Result<u64>)>;

/// Puts parts in order and commits blocks of them, each while the next one is taken in.
struct Intake<'a> {
    lake: &'a Lake,
    request: &'a Request,
    identity: Identity,
    /// `None` while a block is committed.
    tables: Option<Tables>,
    committing: Option<Committing>,
    seen: Seen,
    summary: Summary,
    rejects: RejectsWriter,
}

impl Intake<'_> {
    async fn all(
        &mut self,
        mut parts: tokio::sync::mpsc::Receiver<crate::pipeline::Part>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> anyhow::Result<()> {
        let mut early = BTreeMap::new();
        let mut block = Block::default();
        let mut next = 0;
        while let Some(part) = parts.recv().await {
            let rows = self.summary.rows + block.counts.rows;
            progress(Progress { done: part.progress.0, total: part.progress.1, rows });
            early.insert(part.number, part.decoded);
            while let Some(decoded) = early.remove(&next) {
                next += 1;
                self.take(decoded?, &mut block)?;
                if block.counts.rows >= self.request.block_rows as u64 {
                    self.commit(std::mem::take(&mut block), false).await?;
                }
            }
        }
        let is_whole = self.request.options.limit.is_none();
        self.commit(block, is_whole).await
    }

    fn take(&mut self, decoded: Decoded, block: &mut Block) -> anyhow::Result<()> {
        for reject in &decoded.rejects {
            self.rejects.write(reject)?;
        }
        block.take(decoded, &mut self.seen)
    }

    async fn commit(&mut self, mut block: Block, is_last: bool) -> anyhow::Result<()> {
        self.settle().await?;
        let counts = block.counts;
        self.summary.rows += counts.rows;
        if !is_last && block.last_row <= self.summary.resumed_after {
            return Ok(());
        }
        self.summary.transactions += counts.transactions;
        self.summary.labels += counts.labels;
        self.summary.repeated += counts.repeated;
        self.summary.rejected += counts.rejected;
        if counts.rows == 0 {
            block.first_row = self.summary.rows + 1;
            block.last_row = self.summary.rows;
        }
        let mut tables = self.tables.take().context("another block is being committed")?;
        let (lake, identity) = (self.lake.clone(), self.identity.clone());
        self.committing = Some(tokio::spawn(async move {
            let written = Box::pin(tables.commit(&lake, &identity, block, is_last)).await;
            (tables, written)
        }));
        Ok(())
    }

    /// Waits until the block that is committed is in the lake.
    async fn settle(&mut self) -> anyhow::Result<()> {
        let Some(committing) = self.committing.take() else { return Ok(()) };
        let (tables, written) = committing.await?;
        self.tables = Some(tables);
        self.summary.bytes_written += written?;
        Ok(())
    }

    fn whereabouts(&self) -> String {
        format!(
            "stopped while importing `{}`, of which {} transactions came into the lake; the same command again goes on from there",
            self.request.input.display(),
            self.summary.transactions
        )
    }
}
