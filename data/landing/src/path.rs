//! Path of a landing file.

use std::fmt;
use std::str::FromStr;

use weir_events::Sequence;

/// Folder under the lake's root that holds landing files.
pub const LANDING: &str = "landing";

/// Digits of a sequence in a path: Kinesis gives the longest ones, 56.
pub const SEQUENCE_DIGITS: usize = 56;

const SUFFIX: &str = ".parquet";

/// Where a landing file lies under the lake's root, and what it holds: the records of one shard from `first` to
/// `last`, both included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LandingPath {
    stream: String,
    shard: String,
    first: Sequence,
    last: Sequence,
}

/// What is wrong with a landing path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LandingError {
    /// Streams and shards are folder names here.
    #[error(
        "`{name}` cannot name a stream or shard of a landing file; use letters, digits, `-`, `_` and `.`"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The range runs backwards, or a sequence is no number of at most 56 digits.
    #[error("`{first}` to `{last}` is not a range of sequences of at most {SEQUENCE_DIGITS} digits")]
    Range {
        /// First sequence given.
        first: String,
        /// Last sequence given.
        last: String,
    },
    /// The text does not have the form of a landing path.
    #[error("`{path}` is not a landing path; expected `landing/<stream>/<shard>/<first>-<last>.parquet`")]
    Form {
        /// The text.
        path: String,
    },
}

impl LandingPath {
    /// A path from its parts.
    ///
    /// # Errors
    /// If a name cannot be a folder, or the range is none.
    pub fn new(stream: &str, shard: &str, first: Sequence, last: Sequence) -> Result<Self, LandingError> {
        for name in [stream, shard] {
            if !is_name(name) {
                return Err(LandingError::Name { name: name.to_owned() });
            }
        }
        if first > last || ![&first, &last].into_iter().all(is_number) {
            return Err(LandingError::Range { first: first.to_string(), last: last.to_string() });
        }
        Ok(Self { stream: stream.to_owned(), shard: shard.to_owned(), first, last })
    }

    /// Name of the stream.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Name of the shard.
    pub fn shard(&self) -> &str {
        &self.shard
    }

    /// Sequence of the first record.
    pub const fn first(&self) -> &Sequence {
        &self.first
    }

    /// Sequence of the last record.
    pub const fn last(&self) -> &Sequence {
        &self.last
    }

    /// Key of its shard in [`crate::Watermarks`]: `<stream>/<shard>`.
    pub fn watermark_key(&self) -> String {
        format!("{}/{}", self.stream, self.shard)
    }
}

/// Folder of one stream's landing files.
pub fn stream_prefix(stream: &str) -> String {
    format!("{LANDING}/{stream}")
}

/// Folder of one shard's landing files.
pub fn shard_prefix(stream: &str, shard: &str) -> String {
    format!("{LANDING}/{stream}/{shard}")
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(allowed)
}

fn is_number(sequence: &Sequence) -> bool {
    let text = sequence.as_str();
    text.len() <= SEQUENCE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for LandingPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first.as_str(), self.last.as_str());
        let folder = shard_prefix(&self.stream, &self.shard);
        write!(formatter, "{folder}/{first:0>SEQUENCE_DIGITS$}-{last:0>SEQUENCE_DIGITS$}{SUFFIX}")
    }
}

impl FromStr for LandingPath {
    type Err = LandingError;

    fn from_str(path: &str) -> Result<Self, LandingError> {
        let form = || LandingError::Form { path: path.to_owned() };
        let parts = path.split('/').collect::<Vec<_>>();
        let [LANDING, stream, shard, name] = parts[..] else { return Err(form()) };
        let (first, last) =
            name.strip_suffix(SUFFIX).and_then(|range| range.split_once('-')).ok_or_else(form)?;
        let is_padded = |text: &str| text.len() == SEQUENCE_DIGITS;
        if !is_padded(first) || !is_padded(last) {
            return Err(form());
        }
        Self::new(stream, shard, Sequence::new(first), Sequence::new(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(first: u64, last: u64) -> LandingPath {
        LandingPath::new("transactions", "shard-7", first.into(), last.into()).unwrap()
    }

    #[test]
    fn a_path_parses_back() {
        let text = path(7, 1_000).to_string();
        assert_eq!(text.len(), "landing/transactions/shard-7/".len() + 56 + 1 + 56 + ".parquet".len());
        assert_eq!(text.parse(), Ok(path(7, 1_000)));
    }

    #[test]
    fn names_sort_as_sequences_do() {
        assert!(path(9, 9).to_string() < path(10, 10).to_string());
        assert!(path(1, 9).to_string() < path(1, 10).to_string());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "landing/transactions/0/1-2.parquet",
            "landing/transactions/0",
            "plans/transactions/0/x.parquet",
            "landing/../0/x-y.parquet",
        ] {
            assert!(text.parse::<LandingPath>().is_err(), "{text}");
        }
        let letters = format!("landing/a/0/{}-{}.parquet", "a".repeat(56), "b".repeat(56));
        assert!(matches!(letters.parse::<LandingPath>(), Err(LandingError::Range { .. })));
    }

    #[test]
    fn a_name_that_climbs_and_a_backward_range_are_refused() {
        let one = || Sequence::from(1);
        assert!(matches!(LandingPath::new("..", "0", one(), one()), Err(LandingError::Name { .. })));
        assert!(matches!(LandingPath::new("a", "b/c", one(), one()), Err(LandingError::Name { .. })));
        assert!(matches!(LandingPath::new("a", "0", 2.into(), one()), Err(LandingError::Range { .. })));
    }
}
