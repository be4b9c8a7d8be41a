//! Reading the stored pieces of a state; no input makes it panic.

use crate::chunk::Chunk;
use crate::codec::Reader;
use crate::counterparty::{FIRST_USE_KINDS, MOST};
use crate::decode::{StateError, totals, truth, whole};
use crate::encode::UNITS;
use crate::entry::{Entry, FlagChange, bounded};
use crate::first_use::{FIRST_USE_CAP, FirstUses, Use, Uses};
use crate::sketch::{LARGEST_RANK, Peak, REGISTERS, Sketch};
use crate::state::EntityState;
use crate::tiles::{Day, TILE_FLAGS, Tile, TileFlag, Tiles};
use crate::totals::Totals;
use crate::window::DAY;

/// Ticks of times that fit 64 bits.
const TICKS: std::ops::RangeInclusive<i64> = -106_000_000 * 144..=106_000_000 * 144;

impl EntityState {
    /// Takes a stored piece in. One that is loaded already is left as it is; one that the head does not name, or
    /// that says something else than the head, is refused.
    pub fn load(&mut self, number: u64, bytes: &[u8]) -> Result<(), StateError> {
        let ordinal = self.ordinal;
        if self.first_uses.number == Some(number) {
            let uses = whole(bytes, b'u', first_uses)?;
            self.first_uses.body = Some(fits(uses.is_consistent(ordinal), uses)?);
            return Ok(());
        }
        if let Some(segment) = self.segments.iter_mut().find(|one| one.part.number == Some(number)) {
            let read = whole(bytes, b's', chunk)?;
            let is_so = read.is_consistent(ordinal) && read.lines().ends_with(&segment.lines);
            segment.part.body = Some(fits(is_so, read)?);
            return Ok(());
        }
        match &mut self.tiles {
            Some(tiles) => tiles.load(number, bytes),
            None => Err(UNNAMED),
        }
    }
}

const UNNAMED: StateError = StateError::Damaged { what: "its head does not name a piece that was read" };

/// What was read, if it says what the head says.
fn fits<T>(is_so: bool, read: T) -> Result<T, StateError> {
    if is_so {
        Ok(read)
    } else {
        Err(StateError::Damaged { what: "a piece differs from what its head says" })
    }
}

impl Tiles {
    fn load(&mut self, number: u64, bytes: &[u8]) -> Result<(), StateError> {
        if self.sketches.number == Some(number) {
            self.sketches.body = Some(whole(bytes, b'd', sketches)?);
            return Ok(());
        }
        let day = self.days.iter_mut().find(|day| day.part.number == Some(number)).ok_or(UNNAMED)?;
        let read = whole(bytes, b't', tile_day)?;
        let mut totals = Totals::default();
        read.tiles.iter().for_each(|tile| totals.merge(&tile.totals));
        let is_so = totals == day.line.totals
            && read.tiles.iter().all(|tile| day.line.holds(tile.middle()))
            && read.flags.iter().all(|flag| day.line.holds(flag.occurred_at));
        day.part.body = Some(fits(is_so, read)?);
        Ok(())
    }
}

impl Chunk {
    /// Whether its ordinals are ones that a state with this ordinal has given.
    pub(crate) fn is_consistent(&self, ordinal: u64) -> bool {
        let is_given = |given: u64| (1..=ordinal).contains(&given);
        self.entries.is_sorted_by(|left, right| left.place() < right.place())
            && self.entries.iter().all(|entry| is_given(entry.ordinal))
            && self.flags.is_sorted_by(|left, right| left.ordinal < right.ordinal)
            && self.flags.iter().all(|change| change.event < change.ordinal && is_given(change.ordinal))
    }
}

impl FirstUses {
    /// Whether its ordinals are ones that a state with this ordinal has given.
    pub(crate) fn is_consistent(&self, ordinal: u64) -> bool {
        self.0.iter().flat_map(|uses| &uses.records).all(|used| (1..=ordinal).contains(&used.ordinal))
    }
}

