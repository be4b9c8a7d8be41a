//! Writing a state down: a head, and beside it the pieces that changed.

use weir_events::EntityKind;

use crate::chunk::Chunk;
use crate::codec::{put, put_hash, put_signed, put_wide};
use crate::entry::{Entry, FlagChange};
use crate::first_use::{FirstUses, Use, Uses};
use crate::line::Line;
use crate::part::Part;
use crate::sketch::Sketch;
use crate::state::EntityState;
use crate::tiles::{Day, Tiles};
use crate::totals::Totals;

/// First byte of everything that is stored of a state.
pub(crate) const LAYOUT: u8 = 2;

/// Longest first-use sets that stand in the head, bytes; longer ones are a piece of their own.
pub(crate) const HEAD_USES: usize = 512;

/// Units of time, microseconds, the largest first: a chunk's times are written in the largest that fits all.
pub(crate) const UNITS: [i64; 3] = [1_000_000, 1_000, 1];

/// What to store of a state that changed: all of it in one step, guarded by the version of the head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The head, which names every other piece.
    pub head: Vec<u8>,
    /// New pieces by number; a number is never used for anything else.
    pub parts: Vec<(u64, Vec<u8>)>,
    /// Numbers of pieces that are no longer needed.
    pub removed: Vec<u64>,
}

impl EntityState {
    /// Writes the state down. From then on the new pieces count as stored, so a state whose pieces could not be
    /// stored has to be read again.
    pub fn write(&mut self) -> Written {
        let mut writer = Writer { next: self.next_number, parts: Vec::new() };
        for segment in &mut self.segments {
            writer.store(&mut segment.part, b's', put_chunk);
        }
        if let Some(tiles) = &mut self.tiles {
            for day in &mut tiles.days {
                writer.store(&mut day.part, b't', put_day);
            }
            writer.store(&mut tiles.sketches, b'd', |bytes, sketches| {
                sketches.iter().for_each(|sketch| put_sketch(bytes, sketch));
            });
        }
        let uses = self.uses(&mut writer);
        self.next_number = writer.next;
        let mut removed = std::mem::take(&mut self.removed);
        removed.sort_unstable();
        Written { head: self.head(&uses), parts: writer.parts, removed }
    }

    /// First uses as they stand in the head: themselves, or nothing if they are a piece of their own.
    fn uses(&mut self, writer: &mut Writer) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let (EntityKind::Customer, Some(uses), None) =
            (self.kind, &self.first_uses.body, self.first_uses.number)
        {
            put_first_uses(&mut bytes, uses);
        }
        if bytes.len() > HEAD_USES {
            bytes.clear();
            writer.store(&mut self.first_uses, b'u', put_first_uses);
        }
        bytes
    }

    fn head(&self, uses: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + self.recent.entries.len() * 24);
        bytes.extend_from_slice(&[LAYOUT, b'h', self.kind as u8]);
        put(&mut bytes, self.ordinal);
        put(&mut bytes, self.next_number);
        put_option(&mut bytes, self.newest);
        put_option(&mut bytes, Some(self.kept_after).filter(|time| *time != i64::MIN));
        put_option(&mut bytes, self.expired_until);
        put(&mut bytes, self.first_uses.number.unwrap_or(0));
        bytes.extend_from_slice(uses);
        put(&mut bytes, self.segments.len() as u64);
        let mut day = 0;
        for segment in &self.segments {
            put(&mut bytes, segment.part.number.unwrap_or(0));
            put(&mut bytes, segment.lines.len() as u64);
            segment.lines.iter().for_each(|line| put_line(&mut bytes, line, self.ordinal, &mut day));
        }
        bytes.push(u8::from(self.tiles.is_some()));
        if let Some(tiles) = &self.tiles {
            put_tiles(&mut bytes, tiles, self.ordinal);
        }
        put_chunk(&mut bytes, &self.recent);
        bytes
    }
}

