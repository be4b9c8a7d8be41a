//! What a mapping connects.

use std::time::Duration;

/// Any error; its text is logged, so it holds no payload.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// One shard of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its name.
    pub id: String,
    /// The shards it was split or merged from, as far as they can still be read: they are worked on to their ends first.
    pub parents: Vec<String>,
}

impl From<&str> for Shard {
    /// A shard without parents.
    fn from(id: &str) -> Self {
        Self { id: id.to_owned(), parents: Vec::new() }
    }
}

/// Why a shard is read no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Everything was read and nothing more will come: it was split or merged, and its children may begin.
    Closed,
    /// Another reader has it now; it may come back.
    Moved,
}

/// How far a consumer has come in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The last sequence done.
    After(String),
    /// A closed shard, done to its end.
    Finished,
}

impl Progress {
    /// The last sequence done.
    pub fn after(&self) -> Option<&str> {
        match self {
            Self::After(sequence) => Some(sequence),
            Self::Finished => None,
        }
    }
}

/// Ordered shards of records.
#[async_trait::async_trait]
pub trait Source: Send + Sync + 'static {
    /// What the handler gets.
    type Record: Send + Sync + 'static;

    /// The shards that can be read; asked again every [`Settings::shards_every`](crate::Settings::shards_every) and
    /// whenever one is over.
    async fn shards(&self) -> Result<Vec<Shard>, BoxError>;

    /// Up to `limit` records after a sequence (from the oldest if `None`), in order, each with its sequence; waits up
    /// to `wait` for the first one and answers empty if none came. Dropping the future loses nothing.
    async fn read(
        &self,
        shard: &str,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, Self::Record)>, BoxError>;

    /// Where to go on if an error of [`Source::read`] says that the next records can never be read: the sequence after
    /// which the readable ones begin. The gap is told once and passed. `None`, as for most errors, is to try again.
    fn resume(&self, _error: &BoxError) -> Option<String> {
        None
    }

    /// Whether an error of [`Source::read`] says that the shard is read no further. `None`, as for most errors, is to
    /// try again.
    fn over(&self, _error: &BoxError) -> Option<Over> {
        None
    }

    /// Sequence of the newest record of a shard, for [`Start::Newest`](crate::Start::Newest); `None` if it has none.
    async fn newest(&self, _shard: &str) -> Result<Option<String>, BoxError> {
        Err("this source cannot tell its newest record; start at the oldest".into())
    }

    /// Records of a shard after a sequence, for [`Stats`](crate::Stats); `None` if the source cannot tell.
    /// Asked after each batch, so it has to be cheap.
    async fn lag(&self, _shard: &str, _after: Option<&str>) -> Option<u64> {
        None
    }

    /// How old a record is, for `max_age` and [`Start::At`](crate::Start::At); `None` if the source cannot tell.
    fn age(&self, _record: &Self::Record) -> Option<Duration> {
        None
    }
}

/// What became of a batch.
#[derive(Debug)]
pub enum Outcome {
    /// Every record is done.
    Done,
    /// The records before `index` are done; the one at `index` failed, those behind it were not done.
    FailedAt {
        /// Index in the batch.
        index: usize,
        /// Why.
        error: BoxError,
    },
    /// The batch failed, no record is known to be done.
    Failed {
        /// Why.
        error: BoxError,
    },
}

/// The function that is called.
#[async_trait::async_trait]
pub trait Handler<R>: Send + Sync + 'static {
    /// Works on a batch; it may get the same record again.
    async fn handle(&self, records: &[R]) -> Outcome;
}

/// How far consumers have come.
#[async_trait::async_trait]
pub trait Checkpoints: Send + Sync + 'static {
    /// How far a consumer has come; `None` if it has not begun.
    async fn get(&self, consumer: &str, shard: &str) -> Result<Option<Progress>, BoxError>;

    /// Remembers how far it has come; called after each batch.
    async fn set(&self, consumer: &str, shard: &str, progress: &Progress) -> Result<(), BoxError>;
}

/// A record that is not tried again.
pub struct GivenUp<'a, R> {
    /// Name of the mapping.
    pub mapping: &'a str,
    /// Its shard.
    pub shard: &'a str,
    /// Its sequence.
    pub sequence: &'a str,
    /// The record.
    pub record: &'a R,
    /// Why it failed the last time.
    pub error: &'a BoxError,
    /// How often it was tried.
    pub tries: u32,
}

/// Where records go that are given up.
#[async_trait::async_trait]
pub trait OnFailure<R>: Send + Sync + 'static {
    /// Takes the record; the shard moves on when this has succeeded, and until then it is called again.
    async fn given_up(&self, record: GivenUp<'_, R>) -> Result<(), BoxError>;
}