pub(crate) fn chunk(reader: &mut Reader<'_>) -> Option<Chunk> {
    let unit = *UNITS.get(usize::from(reader.byte()?))?;
    let count = reader.count(8)?;
    let mut entries = Vec::with_capacity(count);
    let (mut time, mut ordinal) = (0_i64, 0_u64);
    for _ in 0..count {
        time = time.checked_add(reader.signed()?)?;
        ordinal = ordinal.wrapping_add(reader.signed()? as u64);
        let occurred_at = time.checked_mul(unit).filter(|time| *time > i64::MIN + DAY)?;
        entries.push(entry(reader, occurred_at, ordinal)?);
    }
    let count = reader.count(4)?;
    let flags = (0..count).map(|_| flag(reader)).collect::<Option<_>>()?;
    Some(Chunk { entries, flags })
}

fn entry(reader: &mut Reader<'_>, occurred_at: i64, ordinal: u64) -> Option<Entry> {
    let amount_minor = reader.signed()?;
    let transaction = reader.hash()?;
    let mask = reader.byte()?;
    let mut counterparties = [None; MOST];
    for (place, slot) in counterparties.iter_mut().enumerate() {
        if mask & (1 << place) != 0 {
            *slot = Some(reader.hash()?);
        }
    }
    let is_valid = mask < 1 << MOST && bounded(amount_minor) == amount_minor;
    is_valid.then_some(Entry { occurred_at, ordinal, amount_minor, transaction, counterparties })
}

fn flag(reader: &mut Reader<'_>) -> Option<FlagChange> {
    let ordinal = reader.unsigned()?;
    let occurred_at = reader.signed()?;
    let event = reader.unsigned()?;
    Some(FlagChange { ordinal, occurred_at, event, is_fraud: truth(reader)? })
}

fn tile_day(reader: &mut Reader<'_>) -> Option<Day> {
    let count = reader.count(6)?;
    let tile = |reader: &mut Reader<'_>| {
        let tick = reader.signed()?;
        TICKS.contains(&tick).then_some(Tile { tick, totals: totals(reader)? })
    };
    let tiles: Vec<Tile> = (0..count).map(|_| tile(reader)).collect::<Option<_>>()?;
    let count = reader.count(6)?;
    let flag = |reader: &mut Reader<'_>| {
        let transaction = reader.hash()?;
        let occurred_at = reader.signed()?;
        Some(TileFlag { transaction, occurred_at, is_fraud: truth(reader)? })
    };
    let flags = (0..count).map(|_| flag(reader)).collect::<Option<Vec<_>>>()?;
    let is_valid = flags.len() <= TILE_FLAGS && tiles.is_sorted_by(|left, right| left.tick < right.tick);
    is_valid.then_some(Day { tiles, flags })
}

fn sketches(reader: &mut Reader<'_>) -> Option<[Sketch; MOST]> {
    Some([sketch(reader)?, sketch(reader)?, sketch(reader)?])
}

fn sketch(reader: &mut Reader<'_>) -> Option<Sketch> {
    let oldest = reader.signed()?;
    let registers = (0..REGISTERS).map(|_| {
        let count = reader.byte()?;
        let mut last = oldest;
        let peak = |_| {
            last = last.checked_add_unsigned(reader.unsigned()?).filter(|tick| TICKS.contains(tick))?;
            Some((last, reader.byte()?))
        };
        let peaks: Vec<Peak> = (0..count).map(peak).collect::<Option<_>>()?;
        let is_valid = peaks.is_sorted_by(|left, right| left.0 < right.0 && left.1 > right.1)
            && peaks.iter().all(|(_, rank)| (1..=LARGEST_RANK).contains(rank));
        is_valid.then_some(peaks)
    });
    registers.collect::<Option<_>>().map(Sketch)
}

pub(crate) fn first_uses(reader: &mut Reader<'_>) -> Option<FirstUses> {
    let mut all = FirstUses::default();
    for place in 0..FIRST_USE_KINDS.len() {
        *all.0.get_mut(place)? = uses(reader)?;
    }
    Some(all)
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
