//! Several rows of one entity that follow each other: all their entries are appended, then each window moves over
//! them before the next one does. They see what they would see one by one, with far fewer steps.

use crate::aggregate::DelayedSums;
use crate::bulk::arena::{USUAL, entry_at, entry_at_mut, leaving};
use crate::bulk::batch::Batch;
use crate::bulk::engine::{Engine, FEW, LARGEST_TIME};
use crate::bulk::head::{Head, NONE};
use crate::bulk::incoming::Incoming;
use crate::bulk::packed::Packed;
use crate::bulk::plan::Plan;
use crate::bulk::row::Row;
use crate::bulk::running::{Plain, Running};
use crate::bulk::running_delayed::Delayed;
use crate::bulk::scan::{since_last, within_longest};

/// Fewer rows than this are not worth it.
pub(crate) const LEAST: usize = 4;

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
        if let Some((delayed, delay)) = self.delayed.get_mut(number as usize).zip(plan.delay) {
            delayed.take_run(plan, delay, &mut run);
        }
        if let Some(plain) = self.plain.get_mut(number as usize) {
            for (place, width) in plan.windows.each() {
                plain.take_run(place, width, &mut run);
            }
        }
    }
}

impl Plain {
    /// Moves one window over the rows.
    fn take_run<E: Packed>(&mut self, place: usize, width: i64, run: &mut Run<'_, E>) {
        let (mut begin, mut sum) = (self.begins[place], self.sums[place]);
        for (sequence, row) in (run.first..).zip(run.rows.iter_mut()) {
            let own = entry_at(run.ring, sequence).unwrap_or_default();
            let oldest = own.time() - width;
            for _ in 0..USUAL {
                let (leaving, entry) = leaving(run.ring, begin, sequence, oldest);
                sum = sum.wrapping_sub(entry.amount() & i64::from(leaving).wrapping_neg());
                begin += leaving;
            }
            while begin < sequence {
                let Some(entry) = entry_at(run.ring, begin).filter(|entry| entry.time() <= oldest) else {
                    break;
                };
                sum = sum.wrapping_sub(entry.amount());
                begin += 1;
            }
            sum = sum.wrapping_add(own.amount());
            let sums = &mut row.windows[place];
            (sums.count, sums.sum) = (u64::from((sequence + 1).wrapping_sub(begin)), sum);
        }
        (self.begins[place], self.sums[place]) = (begin, sum);
    }
}

impl Delayed {
    /// Moves the windows over the rows: first their common end, then the beginning of each.
    fn take_run<E: Packed>(&mut self, plan: &Plan, delay: i64, run: &mut Run<'_, E>) {
        let (mut end, mut entered) = (self.end, 0);
        for (sequence, row) in (run.first..).zip(run.rows.iter_mut()) {
            let until = time_of(run.ring, sequence).saturating_sub(delay);
            passed(run.ring, &mut end, sequence, until, |entry| entered += u32::from(entry.is_fraud()));
            // Until the beginnings are known, what has come up to the end.
            for (place, _) in plan.delayed.each() {
                row.delayed[place] = DelayedSums { count: u64::from(end), frauds: u64::from(entered) };
            }
        }
        self.end = end;
        for (place, width) in plan.delayed.each() {
            let (mut begin, mut frauds) = (self.begins[place], self.frauds[place]);
            for (sequence, row) in (run.first..).zip(run.rows.iter_mut()) {
                let oldest = time_of(run.ring, sequence).saturating_sub(delay) - width;
                let sums = &mut row.delayed[place];
                let end = sums.count as u32;
                passed(run.ring, &mut begin, end, oldest, |entry| {
                    frauds = frauds.wrapping_sub(u32::from(entry.is_fraud()));
                });
                sums.count = u64::from(end.wrapping_sub(begin));
                sums.frauds = u64::from(frauds.wrapping_add(sums.frauds as u32));
            }
            (self.begins[place], self.frauds[place]) = (begin, frauds.wrapping_add(entered));
        }
    }
}

/// When the entry with a sequence occurred.
#[inline(always)]
fn time_of<E: Packed>(ring: &[E], sequence: u32) -> i64 {
    entry_at(ring, sequence).map_or(0, |entry| entry.time())
}

/// Moves a pointer past the entries before `end` that are not later than `oldest`.
#[inline(always)]
fn passed<E: Packed>(ring: &[E], pointer: &mut u32, end: u32, oldest: i64, mut each: impl FnMut(&E)) {
    while *pointer < end {
        let Some(entry) = entry_at(ring, *pointer).filter(|entry| entry.time() <= oldest) else { break };
        each(&entry);
        *pointer += 1;
    }
}
