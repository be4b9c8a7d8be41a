//! Time tiles: what is left of entries past the cap.

use crate::chunk::Chunk;
use crate::counterparty::MOST;
use crate::entry::Entry;
use crate::line::Line;
use crate::part::Part;
use crate::sketch::Sketch;
use crate::totals::Totals;
use crate::window::DAY;

/// Width of a tile, microseconds.
pub(crate) const TILE: i64 = 600_000_000;
/// Label effects that a day of tiles remembers, so that a repeated one is known.
pub(crate) const TILE_FLAGS: usize = 128;

/// Place of the tile that holds a time, counted from 1970.
pub(crate) const fn tick(time: i64) -> i64 {
    time.div_euclid(TILE)
}

/// Sums of ten minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) tick: i64,
    pub(crate) totals: Totals,
}

impl Tile {
    /// A tile counts in the windows that hold its middle.
    pub(crate) const fn middle(&self) -> i64 {
        self.tick * TILE + TILE / 2
    }
}

/// A fraud flag of an event in a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TileFlag {
    pub(crate) transaction: u32,
    pub(crate) occurred_at: i64,
    pub(crate) is_fraud: bool,
}

/// The tiles of one day, by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) tiles: Vec<Tile>,
    /// The newest flags set or taken back, oldest first.
    pub(crate) flags: Vec<TileFlag>,
}

/// A day of tiles with its line in the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TileDay {
    pub(crate) line: Line,
    pub(crate) part: Part<Day>,
}

/// Everything that gave way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tiles {
    /// Time of the newest event in them.
    pub(crate) until: i64,
    /// By day, never empty.
    pub(crate) days: Vec<TileDay>,
    /// One a counterparty, in their order.
    pub(crate) sketches: Part<[Sketch; MOST]>,
}

impl Tiles {
    /// No tiles yet.
    pub(crate) fn new() -> Self {
        let sketches = Part::new([Sketch::default(), Sketch::default(), Sketch::default()]);
        Self { until: i64::MIN, days: Vec::new(), sketches }
    }

    /// Takes entries in, the oldest of the state.
    pub(crate) fn take(&mut self, chunk: &Chunk, kept_after: i64, removed: &mut Vec<u64>) {
        for entry in &chunk.entries {
            self.until = self.until.max(entry.occurred_at);
            let index = self.day_of(entry);
            let Some(day) = self.days.get_mut(index) else { continue };
            let is_fraud = chunk.is_flagged(entry.ordinal);
            day.add(entry, is_fraud, removed);
        }
        if let Some(sketches) = self.sketches.touch(removed) {
            sketches.iter_mut().for_each(|sketch| sketch.forget(kept_after));
            for entry in &chunk.entries {
                for (sketch, hash) in sketches.iter_mut().zip(entry.counterparties) {
                    hash.into_iter().for_each(|hash| sketch.add(hash, entry.occurred_at));
                }
            }
        }
    }

    /// Index of the day of an entry, made if it is not there.
    fn day_of(&mut self, entry: &Entry) -> usize {
        let number = entry.occurred_at.div_euclid(DAY);
        let index = self.days.partition_point(|day| day.line.day < number);
        if self.days.get(index).is_none_or(|day| day.line.day != number) {
            let mut line = Line::of(entry);
            line.totals = Totals::default();
            self.days.insert(index, TileDay { line, part: Part::new(Day::default()) });
        }
        index
    }
}

impl TileDay {
    fn add(&mut self, entry: &Entry, is_fraud: bool, removed: &mut Vec<u64>) {
        let Some(day) = self.part.touch(removed) else { return };
        self.line.add(entry);
        let totals = day.totals(entry.occurred_at);
        totals.add(entry);
        if is_fraud {
            totals.flag(true);
            self.line.totals.flag(true);
            day.remember(TileFlag {
                transaction: entry.transaction,
                occurred_at: entry.occurred_at,
                is_fraud,
            });
        }
    }

    /// Sets the flag of an event that is in it; answers whether that changed anything. Only the newest flags are
    /// remembered: of an older one it is taken that the flag is not set.
    pub(crate) fn flag(&mut self, flag: TileFlag, removed: &mut Vec<u64>) -> bool {
        let Some(day) = &self.part.body else { return false };
        let same = |known: &&TileFlag| {
            (known.transaction, known.occurred_at) == (flag.transaction, flag.occurred_at)
        };
        let was = day.flags.iter().rev().find(same).is_some_and(|known| known.is_fraud);
        let holds = day.tiles.iter().any(|tile| tile.tick == tick(flag.occurred_at));
        if was == flag.is_fraud || !holds {
            return false;
        }
        if let Some(day) = self.part.touch(removed) {
            day.totals(flag.occurred_at).flag(flag.is_fraud);
            self.line.totals.flag(flag.is_fraud);
            day.remember(flag);
        }
        true
    }
}

impl Day {
    /// Totals of the tile that holds a time.
    fn totals(&mut self, time: i64) -> &mut Totals {
        let tick = tick(time);
        let index = self.tiles.partition_point(|tile| tile.tick < tick);
        if self.tiles.get(index).is_none_or(|tile| tile.tick != tick) {
            self.tiles.insert(index, Tile { tick, totals: Totals::default() });
        }
        // The tile was found or put there just now.
        &mut self.tiles[index].totals
    }

    fn remember(&mut self, flag: TileFlag) {
        if self.flags.len() >= TILE_FLAGS {
            self.flags.remove(0);
        }
        self.flags.push(flag);
    }
}
