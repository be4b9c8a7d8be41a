//! What stands at the beginning of each entity's entries.

use crate::bulk::arena::Place;
use crate::entry::FlagChange;

/// No number.
pub(crate) const NONE: u32 = u32::MAX;

/// One entity. Its entries stand in a ring, in order of time and of folding alike; each has a sequence number, one
/// more than that of the entry before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// Its ring.
    pub(crate) place: Place,
    /// Sequence of the oldest entry in the ring.
    pub(crate) begin: u32,
    /// One more than the sequence of the newest.
    pub(crate) end: u32,
    /// Number of its running sums, if it has many entries.
    pub(crate) running: u32,
    /// Number of its ordinals' history, if ordinals and sequences drift apart.
    pub(crate) drift: u32,
    /// Number of its state, if it is out of the ordinary; then the rest is unused.
    pub(crate) state: u32,
    /// Label effects so far: the next entry's ordinal is `end + drifted + 1`.
    pub(crate) drifted: u32,
    /// Time of the newest entry; the least number before the first.
    pub(crate) newest: i64,
    /// Time of the newest entry that was dropped from the ring; the least number if none was.
    pub(crate) gone_until: i64,
}

impl Head {
    /// An entity that was never seen.
    pub(crate) const NEW: Self = Self {
        place: Place::EMPTY,
        begin: 0,
        end: 0,
        running: NONE,
        drift: NONE,
        state: NONE,
        drifted: 0,
        newest: i64::MIN,
        gone_until: i64::MIN,
    };

    /// Reads its first and its last bytes.
    #[inline]
    pub(crate) const fn touch(&self) -> u32 {
        self.end.wrapping_add(self.gone_until as u32)
    }

    /// Number of entries in the ring.
    pub(crate) const fn len(&self) -> u32 {
        self.end - self.begin
    }

    /// Ordinal of the newest event or label effect.
    pub(crate) const fn ordinal(&self) -> u64 {
        self.end as u64 + self.drifted as u64
    }
}

/// Label effects take ordinals of their own: from which sequence on ordinals are how much ahead of sequences, and
/// the effects themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drift {
    /// By sequence.
    pub(crate) steps: Vec<(u32, u32)>,
    /// By ordinal; of the entries in the ring.
    pub(crate) changes: Vec<FlagChange>,
}

impl Drift {
    /// Ordinal of the entry with a sequence.
    pub(crate) fn ordinal(&self, sequence: u32) -> u64 {
        let after = self.steps.partition_point(|(from, _)| *from <= sequence);
        let ahead = after.checked_sub(1).and_then(|place| self.steps.get(place)).map_or(0, |step| step.1);
        u64::from(sequence) + u64::from(ahead) + 1
    }

    /// From this sequence on ordinals are so much ahead.
    pub(crate) fn step(&mut self, sequence: u32, ahead: u32) {
        match self.steps.last_mut() {
            Some(last) if last.0 == sequence => last.1 = ahead,
            _ => self.steps.push((sequence, ahead)),
        }
    }

    /// Forgets what concerns entries before a sequence and time.
    pub(crate) fn forget(&mut self, begin: u32, gone_until: i64) {
        let reached = self.steps.partition_point(|(from, _)| *from <= begin);
        self.steps.drain(..reached.saturating_sub(1));
        self.changes.retain(|change| change.occurred_at > gone_until);
    }
}
