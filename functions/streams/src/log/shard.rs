//! One shard: its segments in order, and reading across them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;
use weir_events::{Position, RawRecord, Sequence, Timestamp};

use super::codec::Stored;
use super::segment::{Hole, Segment};
use super::stats::Counters;
use crate::{Damage, StreamError};

/// Most bytes that one read answers, unless a single record is larger.
const READ_BYTES: usize = 8 << 20;

/// A shard as readers see it.
pub(crate) struct Shard {
    pub(crate) stream: String,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    /// By first sequence; the last one is being written.
    segments: RwLock<BTreeMap<u64, Arc<Segment>>>,
    /// Newest durable sequence; 0 before the first.
    newest: watch::Sender<u64>,
    pub(crate) counters: Counters,
}

impl Shard {
    pub(crate) fn new(stream: &str, name: String, directory: PathBuf) -> Self {
        let (segments, newest) = (RwLock::default(), watch::Sender::new(0));
        let counters = Counters::default();
        Self { stream: stream.to_owned(), name, directory, segments, newest, counters }
    }

    pub(crate) fn add(&self, segment: Arc<Segment>) {
        self.segments.write().unwrap_or_else(PoisonError::into_inner).insert(segment.first, segment);
    }

    /// Makes records up to `sequence` visible to readers.
    pub(crate) fn advance(&self, sequence: u64) {
        self.newest.send_replace(sequence);
    }

    pub(crate) fn newest(&self) -> u64 {
        *self.newest.borrow()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    pub(crate) fn oldest(&self) -> u64 {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.keys().next().copied().unwrap_or(1)
    }

    /// The segments, the oldest first.
    pub(crate) fn segments(&self) -> Vec<Arc<Segment>> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.values().map(Arc::clone).collect()
    }

    /// The segment that holds `sequence`, and where the next one begins.
    fn segment_of(&self, sequence: u64) -> Option<(Arc<Segment>, u64)> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        let (first, segment) = segments.range(..=sequence).next_back()?;
        let next = segments.range(first + 1..).next().map_or(u64::MAX, |(first, _)| *first);
        Some((Arc::clone(segment), next))
    }

    /// Up to `limit` records after a sequence; `None` begins with the oldest kept.
    pub(crate) fn read(&self, after: Option<u64>, limit: usize) -> Result<Vec<RawRecord>, StreamError> {
        let oldest = self.oldest();
        let mut next = after.map_or(oldest, |after| after.saturating_add(1));
        if next < oldest {
            return Err(self.trimmed(next, oldest));
        }
        let newest = self.newest();
        let (mut records, mut bytes) = (Vec::new(), 0);
        while next <= newest && records.len() < limit && bytes < READ_BYTES {
            let Some((segment, following)) = self.segment_of(next) else { break };
            let end = following.min(newest.saturating_add(1));
            let hole = segment.read(next, end, |stored| {
                bytes += stored.size();
                records.push(self.raw(stored));
                records.len() < limit && bytes < READ_BYTES
            });
            // The file may have been trimmed since its segment was looked up.
            let hole = hole.map_err(|error| match self.oldest() {
                oldest if next < oldest => self.trimmed(next, oldest),
                _ => error,
            })?;
            if let Some(hole) = hole {
                return if records.is_empty() {
                    Err(self.damaged(&segment, &hole, following))
                } else {
                    Ok(records)
                };
            }
            next = end;
        }
        Ok(records)
    }

    /// Removes the segments whose records all come before `before`; the one being written stays.
    pub(crate) fn trim(&self, before: u64) -> Result<usize, StreamError> {
        let mut removed = 0;
        loop {
            let mut segments = self.segments.write().unwrap_or_else(PoisonError::into_inner);
            let mut firsts = segments.keys().copied();
            let (Some(first), Some(next)) = (firsts.next(), firsts.next()) else { return Ok(removed) };
            if next > before {
                return Ok(removed);
            }
            // Whoever reads it now has it open, or meets the next segment.
            let Some(segment) = segments.remove(&first) else { return Ok(removed) };
            drop(segments);
            fs::remove_file(&segment.path).map_err(StreamError::io("remove segment", &segment.path))?;
            removed += 1;
            self.counters.removed();
        }
    }

    fn raw(&self, stored: &Stored<'_>) -> RawRecord {
        RawRecord {
            position: self.position(stored.sequence),
            key: stored.key.to_owned(),
            bytes: stored.bytes.to_vec(),
            arrived_at: Timestamp::from_micros(stored.arrived_micros),
        }
    }

    pub(crate) fn position(&self, sequence: u64) -> Position {
        let (stream, shard) = (self.stream.clone(), self.name.clone());
        Position { stream, shard, sequence: Sequence::from(sequence), sub: 0 }
    }

    fn trimmed(&self, next: u64, oldest: u64) -> StreamError {
        StreamError::Trimmed {
            stream: self.stream.clone(),
            shard: self.name.clone(),
            after: Sequence::from(next - 1),
            oldest: Sequence::from(oldest),
        }
    }

    fn damaged(&self, segment: &Segment, hole: &Hole, following: u64) -> StreamError {
        let behind = hole.behind.or((following < u64::MAX).then_some(following));
        StreamError::Damaged(Box::new(Damage {
            stream: self.stream.clone(),
            shard: self.name.clone(),
            path: segment.path.clone(),
            offset: hole.offset,
            after: Sequence::from(hole.expected - 1),
            resume: behind.map(|sequence| Sequence::from(sequence - 1)),
        }))
    }
}