struct Writer {
    next: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Writer {
    /// Gives a changed piece a new number.
    fn store<T>(&mut self, part: &mut Part<T>, kind: u8, encode: impl FnOnce(&mut Vec<u8>, &T)) {
        let (Some(body), None) = (&part.body, part.number) else { return };
        let mut bytes = vec![LAYOUT, kind];
        encode(&mut bytes, body);
        part.number = Some(self.next);
        self.parts.push((self.next, bytes));
        self.next += 1;
    }
}

fn put_option(bytes: &mut Vec<u8>, time: Option<i64>) {
    bytes.push(u8::from(time.is_some()));
    time.into_iter().for_each(|time| put_signed(bytes, time));
}

/// Its day as the difference from the one before; the ordinal as the distance from the state's.
fn put_line(bytes: &mut Vec<u8>, line: &Line, ordinal: u64, day: &mut i64) {
    put_signed(bytes, line.day - *day);
    *day = line.day;
    let (second, offset) = (UNITS[0], line.last_at.wrapping_sub(line.begins()) as u64);
    let is_whole = offset.is_multiple_of(second as u64);
    put(bytes, if is_whole { offset / second as u64 * 2 } else { offset * 2 + 1 });
    put(bytes, ordinal.wrapping_sub(line.newest));
    put_totals(bytes, &line.totals);
}

fn put_totals(bytes: &mut Vec<u8>, totals: &Totals) {
    put(bytes, totals.count);
    put_signed(bytes, totals.sum);
    put_wide(bytes, totals.squares.unsigned_abs());
    put_signed(bytes, totals.max);
    put_signed(bytes, totals.frauds);
}

fn put_tiles(bytes: &mut Vec<u8>, tiles: &Tiles, ordinal: u64) {
    put_signed(bytes, tiles.until);
    put(bytes, tiles.sketches.number.unwrap_or(0));
    put(bytes, tiles.days.len() as u64);
    let mut last = 0;
    for day in &tiles.days {
        put(bytes, day.part.number.unwrap_or(0));
        put_line(bytes, &day.line, ordinal, &mut last);
    }
}

fn put_chunk(bytes: &mut Vec<u8>, chunk: &Chunk) {
    let is_whole = |unit: &i64| chunk.entries.iter().all(|entry| entry.occurred_at % unit == 0);
    let unit = UNITS.iter().position(is_whole).unwrap_or(UNITS.len() - 1);
    bytes.push(unit as u8);
    put(bytes, chunk.entries.len() as u64);
    let (mut time, mut ordinal) = (0_i64, 0_u64);
    for entry in &chunk.entries {
        put_signed(bytes, (entry.occurred_at / UNITS[unit]).wrapping_sub(time));
        put_signed(bytes, entry.ordinal.wrapping_sub(ordinal) as i64);
        (time, ordinal) = (entry.occurred_at / UNITS[unit], entry.ordinal);
        put_entry_rest(bytes, entry);
    }
    put(bytes, chunk.flags.len() as u64);
    chunk.flags.iter().for_each(|change| put_flag(bytes, change));
}

fn put_entry_rest(bytes: &mut Vec<u8>, entry: &Entry) {
    put_signed(bytes, entry.amount_minor);
    put_hash(bytes, entry.transaction);
    let mask = entry.counterparties.iter().enumerate();
    bytes.push(mask.fold(0, |mask, (place, hash)| mask | (u8::from(hash.is_some()) << place)));
    for hash in entry.counterparties.into_iter().flatten() {
        put_hash(bytes, hash);
    }
}

fn put_flag(bytes: &mut Vec<u8>, change: &FlagChange) {
    put(bytes, change.ordinal);
    put_signed(bytes, change.occurred_at);
    put(bytes, change.event);
    bytes.push(u8::from(change.is_fraud));
}

fn put_day(bytes: &mut Vec<u8>, day: &Day) {
    put(bytes, day.tiles.len() as u64);
    for tile in &day.tiles {
        put_signed(bytes, tile.tick);
        put_totals(bytes, &tile.totals);
    }
    put(bytes, day.flags.len() as u64);
    for flag in &day.flags {
        put_hash(bytes, flag.transaction);
        put_signed(bytes, flag.occurred_at);
        bytes.push(u8::from(flag.is_fraud));
    }
}

/// Ticks as differences, the first of each register from the oldest of all.
fn put_sketch(bytes: &mut Vec<u8>, sketch: &Sketch) {
    let firsts = sketch.0.iter().filter_map(|peaks| peaks.first());
    let oldest = firsts.map(|(tick, _)| *tick).min().unwrap_or(0);
    put_signed(bytes, oldest);
    for peaks in &sketch.0 {
        bytes.push(peaks.len() as u8);
        let mut last = oldest;
        for (tick, rank) in peaks {
            put(bytes, tick.wrapping_sub(last) as u64);
            bytes.push(*rank);
            last = *tick;
        }
    }
}

fn put_first_uses(bytes: &mut Vec<u8>, uses: &FirstUses) {
    uses.0.iter().for_each(|uses| put_uses(bytes, uses));
}

fn put_uses(bytes: &mut Vec<u8>, uses: &Uses) {
    bytes.push(u8::from(uses.is_capped));
    put(bytes, uses.records.len() as u64);
    for Use { ordinal, occurred_at, hash } in &uses.records {
        put(bytes, *ordinal);
        put_signed(bytes, *occurred_at);
        put_hash(bytes, *hash);
    }
}
