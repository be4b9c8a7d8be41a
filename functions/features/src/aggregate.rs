//! Sums over one entity's entries, as one event sees them.

use crate::chunk::Chunk;
use crate::counterparty::MOST;
use crate::distinct::distinct;
use crate::entry::Entry;
use crate::fold::ENTRY_CAP;
use crate::reach::{Placement, Reach};
use crate::set::Reads;
use crate::state::EntityState;
use crate::tiles::TileDay;
use crate::totals::Totals;
use crate::window::Window;

/// One value a window, shortest first.
pub(crate) type ByWindow<T> = [T; Window::ALL.len()];

/// What an event sees in one window of one entity, itself included. Integers, so exact in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Events.
    pub(crate) count: u64,
    /// Sum of the amounts, minor units.
    pub(crate) sum: i64,
    /// Sum of the squared amounts; times the count it fits 127 bits.
    pub(crate) squares: i128,
    /// Largest amount.
    pub(crate) max: i64,
    /// Distinct counterparties, in their order.
    pub(crate) distinct: [u64; MOST],
}

/// What an event sees in one delayed window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DelayedSums {
    /// Events.
    pub(crate) count: u64,
    /// Events that count as fraud.
    pub(crate) frauds: u64,
}

/// What an event sees of one of its entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The event's own entry; its ordinal is the one it has or would have.
    pub(crate) own: Entry,
    /// By window.
    pub(crate) windows: ByWindow<Sums>,
    /// By window.
    pub(crate) delayed: ByWindow<DelayedSums>,
    /// Microseconds since the event before, within the longest window.
    pub(crate) since_last: Option<i64>,
}

impl Seen {
    /// Sums up what `own` sees: events up to its time with a smaller ordinal, and itself; only as far as the
    /// features of a set read it.
    pub(crate) fn new(state: &EntityState, own: Entry, reads: Reads) -> Self {
        let reach = Reach::new(own.occurred_at, own.ordinal);
        let (mut windows, mut since_last) = (ByWindow::default(), None);
        if reads.windows {
            let mut totals = sums(state, reach);
            totals[0].add(&own);
            widen(&mut totals);
            let distinct =
                if reads.distinct { distinct(state, &own, reach, &totals) } else { ByWindow::default() };
            windows = std::array::from_fn(|index| Sums::new(&totals[index], distinct[index]));
            since_last = last(state, reach).map(|last| own.occurred_at - last);
        }
        let delayed = reads.delay.map(|delay| {
            let mut totals = sums(state, Reach::new(own.occurred_at.saturating_sub(delay), own.ordinal));
            widen(&mut totals);
            totals.map(|totals| DelayedSums {
                count: totals.count,
                frauds: u64::try_from(totals.frauds).unwrap_or(0),
            })
        });
        Self { own, windows, delayed: delayed.unwrap_or_default(), since_last }
    }
}

impl Sums {
    fn new(totals: &Totals, distinct: [u64; MOST]) -> Self {
        let Totals { count, sum, max, mut squares, .. } = *totals;
        if count > ENTRY_CAP as u64 {
            // Only time tiles can hold so much.
            squares = squares.min(i128::MAX / i128::from(count));
        }
        Self { count, sum, squares, max, distinct }
    }
}

/// Sums of what lies in each window and in no shorter one.
fn sums(state: &EntityState, mut reach: Reach) -> ByWindow<Totals> {
    reach.after = reach.after.max(state.kept_after);
    let mut sums = ByWindow::<Totals>::default();
    for day in state.tiles.iter().flat_map(|tiles| &tiles.days) {
        add_tiles(&mut sums, day, reach);
    }
    for segment in &state.segments {
        for line in &segment.lines {
            match (reach.place(line), &segment.part.body) {
                (Placement::Whole(index), _) => sums[index].merge(&line.totals),
                (Placement::Split, Some(chunk)) => add(&mut sums, chunk, reach, reach.within(line)),
                (Placement::Outside, _) | (Placement::Split, None) => (),
            }
        }
    }
    add(&mut sums, &state.recent, reach, (reach.after, reach.until));
    sums
}

/// Adds the entries of a stretch of time, one by one.
fn add(sums: &mut ByWindow<Totals>, chunk: &Chunk, reach: Reach, (after, until): (i64, i64)) {
    for entry in chunk.between(after, until) {
        if entry.ordinal < reach.ordinal {
            sums[reach.shortest(entry.occurred_at)].add(entry);
        }
    }
    for change in &chunk.flags {
        let is_seen = after < change.occurred_at && change.occurred_at <= until;
        if is_seen && change.ordinal < reach.ordinal {
            sums[reach.shortest(change.occurred_at)].flag(change.is_fraud);
        }
    }
}

/// Adds a day of tiles.
fn add_tiles(sums: &mut ByWindow<Totals>, day: &TileDay, reach: Reach) {
    match (reach.of_any_ordinal().place(&day.line), &day.part.body) {
        (Placement::Whole(index), _) => sums[index].merge(&day.line.totals),
        (Placement::Split, Some(body)) => {
            for tile in body.tiles.iter().filter(|tile| reach.holds(tile.middle())) {
                sums[reach.shortest(tile.middle())].merge(&tile.totals);
            }
        }
        (Placement::Outside, _) | (Placement::Split, None) => (),
    }
}

/// Adds each window to the next longer one.
fn widen(windows: &mut ByWindow<Totals>) {
    let mut shorter = Totals::default();
    for totals in windows {
        totals.merge(&shorter);
        shorter = *totals;
    }
}

/// Time of the newest event before, within the longest window.
fn last(state: &EntityState, mut reach: Reach) -> Option<i64> {
    reach.after = reach.after.max(state.kept_after);
    let newest = |chunk: &Chunk, after, until| {
        let seen = chunk.between(after, until).iter().rev().find(|entry| entry.ordinal < reach.ordinal);
        seen.map(|entry| entry.occurred_at)
    };
    newest(&state.recent, reach.after, reach.until)
        .or_else(|| {
            let lines = state.segments.iter().rev().flat_map(|segment| {
                segment.lines.iter().rev().map(move |line| (line, segment.part.body.as_ref()))
            });
            lines.into_iter().find_map(|(line, chunk)| {
                if line.last_at <= reach.until && line.newest < reach.ordinal {
                    return Some(line.last_at).filter(|last| *last > reach.after);
                }
                let (after, until) = reach.within(line);
                newest(chunk?, after, until)
            })
        })
        .or_else(|| {
            let until = state.tiles.as_ref()?.until;
            reach.holds(until).then_some(until)
        })
}
