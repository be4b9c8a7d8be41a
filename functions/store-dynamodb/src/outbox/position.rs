//! Places in the outbox.
//!
//! One record of the stream may hold several entries: a decision and the effect of a label that came before it. Each
//! needs a sequence of its own, so two digits are added to the record's: 99 for its last entry, 00, 01, … for those
//! before.

use weir_events::Sequence;
use weir_store::StoreError;

/// Digits of the last entry of a record.
const LAST: u32 = 99;
const DIGITS: usize = 2;
/// The service takes no shorter number; a `Sequence` has no zeros before it.
const SHORTEST: usize = 21;

/// Where reading goes on in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The stream's own sequence number.
    pub(super) record: String,
    /// Entries of that record that were read; `None`: all.
    pub(super) read: Option<usize>,
}

impl Position {
    pub(super) fn of(shard: &str, sequence: &Sequence) -> Result<Self, StoreError> {
        let wrong = || StoreError::OutboxPosition { shard: shard.to_owned(), found: sequence.to_string() };
        let text = sequence.as_str();
        let (record, entry) = text.len().checked_sub(DIGITS).map(|at| text.split_at(at)).ok_or_else(wrong)?;
        let entry: u32 = entry.parse().map_err(|_| wrong())?;
        if record.is_empty() || !record.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let read = (entry != LAST).then_some(entry as usize + 1);
        Ok(Self { record: format!("{record:0>SHORTEST$}"), read })
    }
}

/// Sequence of one entry of a record.
pub(super) fn sequence(record: &str, index: usize, count: usize) -> Sequence {
    let entry = if index + 1 >= count { LAST as usize } else { index.min(LAST as usize - 1) };
    Sequence::new(&format!("{record}{entry:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_record_follow_each_other_and_are_found_again() {
        let record = "4421584500000000017450439091";
        let sequences: Vec<Sequence> = (0..3).map(|index| sequence(record, index, 3)).collect();
        assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(sequences[2] < sequence("4421584500000000017450439092", 0, 1));
        let read: Vec<Option<usize>> =
            sequences.iter().map(|one| Position::of("shard", one).unwrap().read).collect();
        assert_eq!(read, [Some(1), Some(2), None]);
        assert_eq!(Position::of("shard", &sequences[2]).unwrap().record, record);
        assert!(Position::of("shard", &Sequence::from(7)).is_err());
    }
}
