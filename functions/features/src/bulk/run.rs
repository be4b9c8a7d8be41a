//! Several rows of one entity that follow each other: all their entries are appended, then each window moves over
//! them before the next one does. They see what they would see one by one, with far fewer steps.

use crate::aggregate::DelayedSums;
use crate::bulk::arena::{entry_at, entry_at_mut};
use crate::bulk::batch::Batch;
use crate::bulk::edge::{Edges, Times};
use crate::bulk::engine::{Engine, FEW, LARGEST_TIME};
use crate::bulk::head::{Head, NONE};
use crate::bulk::incoming::Incoming;
use crate::bulk::packed::Packed;
use crate::bulk::plan::Plan;
use crate::bulk::row::Row;
use crate::bulk::running::{Plain, Running};
use crate::bulk::running_delayed::Delayed;
use crate::bulk::scan::{since_last, within_longest};
use crate::window::Window;

/// Fewer rows than this are not worth it.
pub(crate) const LEAST: usize = 4;

/// Nothing is as much older than a row as this: times are below [`LARGEST_TIME`].
const FAR: i64 = 1 << 61;

/// Entries that were appended for rows, the first with the sequence `first`.
struct Run<'a, E> {
    ring: &'a [E],
    first: u32,
    rows: &'a mut [Row],
}

impl<E: Packed> Engine<E> {
    /// Folds rows of one entity from row `start` of a batch on, as many as are regular and find room; answers how
    /// many. 0 if the first has to be folded by itself.
    pub(crate) fn fold_run(
        &mut self,
        head: &mut Head,
        batch: &Batch<'_>,
        start: usize,
        rows: &mut [Row],
    ) -> usize {
        let is_plain = !E::HAS_PARTIES && !self.plan.is_rich() && !self.rules.reads.first_uses;
        if !is_plain || head.state != NONE || rows.len() < LEAST {
            return 0;
        }
        let free = head.place.room() - head.len();
        if (free as usize) < LEAST && (head.place.room() == 0 || !self.grow(head)) {
            return 0;
        }
        let free = (head.place.room() - head.len()).min(NONE - 1 - head.end);
        let most = rows.len().min(free as usize);
        let rows = rows.get_mut(..most).unwrap_or_default();
        let count = self.append_regular(head, batch, start, rows);
        let rows = rows.get_mut(..count).unwrap_or_default();
        if head.running == NONE && !rows.is_empty() {
            self.drop_old(head);
            self.running.start(&self.plan, head, self.arena.ring(head.place));
        }
        let run = Run { ring: self.arena.ring(head.place), first: head.end, rows };
        self.running.take_run(&self.plan, head.running, run);
        if let Some(last) = (head.end + count as u32).checked_sub(1).filter(|_| count > 0) {
            head.newest =
                entry_at(self.arena.ring(head.place), last).map_or(head.newest, |entry| entry.time());
            head.end += count as u32;
        }
        count
    }

    /// Appends the entries of rows up to the first that is not the entity's newest by its time, or is barred, or
    /// does not fit; answers how many, none if the entity has few entries even so: those are looked at each.
    fn append_regular(&mut self, head: &Head, batch: &Batch<'_>, start: usize, rows: &mut [Row]) -> usize {
        let ring = self.arena.ring_mut(head.place);
        let (mut newest, mut count) = (head.newest, 0);
        for (row, seen) in (start..).zip(rows.iter_mut()) {
            let incoming = Incoming { batch, row, kind: self.kind };
            let parts = incoming.parts(false);
            let is_regular = parts.time > newest
                && parts.time.unsigned_abs() < LARGEST_TIME
                && incoming.barred(parts.time).is_none();
            let Some(packed) = E::pack(&parts).filter(|_| is_regular) else { break };
            seen.is_named = true;
            seen.own = packed.amount();
            seen.since_last = match count {
                0 => since_last(head, parts.time),
                _ => within_longest(parts.time - newest),
            };
            if let Some(room) = entry_at_mut(ring, head.end + count) {
                *room = packed;
            }
            newest = parts.time;
            count += 1;
        }
        if head.running == NONE && head.len() + count <= FEW { 0 } else { count as usize }
    }
}

