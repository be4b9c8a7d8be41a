//! Writing one shard's part of a flush.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tracing::error;
use weir_events::{Position, Timestamp};

use super::codec::{self, Stored};
use super::recovery::{self, Tail};
use super::shard::Shard;
use super::{Durability, LogSettings};
use crate::{NewRecord, StreamError};

/// Why a flush failed; each publisher in it is told.
#[derive(Debug)]
pub(crate) struct Failure {
    action: &'static str,
    path: PathBuf,
    kind: io::ErrorKind,
    message: String,
}

impl Failure {
    pub(crate) fn to_error(&self) -> StreamError {
        let source = io::Error::new(self.kind, self.message.clone());
        StreamError::Io { action: self.action, path: self.path.clone(), source }
    }
}

/// The writing side of one shard.
pub(crate) struct ShardWriter {
    shard: Arc<Shard>,
    tail: Tail,
    durability: Durability,
    segment_bytes: u64,
    buffer: Vec<u8>,
    /// Sequence and place in the buffer of each record of this flush.
    places: Vec<(u64, usize)>,
    /// Why this flush failed, if it did.
    failure: Option<Arc<Failure>>,
    /// After a failed sync nobody knows what the disk holds: nothing more is written until the log is opened again.
    is_closed: bool,
}

impl ShardWriter {
    pub(crate) fn new(shard: Arc<Shard>, tail: Tail, settings: &LogSettings) -> Self {
        Self {
            shard,
            tail,
            durability: settings.durability,
            segment_bytes: settings.segment_bytes,
            buffer: Vec::new(),
            places: Vec::new(),
            failure: None,
            is_closed: false,
        }
    }

    /// Takes a record into this flush and answers its sequence.
    pub(crate) fn take(&mut self, record: &NewRecord, arrived_at: Timestamp) -> u64 {
        let flush_index = self.places.len() as u32;
        let sequence = self.tail.next + u64::from(flush_index);
        self.places.push((sequence, self.buffer.len()));
        let (key, bytes, arrived_micros) = (&*record.key, &*record.bytes, arrived_at.micros());
        codec::encode(&Stored { sequence, flush_index, arrived_micros, key, bytes }, &mut self.buffer);
        sequence
    }

    pub(crate) fn has_work(&self) -> bool {
        !self.places.is_empty()
    }

    pub(crate) fn failure(&self) -> Option<&Arc<Failure>> {
        self.failure.as_ref()
    }

    pub(crate) fn position(&self, sequence: u64) -> Position {
        self.shard.position(sequence)
    }

    /// Makes this flush durable and visible, or remembers why not.
    pub(crate) fn write(&mut self) {
        let written = if self.is_closed { Err(self.closed()) } else { self.try_write() };
        match written {
            Ok(()) => self.publish(),
            Err(failure) => {
                error!(path = %failure.path.display(), error = failure.message, "a flush of the log failed");
                self.failure = Some(Arc::new(failure));
            }
        }
    }

    /// Makes ready for the next flush.
    pub(crate) fn finish(&mut self) {
        self.buffer.clear();
        self.buffer.shrink_to(1 << 20);
        self.places.clear();
        self.failure = None;
    }

    fn try_write(&mut self) -> Result<(), Failure> {
        if self.tail.length >= self.segment_bytes {
            self.roll()?;
        }
        if let Err(source) = self.tail.file.write_all_at(&self.buffer, self.tail.length) {
            // What was written in part must not stand before the next flush.
            self.is_closed = self.tail.file.set_len(self.tail.length).is_err();
            return Err(self.failed("write segment", &source));
        }
        if self.durability == Durability::Power {
            let begun = Instant::now();
            if let Err(source) = self.tail.file.sync_data() {
                self.is_closed = true;
                return Err(self.failed("sync segment", &source));
            }
            self.shard.counters.synced(begun.elapsed());
        }
        self.shard.counters.written(self.places.len(), self.buffer.len());
        Ok(())
    }

    fn publish(&mut self) {
        let start = self.tail.length;
        self.tail.length += self.buffer.len() as u64;
        self.tail.next += self.places.len() as u64;
        let mut index = self.tail.segment.index();
        for (sequence, place) in &self.places {
            index.note(*sequence, start + *place as u64);
        }
        drop(index);
        self.tail.segment.advance(self.tail.length);
        self.shard.advance(self.tail.next - 1);
    }

    /// Begins the next segment.
    fn roll(&mut self) -> Result<(), Failure> {
        let next = recovery::create(&self.shard.directory, self.tail.next).map_err(|error| {
            let (kind, message) = match &error {
                StreamError::Io { source, .. } => (source.kind(), source.to_string()),
                other => (io::ErrorKind::Other, other.to_string()),
            };
            Failure { action: "begin a segment in", path: self.shard.directory.clone(), kind, message }
        })?;
        self.shard.add(Arc::clone(&next.segment));
        self.tail = next;
        Ok(())
    }

    fn failed(&self, action: &'static str, source: &io::Error) -> Failure {
        let path = self.tail.segment.path.clone();
        Failure { action, path, kind: source.kind(), message: source.to_string() }
    }

    fn closed(&self) -> Failure {
        let message = "an earlier write failed; open the log again".to_owned();
        let path = self.tail.segment.path.clone();
        Failure { action: "write segment", path, kind: io::ErrorKind::Other, message }
    }
}
