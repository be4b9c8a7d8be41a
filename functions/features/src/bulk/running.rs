//! Sums that move with the windows of an entity with many entries: what enters is added, what leaves subtracted.

use crate::aggregate::Sums;
use crate::bulk::arena::entry_at;
use crate::bulk::head::{Head, NONE};
use crate::bulk::packed::Packed;
use crate::bulk::plan::{ByWindow, Plan};
use crate::bulk::row::Row;
use crate::bulk::running_delayed::Delayed;
use crate::bulk::running_parties::Parties;
use crate::window::Window;

/// Where windows begin, and what they hold.
#[derive(Clone, Copy, Debug, Default)]
struct Plain {
    /// Sequence of the oldest entry in each window.
    begins: ByWindow<u32>,
    sums: ByWindow<i64>,
}

/// Largest amounts, and the sequences of the newest entries that have them.
#[derive(Clone, Copy, Debug, Default)]
struct Maxima {
    amounts: ByWindow<i64>,
    sequences: ByWindow<u32>,
}

/// Running sums by number; of each part as far as it is planned.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    count: usize,
    free: Vec<u32>,
    plain: Vec<Plain>,
    squares: Vec<ByWindow<i128>>,
    maxima: Vec<Maxima>,
    parties: Vec<Parties>,
    delayed: Vec<Delayed>,
}

impl Running {
    /// No running sums.
    pub(crate) const fn new() -> Self {
        Self {
            count: 0,
            free: Vec::new(),
            plain: Vec::new(),
            squares: Vec::new(),
            maxima: Vec::new(),
            parties: Vec::new(),
            delayed: Vec::new(),
        }
    }

    /// Sums up all entries of a ring in every window, for an entity that has no running sums yet.
    pub(crate) fn start<E: Packed>(&mut self, plan: &Plan, head: &mut Head, ring: &[E]) {
        let number = self.free.pop().unwrap_or(self.count as u32);
        self.count = self.count.max(number as usize + 1);
        head.running = number;
        self.clear(plan, number as usize, head.begin);
        for sequence in head.begin..head.end {
            if let Some(entry) = entry_at(ring, sequence) {
                self.add(plan, number as usize, sequence, &entry);
            }
        }
        if let Some(parties) = self.parties.get_mut(number as usize) {
            parties.start(head, ring);
        }
    }

    /// Forgets the running sums of an entity.
    pub(crate) fn stop(&mut self, head: &mut Head) {
        if head.running != NONE {
            self.free.push(head.running);
            head.running = NONE;
        }
    }

    fn clear(&mut self, plan: &Plan, number: usize, begin: u32) {
        let begins = [begin; Window::ALL.len()];
        put(&mut self.plain, plan.has_windows(), number, Plain { begins, ..Plain::default() });
        put(&mut self.squares, plan.squares, number, ByWindow::default());
        put(&mut self.maxima, plan.maxima, number, Maxima::default());
        put(&mut self.parties, plan.parties, number, Parties::default());
        put(&mut self.delayed, plan.delay.is_some(), number, Delayed::new(begin));
    }

    /// What `own` sees, which is about to be appended; moves the windows to its time and takes it in.
    pub(crate) fn take<E: Packed>(
        &mut self,
        plan: &Plan,
        head: &Head,
        ring: &mut [E],
        own: &E,
        row: &mut Row,
    ) {
        let number = head.running as usize;
        if let Some((delayed, delay)) = self.delayed.get_mut(number).zip(plan.delay) {
            delayed.advance(plan, head, ring, own.time().saturating_sub(delay));
            row.delayed = delayed.sums();
        }
        if plan.has_windows() {
            self.leave(plan, head, ring, own.time());
            self.add(plan, number, head.end, own);
            let begins = self.plain.get(number).map(|plain| plain.begins).unwrap_or_default();
            if let Some(parties) = self.parties.get_mut(number) {
                parties.take(&begins, head, ring, own);
            }
            row.windows = self.sums(number, head.end + 1);
        }
    }

