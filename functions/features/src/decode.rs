//! Reading a stored state; no input makes it panic.

use std::collections::VecDeque;

use weir_events::EntityKind;

use crate::codec::Reader;
use crate::counterparty::FIRST_USE_KINDS;
use crate::encode::LAYOUT;
use crate::entry::{Entry, FlagChange, bounded};
use crate::first_use::{FIRST_USE_CAP, FirstUses, Use, Uses};
use crate::state::{ENTRY_CAP, EntityState};

/// Why stored bytes are not a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Written by another version of this program.
    #[error(
        "state has layout `{found}`, this build reads layout `{LAYOUT}`: run the build that wrote it, or a newer one"
    )]
    Layout {
        /// The layout found.
        found: u8,
    },
    /// The bytes are damaged.
    #[error(
        "state is damaged: {what}; restore the store from a copy, or replay its stream into an empty one"
    )]
    Damaged {
        /// What does not fit.
        what: &'static str,
    },
}

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Settings or the build have to change; trying again is useless.
    Settings,
    /// The input will never be readable.
    Poison,
}

impl StateError {
    /// What to do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Layout { .. } => Kind::Settings,
            Self::Damaged { .. } => Kind::Poison,
        }
    }
}

impl EntityState {
    /// Reads the stored form. Bytes that [`EntityState::encode`] did not write are refused as far as that shows.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader(bytes);
        match reader.byte() {
            Some(LAYOUT) => (),
            Some(found) => return Err(StateError::Layout { found }),
            None => return Err(StateError::Damaged { what: "it is empty" }),
        }
        let state =
            read(&mut reader).ok_or(StateError::Damaged { what: "it is cut short or overwritten" })?;
        if !reader.0.is_empty() {
            return Err(StateError::Damaged { what: "something follows its end" });
        }
        if !state.is_consistent() {
            return Err(StateError::Damaged { what: "its ordinals do not fit together" });
        }
        Ok(state)
    }

    fn is_consistent(&self) -> bool {
        // Half of the range, so that no fold can reach its end.
        if self.ordinal > u64::MAX / 2 {
            return false;
        }
        let is_ordinal = |ordinal: u64| (1..=self.ordinal).contains(&ordinal);
        let entries = self.entries.iter().all(|entry| is_ordinal(entry.ordinal));
        let flags =
            self.flags.iter().all(|change| change.event < change.ordinal && is_ordinal(change.ordinal));
        let uses = self.first_uses.0.iter().flat_map(|uses| &uses.records);
        let mut pairs = self.entries.iter().zip(self.entries.iter().skip(1));
        entries
            && flags
            && self.flags.is_sorted_by(|left, right| left.ordinal < right.ordinal)
            && pairs.all(|(left, right)| left.place() < right.place())
            && uses.into_iter().all(|used| is_ordinal(used.ordinal))
    }
}

fn read(reader: &mut Reader<'_>) -> Option<EntityState> {
    let number = reader.byte()?;
    let kind = EntityKind::ALL.into_iter().find(|kind| *kind as u8 == number)?;
    let ordinal = reader.unsigned()?;
    let has_gone = truth(reader)?;
    let gone = reader.signed()?;
    if !has_gone && gone != 0 {
        return None;
    }
    let entries = entries(reader)?;
    let count = reader.count(4)?;
    let flags = (0..count).map(|_| flag(reader)).collect::<Option<_>>()?;
    let mut first_uses = FirstUses::default();
    for place in 0..FIRST_USE_KINDS.len() {
        *first_uses.0.get_mut(place)? = uses(reader)?;
    }
    Some(EntityState { kind, ordinal, gone_until: has_gone.then_some(gone), entries, flags, first_uses })
}

fn entries(reader: &mut Reader<'_>) -> Option<VecDeque<Entry>> {
    let count = reader.count(8)?;
    if count > ENTRY_CAP {
        return None;
    }
    let mut entries = VecDeque::with_capacity(count);
    let (mut time, mut ordinal) = (0_i64, 0_u64);
    for _ in 0..count {
        time = time.wrapping_add(reader.signed()?);
        ordinal = ordinal.wrapping_add(reader.signed()? as u64);
        entries.push_back(entry(reader, time, ordinal)?);
    }
    Some(entries)
}

fn entry(reader: &mut Reader<'_>, occurred_at: i64, ordinal: u64) -> Option<Entry> {
    let amount_minor = reader.signed()?;
    let transaction = reader.hash()?;
    let mask = reader.byte()?;
    let mut counterparties = [None; crate::counterparty::MOST];
    for (place, slot) in counterparties.iter_mut().enumerate() {
        if mask & (1 << place) != 0 {
            *slot = Some(reader.hash()?);
        }
    }
    let is_valid = mask < 8 && bounded(amount_minor) == amount_minor;
    is_valid.then_some(Entry { occurred_at, ordinal, amount_minor, transaction, counterparties })
}

fn flag(reader: &mut Reader<'_>) -> Option<FlagChange> {
    let ordinal = reader.unsigned()?;
    let occurred_at = reader.signed()?;
    let event = reader.unsigned()?;
    Some(FlagChange { ordinal, occurred_at, event, is_fraud: truth(reader)? })
}

fn uses(reader: &mut Reader<'_>) -> Option<Uses> {
    let is_capped = truth(reader)?;
    let count = reader.count(6)?;
    if count > FIRST_USE_CAP {
        return None;
    }
    let mut records = Vec::with_capacity(count);
    for _ in 0..count {
        let ordinal = reader.unsigned()?;
        let occurred_at = reader.signed()?;
        records.push(Use { ordinal, occurred_at, hash: reader.hash()? });
    }
    Some(Uses { records, is_capped })
}

fn truth(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.byte()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}