impl Running {
    /// What the rows see, whose entries are appended already.
    fn take_run<E: Packed>(&mut self, plan: &Plan, number: u32, mut run: Run<'_, E>) {
        let times = Times::of(run.ring, run.first, run.rows.len());
        if let Some((delayed, delay)) = self.delayed.get_mut(number as usize).zip(plan.delay) {
            delayed.take_run(plan, delay, (&times, &mut self.edges), &mut run);
        }
        if let Some(plain) = self.plain.get_mut(number as usize) {
            plain.take_run(plan, (&times, &mut self.edges), &mut run);
        }
    }
}

impl Plain {
    /// Moves the windows over the rows.
    fn take_run<E: Packed>(
        &mut self,
        plan: &Plan,
        (times, edges): (&Times, &mut Edges),
        run: &mut Run<'_, E>,
    ) {
        let mut starts = [(0, 0); Window::ALL.len()];
        for (start, (place, width)) in starts.iter_mut().zip(plan.windows.each()) {
            *start = (self.begins[place], width);
        }
        let starts = starts.get(..plan.windows.each().count()).unwrap_or_default();
        let edges = edges.advance(run.ring, times, starts, |entry| entry.amount());
        for (edge, (place, _)) in edges.iter().zip(plan.windows.each()) {
            let mut sum = self.sums[place];
            let begins = edge.sequences.iter().zip(&edge.passed);
            for ((sequence, row), (begin, left)) in (run.first..).zip(run.rows.iter_mut()).zip(begins) {
                sum = sum.wrapping_add(row.own);
                let sums = &mut row.windows[place];
                sums.count = u64::from((sequence + 1).wrapping_sub(*begin));
                sums.sum = sum.wrapping_sub(*left);
            }
            self.begins[place] = edge.sequences[times.count()];
            self.sums[place] = sum.wrapping_sub(edge.passed[times.count()]);
        }
    }
}

impl Delayed {
    /// Moves the windows over the rows: their common end, and the beginning of each.
    fn take_run<E: Packed>(
        &mut self,
        plan: &Plan,
        delay: i64,
        (times, edges): (&Times, &mut Edges),
        run: &mut Run<'_, E>,
    ) {
        // No row is in its own window, be there no delay at all.
        let mut starts = [(self.end, delay.clamp(1, FAR)); Window::ALL.len() + 1];
        for (start, (place, width)) in starts.iter_mut().skip(1).zip(plan.delayed.each()) {
            *start = (self.begins[place], delay.saturating_add(width).min(FAR));
        }
        let starts = starts.get(..=plan.delayed.each().count()).unwrap_or_default();
        let fraud = |entry: &E| i64::from(entry.is_fraud());
        let Some((end, begins)) = edges.advance(run.ring, times, starts, fraud).split_first() else { return };
        for (edge, (place, _)) in begins.iter().zip(plan.delayed.each()) {
            let before = i64::from(self.frauds[place]);
            let ends = end.sequences.iter().zip(&end.passed);
            let begins = edge.sequences.iter().zip(&edge.passed);
            for ((row, (end, entered)), (begin, left)) in run.rows.iter_mut().zip(ends).zip(begins) {
                let count = u64::from(end.wrapping_sub(*begin));
                let frauds = before.wrapping_add(*entered).wrapping_sub(*left) as u64;
                row.delayed[place] = DelayedSums { count, frauds };
            }
            let (entered, left) = (end.passed[times.count()], edge.passed[times.count()]);
            self.begins[place] = edge.sequences[times.count()];
            self.frauds[place] = before.wrapping_add(entered).wrapping_sub(left) as u32;
        }
        self.end = end.sequences[times.count()];
    }
}
