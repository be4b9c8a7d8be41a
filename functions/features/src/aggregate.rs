//! Sums over one entity's entries, as one event sees them.

use crate::counterparty::MOST;
use crate::entry::Entry;
use crate::set::Reads;
use crate::state::EntityState;
use crate::window::Window;

/// What an event sees in one window of one entity, itself included. Integers, so exact in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Events.
    pub(crate) count: u64,
    /// Sum of the amounts, minor units.
    pub(crate) sum: i64,
    /// Sum of the squared amounts.
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
    pub(crate) windows: [Sums; Window::ALL.len()],
    /// By window.
    pub(crate) delayed: [DelayedSums; Window::ALL.len()],
    /// Microseconds since the event before, within the longest window.
    pub(crate) since_last: Option<i64>,
}

impl Seen {
    /// Sums up what `own` sees: events up to its time with a smaller ordinal, and itself; only as far as the
    /// features of a set read it.
    pub(crate) fn new(state: &EntityState, own: Entry, reads: Reads) -> Self {
        let time = own.occurred_at;
        let mut windows = [Sums::default(); Window::ALL.len()];
        let mut pairs: [Vec<(u32, usize)>; MOST] = Default::default();
        let mut last = None;
        let earlier = state.between(time.saturating_sub(Window::Month.micros()), time);
        for entry in earlier.filter(|entry| entry.ordinal < own.ordinal) {
            add(&mut windows, entry, time);
            if reads.distinct {
                add_pairs(&mut pairs, entry, time);
            }
            last = Some(entry.occurred_at);
        }
        add(&mut windows, &own, time);
        add_pairs(&mut pairs, &own, time);
        widen(&mut windows);
        for (slot, found) in pairs.iter_mut().enumerate() {
            count_distinct(&mut windows, slot, found);
        }
        let delayed = reads.delay.map(|delay| delayed(state, &own, delay)).unwrap_or_default();
        Self { own, windows, delayed, since_last: last.map(|last| time - last) }
    }
}

/// Place of the shortest window that holds what is so old; past the end if none does.
fn shortest(age: i64) -> usize {
    Window::ALL.partition_point(|window| window.micros() <= age)
}

/// Adds an entry to the shortest window that holds it.
fn add(windows: &mut [Sums], entry: &Entry, time: i64) {
    let Some(sums) = windows.get_mut(shortest(time - entry.occurred_at)) else { return };
    let amount = entry.amount_minor;
    sums.max = if sums.count == 0 { amount } else { sums.max.max(amount) };
    sums.count += 1;
    sums.sum += amount;
    sums.squares += i128::from(amount) * i128::from(amount);
}

/// Notes the counterparties of an entry with the shortest window that holds it.
fn add_pairs(pairs: &mut [Vec<(u32, usize)>], entry: &Entry, time: i64) {
    let index = shortest(time - entry.occurred_at);
    for (found, hash) in pairs.iter_mut().zip(entry.counterparties) {
        found.extend(hash.map(|hash| (hash, index)));
    }
}

/// Adds each window to the next longer one; the shortest is never empty, since it holds the event itself.
fn widen(windows: &mut [Sums]) {
    let mut shorter: Option<Sums> = None;
    for sums in windows {
        if let Some(shorter) = shorter {
            sums.max = if sums.count == 0 { shorter.max } else { sums.max.max(shorter.max) };
            sums.count += shorter.count;
            sums.sum += shorter.sum;
            sums.squares += shorter.squares;
        }
        shorter = Some(*sums);
    }
}

/// Counts each hash in the shortest window that holds it and in every longer one.
fn count_distinct(windows: &mut [Sums], slot: usize, found: &mut Vec<(u32, usize)>) {
    found.sort_unstable();
    found.dedup_by_key(|(hash, _)| *hash);
    for (index, sums) in windows.iter_mut().enumerate() {
        if let Some(count) = sums.distinct.get_mut(slot) {
            *count = found.iter().filter(|(_, shortest)| *shortest <= index).count() as u64;
        }
    }
}

/// Sums of the delayed windows `(t − delay − width, t − delay]`.
fn delayed(state: &EntityState, own: &Entry, delay: i64) -> [DelayedSums; Window::ALL.len()] {
    let until = own.occurred_at.saturating_sub(delay);
    let after = until.saturating_sub(Window::Month.micros());
    let mut counts = [0_u64; Window::ALL.len()];
    let mut balances = [0_i64; Window::ALL.len()];
    for entry in state.between(after, until).filter(|entry| entry.ordinal < own.ordinal) {
        if let Some(count) = counts.get_mut(shortest(until - entry.occurred_at)) {
            *count += 1;
        }
    }
    let is_in_reach = |time: i64| time > after && time <= until;
    for change in state.flags.iter().filter(|change| change.ordinal < own.ordinal) {
        if !is_in_reach(change.occurred_at) {
            continue;
        }
        if let Some(balance) = balances.get_mut(shortest(until - change.occurred_at)) {
            *balance += if change.is_fraud { 1 } else { -1 };
        }
    }
    let (mut count, mut balance) = (0, 0);
    let mut sums = [DelayedSums::default(); Window::ALL.len()];
    for (sums, (more, change)) in sums.iter_mut().zip(counts.into_iter().zip(balances)) {
        count += more;
        balance += change;
        *sums = DelayedSums { count, frauds: u64::try_from(balance).unwrap_or(0) };
    }
    sums
}
