//! What an event sees of an entity with few entries: one look at each of them.

use crate::aggregate::{DelayedSums, Sums};
use crate::bulk::arena::{entry_at, entry_at_mut};
use crate::bulk::head::Head;
use crate::bulk::packed::Packed;
use crate::bulk::plan::{ByWindow, Plan};
use crate::bulk::row::{Row, shortest};
use crate::counterparty::MOST;
use crate::window::Window;

/// Sums up what `own` sees, which is about to be appended; marks the counterparties that it supersedes.
pub(crate) fn scan<E: Packed>(plan: &Plan, head: &Head, ring: &mut [E], own: &E, row: &mut Row) {
    if plan.has_windows() {
        windows(plan, head, ring, own, &mut row.windows);
    }
    if let Some(delay) = plan.delay {
        row.delayed = delayed(head, ring, own.time().saturating_sub(delay));
    }
}

fn windows<E: Packed>(plan: &Plan, head: &Head, ring: &mut [E], own: &E, windows: &mut ByWindow<Sums>) {
    *windows = ByWindow::default();
    if let Some(sums) = windows.first_mut() {
        add(plan, sums, own);
    }
    for sequence in (head.begin..head.end).rev() {
        let Some(entry) = entry_at_mut(ring, sequence) else { break };
        let Some(sums) = windows.get_mut(shortest(own.time() - entry.time())) else { break };
        if plan.parties {
            supersede(entry, own);
        }
        add(plan, sums, entry);
    }
    widen(windows);
}

/// Adds an entry to a window.
#[inline]
fn add<E: Packed>(plan: &Plan, sums: &mut Sums, entry: &E) {
    let amount = entry.amount();
    sums.max = if sums.count == 0 { amount } else { sums.max.max(amount) };
    sums.count += 1;
    sums.sum += amount;
    if plan.squares {
        sums.squares += i128::from(amount) * i128::from(amount);
    }
    if plan.parties {
        for (slot, count) in sums.distinct.iter_mut().enumerate() {
            *count += u64::from(entry.party(slot).is_some() && !entry.is_superseded(slot));
        }
    }
}

/// Marks those counterparties of an entry that a later one has too.
#[inline]
pub(crate) fn supersede<E: Packed>(entry: &mut E, later: &E) {
    for slot in 0..MOST {
        if later.party(slot).is_some() && entry.party(slot) == later.party(slot) {
            entry.supersede(slot);
        }
    }
}

/// Adds each window to the next longer one; the shortest is never empty, since it holds the event itself.
fn widen(windows: &mut ByWindow<Sums>) {
    let mut shorter = Sums::default();
    for sums in windows {
        if shorter.count > 0 {
            sums.max = if sums.count == 0 { shorter.max } else { sums.max.max(shorter.max) };
            sums.count += shorter.count;
            sums.sum += shorter.sum;
            sums.squares += shorter.squares;
            for (count, more) in sums.distinct.iter_mut().zip(shorter.distinct) {
                *count += more;
            }
        }
        shorter = *sums;
    }
}

fn delayed<E: Packed>(head: &Head, ring: &[E], until: i64) -> ByWindow<DelayedSums> {
    let mut windows = ByWindow::<DelayedSums>::default();
    for sequence in (head.begin..head.end).rev() {
        let Some(entry) = entry_at(ring, sequence) else { break };
        let age = until - entry.time();
        if age < 0 {
            continue;
        }
        let Some(sums) = windows.get_mut(shortest(age)) else { break };
        sums.count += 1;
        sums.frauds += u64::from(entry.is_fraud());
    }
    let mut shorter = DelayedSums::default();
    for sums in &mut windows {
        sums.count += shorter.count;
        sums.frauds += shorter.frauds;
        shorter = *sums;
    }
    windows
}

/// Microseconds between an entity's newest entry and a time, within the longest window.
pub(crate) fn since_last(head: &Head, time: i64) -> Option<i64> {
    let age = time.checked_sub(head.newest)?;
    within_longest(age).filter(|_| head.end > head.begin)
}

/// An age, if it is within the longest window.
#[inline]
pub(crate) fn within_longest(age: i64) -> Option<i64> {
    (age < Window::Month.micros()).then_some(age)
}
