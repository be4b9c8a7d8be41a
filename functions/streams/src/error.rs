//! What can go wrong with a stream, and what the caller does about it.

use std::io;
use std::path::{Path, PathBuf};

use weir_events::Sequence;

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Try again later: it may pass.
    Retryable,
    /// This record or place will never work: set it aside and go on after it.
    Poison,
    /// A setting, a name or a permission is wrong: a person corrects it.
    Settings,
    /// Something is broken: stop, and look at it.
    Internal,
    /// The shard is not read any further here: ask for the shards again.
    Gone,
}

/// What can go wrong with a stream.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The stream is not declared.
    #[error("there is no stream `{stream}`; declare it in the settings")]
    UnknownStream {
        /// The stream asked for.
        stream: String,
    },
    /// The shard is not declared.
    #[error("stream `{stream}` has no shard `{shard}`; declare it in the settings")]
    UnknownShard {
        /// The stream asked for.
        stream: String,
        /// The shard asked for.
        shard: String,
    },
    /// A setting has a value that cannot be used.
    #[error("streams setting `{setting}` is `{value}`; expected {expected}")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What would do.
        expected: &'static str,
    },
    /// The log was made with another number of shards.
    #[error(
        "stream `{stream}` has {stored} shards in `{path}` and {declared} in the settings; keys would change \
         their shard: set it back to {stored}, or empty the log"
    )]
    ShardCount {
        /// The stream.
        stream: String,
        /// Shards that the log was made with.
        stored: u32,
        /// Shards that the settings ask for.
        declared: u32,
        /// Where the log says so.
        path: PathBuf,
    },
    /// Another process has the log open.
    #[error("the log `{path}` is in use by another process; stop it, or choose another directory")]
    InUse {
        /// Directory of the log.
        path: PathBuf,
    },
    /// A file that should be part of the log is not.
    #[error("`{path}` is not a file of this log: {found}; move it away, or restore it from a copy")]
    NotALog {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        found: &'static str,
    },
    /// A record is larger than the log takes.
    #[error(
        "a record of {size_bytes} bytes is over the limit of {limit_bytes} bytes; send less in one record"
    )]
    TooLarge {
        /// Its size.
        size_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// Records in the middle of the log cannot be read.
    #[error(transparent)]
    Damaged(Box<Damage>),
    /// The records asked for were removed by retention.
    #[error(
        "records of {stream}/{shard} after `{after}` were trimmed, the oldest kept is `{oldest}`; they are lost to \
         this reader: read without a position to go on with the oldest"
    )]
    Trimmed {
        /// The stream.
        stream: String,
        /// The shard.
        shard: String,
        /// Where the reader wanted to go on.
        after: Sequence,
        /// Oldest sequence kept.
        oldest: Sequence,
    },
    /// The sequence is none that this adapter gave.
    #[error("`{sequence}` is not a sequence of this log: expected a whole number below 2^64")]
    BadSequence {
        /// The sequence.
        sequence: Sequence,
    },
    /// The disk refused.
    #[error("could not {action} `{path}`; check that it is there, writable and that the disk has room")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The stream takes nothing more.
    #[error("the streams were closed while a record was being published; open them again")]
    Stopped,
    /// A shard that was split or merged has been read to its end.
    #[error(
        "shard `{shard}` of stream `{stream}` is closed and read to its end; go on with those made from it"
    )]
    Closed {
        /// The stream.
        stream: String,
        /// The shard.
        shard: String,
    },
    /// Another reader of the same group reads this shard now.
    #[error("shard `{shard}` of stream `{stream}` is not read here any more; ask for the shards again")]
    Moved {
        /// The stream.
        stream: String,
        /// The shard.
        shard: String,
    },
    /// A service that keeps streams refused, or did not answer.
    #[error(transparent)]
    Service(Box<ServiceFailure>),
}

/// What a service that keeps streams did not do, why, and what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{service} could not {action} `{target}`: {reason}; {advice}")]
pub struct ServiceFailure {
    /// The service, as `kafka`.
    pub service: &'static str,
    /// What was tried.
    pub action: &'static str,
    /// On what, a stream or a shard.
    pub target: String,
    /// What the service said, without payload or secret.
    pub reason: String,
    /// What to do next.
    pub advice: &'static str,
    /// What the caller does about it.
    pub kind: Kind,
}

/// Where records cannot be read, and how to go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{path}` is damaged at byte {offset}: records after `{after}` of {stream}/{shard} cannot be read; {}",
    how_to_resume(resume.as_ref())
)]
pub struct Damage {
    /// The stream.
    pub stream: String,
    /// The shard.
    pub shard: String,
    /// The segment file.
    pub path: PathBuf,
    /// Where the damage begins.
    pub offset: u64,
    /// Last readable sequence before it.
    pub after: Sequence,
    /// Read after this to go on behind the damage; `None` while nothing readable follows.
    pub resume: Option<Sequence>,
}

fn how_to_resume(resume: Option<&Sequence>) -> String {
    resume.map_or_else(
        || "nothing readable follows yet".to_owned(),
        |sequence| format!("read after `{sequence}` to go on behind the damage"),
    )
}

impl StreamError {
    /// What the caller does about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::UnknownStream { .. }
            | Self::UnknownShard { .. }
            | Self::Setting { .. }
            | Self::ShardCount { .. }
            | Self::InUse { .. }
            | Self::NotALog { .. } => Kind::Settings,
            Self::TooLarge { .. } | Self::Damaged(_) | Self::BadSequence { .. } => Kind::Poison,
            Self::Trimmed { .. } | Self::Stopped => Kind::Internal,
            Self::Closed { .. } | Self::Moved { .. } => Kind::Gone,
            Self::Service(failure) => failure.kind,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::AlreadyExists => Kind::Settings,
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Kind::Retryable,
                // No file descriptor left, in the process or on the machine.
                _ if matches!(source.raw_os_error(), Some(23 | 24)) => Kind::Retryable,
                _ => Kind::Internal,
            },
        }
    }

    /// The sequence after which reading can go on, if records were lost to damage or retention and others follow.
    pub fn resume(&self) -> Option<Sequence> {
        match self {
            Self::Damaged(damage) => damage.resume.clone(),
            Self::Trimmed { oldest, .. } => Some(before(oldest)),
            _ => None,
        }
    }

    /// A failure of a service.
    pub fn service(failure: ServiceFailure) -> Self {
        Self::Service(Box::new(failure))
    }

    /// Names what was tried and where, for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// The sequence one below; they have more digits on some services than a number of the machine.
fn before(sequence: &Sequence) -> Sequence {
    let mut digits = sequence.as_str().as_bytes().to_vec();
    let Some(last) = digits.iter().rposition(|digit| *digit != b'0') else { return sequence.clone() };
    digits[last] -= 1;
    digits[last + 1..].fill(b'9');
    Sequence::new(&String::from_utf8_lossy(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_goes_on_just_before_the_oldest_kept() {
        for (oldest, expected) in [
            ("1", "0"),
            ("0", "0"),
            ("1000", "999"),
            ("42", "41"),
            (
                "49590338271490256608559692538361571095921575989136588800",
                "49590338271490256608559692538361571095921575989136588799",
            ),
        ] {
            let (stream, shard) = ("orders".to_owned(), "0".to_owned());
            let (after, oldest) = (Sequence::from(0), Sequence::new(oldest));
            let trimmed = StreamError::Trimmed { stream, shard, after, oldest };
            assert_eq!(trimmed.resume(), Some(Sequence::new(expected)));
        }
    }
}
