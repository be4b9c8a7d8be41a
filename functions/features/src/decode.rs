//! Reading the head of a stored state; no input makes it panic.

use weir_events::EntityKind;

use crate::chunk::Chunk;
use crate::codec::Reader;
use crate::encode::{LAYOUT, UNITS};
use crate::first_use::FirstUses;
use crate::fold::HEAD_ENTRIES;
use crate::line::{DAYS, Line};
use crate::part::Part;
use crate::pieces::{chunk, first_uses};
use crate::segment::{SEGMENT_MOST, Segment};
use crate::state::EntityState;
use crate::tiles::{TileDay, Tiles};
use crate::totals::Totals;
use crate::window::DAY;

/// Why stored bytes are not a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Written by another version of this program.
    #[error(
        "state has layout `{found}`, this build reads layout `{LAYOUT}`: run the build that wrote it, or replay \
         its stream into an empty store with this one"
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
    /// Reads a stored head; none of the other pieces is loaded yet. Bytes that [`EntityState::write`] did not make
    /// are refused as far as that shows.
    pub fn read(head: &[u8]) -> Result<Self, StateError> {
        let state = whole(head, b'h', read)?;
        if state.is_consistent() {
            Ok(state)
        } else {
            Err(StateError::Damaged { what: "its ordinals or times do not fit together" })
        }
    }

    fn is_consistent(&self) -> bool {
        // Half of the range, so that no fold can reach its end.
        if self.ordinal > u64::MAX / 2 || self.next_number > u64::MAX / 2 {
            return false;
        }
        let lines: Vec<&Line> = self.segments.iter().flat_map(|segment| &segment.lines).collect();
        let tiled = self.tiles.iter().flat_map(|tiles| &tiles.days).map(|day| &day.line);
        let tiled: Vec<&Line> = tiled.collect();
        let sealed_until = lines.last().map(|line| line.last_at);
        let newest = self.recent.entries.last().map(|entry| entry.occurred_at).max(sealed_until);
        self.recent.is_consistent(self.ordinal)
            && lines.is_sorted_by(|left, right| left.last_at <= right.last_at)
            && tiled.is_sorted_by(|left, right| left.day < right.day)
            && lines.iter().chain(&tiled).all(|line| line.newest <= self.ordinal)
            && self.recent.entries.first().map(|entry| entry.occurred_at)
                >= sealed_until.filter(|_| !self.recent.entries.is_empty())
            && self.newest == newest
            && self.has_numbers()
            && self.first_uses.body.iter().all(|uses| uses.is_consistent(self.ordinal))
    }

    /// Every number was given out, each once.
    fn has_numbers(&self) -> bool {
        let mut numbers = self.part_numbers();
        numbers.sort_unstable();
        numbers.is_sorted_by(|left, right| left < right)
            && numbers.iter().all(|number| (1..self.next_number).contains(number))
    }
}

/// Reads bytes of one kind to their end.
pub(crate) fn whole<T>(
    bytes: &[u8],
    kind: u8,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Result<T, StateError> {
    let mut reader = Reader(bytes);
    match reader.byte() {
        Some(LAYOUT) => (),
        Some(found) => return Err(StateError::Layout { found }),
        None => return Err(StateError::Damaged { what: "it is empty" }),
    }
    if reader.byte() != Some(kind) {
        return Err(StateError::Damaged { what: "another piece stands in its place" });
    }
    let found = read(&mut reader).ok_or(StateError::Damaged { what: "it is cut short or overwritten" })?;
    if reader.0.is_empty() {
        Ok(found)
    } else {
        Err(StateError::Damaged { what: "something follows its end" })
    }
}

fn read(reader: &mut Reader<'_>) -> Option<EntityState> {
    let number = reader.byte()?;
    let kind = EntityKind::ALL.into_iter().find(|kind| *kind as u8 == number)?;
    let ordinal = reader.unsigned()?;
    let next_number = reader.unsigned()?;
    let newest = option(reader)?;
    let kept_after = option(reader)?.unwrap_or(i64::MIN);
    let expired_until = option(reader)?;
    let first_uses = match (reader.unsigned()?, kind) {
        (0, EntityKind::Customer) => Part::new(first_uses(reader)?),
        (0, _) => Part::new(FirstUses::default()),
        (number, _) => Part::stored(number),
    };
    let segments = segments(reader, ordinal)?;
    let tiles = if truth(reader)? { Some(Box::new(tiles(reader, ordinal)?)) } else { None };
    let recent = head_chunk(reader)?;
    Some(EntityState {
        kind,
        ordinal,
        newest,
        kept_after,
        expired_until,
        tiles,
        segments,
        recent,
        first_uses,
        next_number,
        removed: Vec::new(),
    })
}

fn head_chunk(reader: &mut Reader<'_>) -> Option<Chunk> {
    chunk(reader).filter(|chunk| chunk.entries.len() <= HEAD_ENTRIES)
}

fn segments(reader: &mut Reader<'_>, ordinal: u64) -> Option<Vec<Segment>> {
    let mut day = 0;
    let count = reader.count(10)?;
    let segment = |_| {
        let number = reader.unsigned()?;
        let count = reader.count(8)?;
        let lines: Vec<Line> = (0..count).map(|_| line(reader, ordinal, &mut day)).collect::<Option<_>>()?;
        let entries: u64 = lines.iter().map(|line| line.totals.count).sum();
        (entries > 0 && entries <= SEGMENT_MOST as u64)
            .then_some(Segment { lines, part: Part::stored(number) })
    };
    (0..count).map(segment).collect()
}

fn tiles(reader: &mut Reader<'_>, ordinal: u64) -> Option<Tiles> {
    let until = reader.signed()?;
    let sketches = Part::stored(reader.unsigned()?);
    let mut last = 0;
    let count = reader.count(9)?;
    let day = |_| {
        let number = reader.unsigned()?;
        Some(TileDay { line: line(reader, ordinal, &mut last)?, part: Part::stored(number) })
    };
    let days: Vec<TileDay> = (0..count).map(day).collect::<Option<_>>()?;
    (!days.is_empty()).then_some(Tiles { until, days, sketches })
}

fn line(reader: &mut Reader<'_>, ordinal: u64, last: &mut i64) -> Option<Line> {
    let day = last.checked_add(reader.signed()?).filter(|day| DAYS.contains(day))?;
    *last = day;
    let number = i64::try_from(reader.unsigned()?).ok()?;
    let offset = if number % 2 == 0 { (number / 2).checked_mul(UNITS[0])? } else { number / 2 };
    let newest = ordinal.checked_sub(reader.unsigned()?)?;
    let totals = totals(reader)?;
    (offset < DAY).then(|| Line { day, last_at: day * DAY + offset, newest, totals })
}

pub(crate) fn totals(reader: &mut Reader<'_>) -> Option<Totals> {
    let count = reader.unsigned()?;
    let sum = reader.signed()?;
    let squares = reader.wide()?;
    let max = reader.signed()?;
    let frauds = reader.signed()?;
    Some(Totals { count, sum, squares, max, frauds }).filter(Totals::is_plausible)
}

fn option(reader: &mut Reader<'_>) -> Option<Option<i64>> {
    if truth(reader)? { reader.signed().map(Some) } else { Some(None) }
}

pub(crate) fn truth(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.byte()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}