    /// Takes out of each window what is too old for it now.
    fn leave<E: Packed>(&mut self, plan: &Plan, head: &Head, ring: &[E], time: i64) {
        let number = head.running as usize;
        let Some(plain) = self.plain.get_mut(number) else { return };
        let windows = Window::ALL.iter().zip(plan.windows).enumerate().filter(|(_, (_, wanted))| *wanted);
        for (place, (window, _)) in windows {
            let oldest = time - window.micros();
            let (Some(begin), Some(sum)) = (plain.begins.get_mut(place), plain.sums.get_mut(place)) else {
                break;
            };
            while *begin < head.end {
                let Some(entry) = entry_at(ring, *begin).filter(|entry| entry.time() <= oldest) else {
                    break;
                };
                *sum = sum.wrapping_sub(entry.amount());
                if let Some(squares) = self.squares.get_mut(number).and_then(|squares| squares.get_mut(place))
                {
                    *squares = squares.wrapping_sub(square(entry.amount()));
                }
                if let Some(parties) = self.parties.get_mut(number) {
                    parties.leave(place, &entry);
                }
                *begin += 1;
            }
            if let Some(maxima) = self.maxima.get_mut(number) {
                maxima.leave(place, *begin, head, ring);
            }
        }
    }

    /// Adds an entry to every window.
    fn add<E: Packed>(&mut self, plan: &Plan, number: usize, sequence: u32, entry: &E) {
        let amount = entry.amount();
        if let Some(plain) = self.plain.get_mut(number) {
            plain.sums.iter_mut().for_each(|sum| *sum = sum.wrapping_add(amount));
        }
        if let Some(squares) = self.squares.get_mut(number) {
            squares.iter_mut().for_each(|sum| *sum = sum.wrapping_add(square(amount)));
        }
        if plan.maxima
            && let Some((maxima, plain)) = self.maxima.get_mut(number).zip(self.plain.get(number))
        {
            maxima.add(&plain.begins, sequence, amount);
        }
    }

    fn sums(&self, number: usize, end: u32) -> ByWindow<Sums> {
        let mut windows = ByWindow::<Sums>::default();
        let Some(plain) = self.plain.get(number) else { return windows };
        for (sums, (begin, sum)) in windows.iter_mut().zip(plain.begins.iter().zip(plain.sums)) {
            (sums.count, sums.sum) = (u64::from(end - begin), sum);
        }
        if let Some(squares) = self.squares.get(number) {
            windows.iter_mut().zip(squares).for_each(|(sums, squares)| sums.squares = *squares);
        }
        if let Some(maxima) = self.maxima.get(number) {
            windows.iter_mut().zip(maxima.amounts).for_each(|(sums, max)| sums.max = max);
        }
        if let Some(parties) = self.parties.get(number) {
            windows.iter_mut().zip(parties.counts()).for_each(|(sums, counts)| sums.distinct = counts);
        }
        windows
    }

    /// The flag of an entry has changed.
    pub(crate) fn flag(&mut self, head: &Head, sequence: u32, is_fraud: bool) {
        if let Some(delayed) = self.delayed.get_mut(head.running as usize) {
            delayed.flag(sequence, is_fraud);
        }
    }
}

impl Maxima {
    fn add(&mut self, begins: &ByWindow<u32>, sequence: u32, amount: i64) {
        let windows = self.amounts.iter_mut().zip(&mut self.sequences).zip(begins);
        for ((max, at), begin) in windows {
            if sequence <= *begin || amount >= *max {
                (*max, *at) = (amount, sequence);
            }
        }
    }

    /// Looks for the largest amount of a window anew if that entry has left it.
    fn leave<E: Packed>(&mut self, place: usize, begin: u32, head: &Head, ring: &[E]) {
        let (Some(max), Some(at)) = (self.amounts.get_mut(place), self.sequences.get_mut(place)) else {
            return;
        };
        if *at >= begin {
            return;
        }
        *max = i64::MIN;
        for sequence in begin..head.end {
            if let Some(entry) = entry_at(ring, sequence).filter(|entry| entry.amount() >= *max) {
                (*max, *at) = (entry.amount(), sequence);
            }
        }
    }
}

fn square(amount: i64) -> i128 {
    i128::from(amount) * i128::from(amount)
}

fn put<T: Clone + Default>(parts: &mut Vec<T>, is_planned: bool, number: usize, part: T) {
    if !is_planned {
        return;
    }
    if parts.len() <= number {
        parts.resize(number + 1, T::default());
    }
    if let Some(place) = parts.get_mut(number) {
        *place = part;
    }
}
