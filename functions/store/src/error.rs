//! What can go wrong, and what the caller does about it.

use std::error::Error;
use std::path::PathBuf;

use weir_events::Sequence;

/// What the caller of a store does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Try the same call again after a pause.
    Retryable,
    /// The record that led here will never work: set it aside.
    Poison,
    /// Read again, fold again, commit again.
    Conflict,
    /// The operator changes a setting or the machine; stop and say so.
    Settings,
    /// The program or the disk is broken; stop.
    Internal,
}

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else wrote in between, or the transaction has its decision already: read again and fold again.
    #[error("a stored version changed since it was read; read again and fold again")]
    Conflict,

    /// One batch writes the same entity or transaction twice.
    #[error("one batch writes `{what}` twice; fold each entity and transaction once per batch")]
    WrittenTwice {
        /// The entity key or transaction id.
        what: String,
    },

    /// A label effect whose transaction's item is not written with it.
    #[error("an effect of `{transaction_id}` comes without its item; write both in one batch")]
    EffectAlone {
        /// The transaction.
        transaction_id: String,
    },

    /// A decision or label stands under the id of another transaction.
    #[error(
        "the item of `{transaction_id}` holds a decision or label of `{other}`; write it under its own id"
    )]
    OtherTransaction {
        /// Id of the item.
        transaction_id: String,
        /// Id in the decision or label.
        other: String,
    },

    /// A transaction id that cannot be a key.
    #[error("a transaction id of {length} bytes cannot be stored; it takes 1 to {most}")]
    UnusableId {
        /// Its length in bytes.
        length: usize,
        /// The longest allowed.
        most: usize,
    },

    /// Another process has the store open.
    #[error("the store `{path}` is open in another process; stop that one or choose another home")]
    Locked {
        /// The store's folder.
        path: PathBuf,
    },

    /// The folder cannot be made or written.
    #[error("the store `{path}` cannot be written; give this user write access or choose another home")]
    NotWritable {
        /// The store's folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },

    /// The folder holds something else.
    #[error("`{path}` holds files but no store; empty it or choose another home")]
    NotAStore {
        /// The folder.
        path: PathBuf,
    },

    /// The store is there but cannot be opened.
    #[error("the store `{path}` cannot be opened; keep a copy of it and restore a backup")]
    Open {
        /// The store's folder.
        path: PathBuf,
        /// What the engine said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },

    /// Reading failed.
    #[error("reading the store `{location}` failed; check its disk")]
    Read {
        /// Folder or table.
        location: String,
        /// What the engine said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },

    /// Writing failed: what this call was to write is not acknowledged, and may or may not be there after a restart.
    #[error("writing the store `{location}` failed; check its disk and its free space, then start again")]
    Write {
        /// Folder or table.
        location: String,
        /// What the engine said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },

    /// A stored value cannot be decoded.
    #[error(
        "the stored {what} `{key}` cannot be decoded: {detail}; it was written by a newer build or is damaged"
    )]
    Damaged {
        /// Kind of value.
        what: &'static str,
        /// Its key.
        key: String,
        /// What was wrong; never a value.
        detail: String,
    },

    /// A value cannot be encoded.
    #[error("the {what} of `{key}` cannot be encoded")]
    Encode {
        /// Kind of value.
        what: &'static str,
        /// Its key.
        key: String,
        /// What the encoder said.
        #[source]
        source: serde_json::Error,
    },

    /// Something is too large for the service behind the store.
    #[error("the {what} `{key}` takes {size_bytes} bytes, the most is {most_bytes}; set it aside")]
    TooLarge {
        /// Kind of value.
        what: &'static str,
        /// Its key.
        key: String,
        /// How much it takes.
        size_bytes: usize,
        /// How much it may.
        most_bytes: usize,
    },

    /// The service behind the store refuses: a name or a permission is wrong.
    #[error("the store `{location}` refuses: {detail}; check its name, region and permissions")]
    Refused {
        /// Table or address.
        location: String,
        /// What it said.
        detail: String,
    },

    /// A closed shard of the outbox was read to its end, or is not there any more.
    #[error("shard `{shard}` of the outbox has nothing more; read the shards that were made from it")]
    OutboxShardClosed {
        /// The shard.
        shard: String,
    },

    /// Outbox entries were trimmed before this reader read them.
    #[error(
        "outbox entries of shard `{shard}` after `{after}` were trimmed, {}; they are lost to this reader: read \
         without a position to go on",
        oldest_kept(oldest.as_ref())
    )]
    OutboxTrimmed {
        /// The shard.
        shard: String,
        /// Where the reader wanted to go on.
        after: Sequence,
        /// Where reading goes on: the oldest sequence kept, `None` while there is none.
        oldest: Option<Sequence>,
    },

    /// The sequence is none that this outbox gave.
    #[error("`{found}` is no place in shard `{shard}` of the outbox; remove the checkpoint")]
    OutboxPosition {
        /// The shard.
        shard: String,
        /// What was asked for.
        found: String,
    },

    /// The service behind the store does not answer for now.
    #[error("the store `{location}` does not answer; it is tried again")]
    Unavailable {
        /// Folder, table or address.
        location: String,
        /// What happened.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },

    /// The store's writer has ended.
    #[error("the store `{location}` is closed; open it again")]
    Closed {
        /// Folder or table.
        location: String,
    },
}

impl StoreError {
    /// What the caller does about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Conflict => Kind::Conflict,
            // A write that failed may go through once the store is open again, with what is asked for again.
            Self::Unavailable { .. } | Self::Write { .. } => Kind::Retryable,
            Self::Read { source, .. } if is_out_of_files(source.as_ref()) => Kind::Retryable,
            Self::UnusableId { .. } | Self::TooLarge { .. } => Kind::Poison,
            Self::Locked { .. }
            | Self::NotWritable { .. }
            | Self::NotAStore { .. }
            | Self::Refused { .. } => Kind::Settings,
            Self::WrittenTwice { .. }
            | Self::OtherTransaction { .. }
            | Self::EffectAlone { .. }
            | Self::Open { .. }
            | Self::Read { .. }
            | Self::Damaged { .. }
            | Self::Encode { .. }
            | Self::OutboxShardClosed { .. }
            | Self::OutboxTrimmed { .. }
            | Self::OutboxPosition { .. }
            | Self::Closed { .. } => Kind::Internal,
        }
    }
}

fn oldest_kept(oldest: Option<&Sequence>) -> String {
    oldest.map_or_else(|| "none is kept".to_owned(), |oldest| format!("the oldest kept is `{oldest}`"))
}

/// Whether the process or the machine had no file descriptor left; they come back.
fn is_out_of_files(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        let number = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::raw_os_error);
        if matches!(number, Some(ENFILE | EMFILE)) {
            return true;
        }
        cause = current.source();
    }
    false
}
