//! Sums that move with the windows of an entity with many entries: what enters is added, what leaves subtracted.

use crate::bulk::arena::{USUAL, entry_at, leaving};
use crate::bulk::edge::Edges;
use crate::bulk::head::{Head, NONE};
use crate::bulk::packed::Packed;
use crate::bulk::plan::{ByWindow, Plan};
use crate::bulk::row::Row;
use crate::bulk::running_delayed::Delayed;
use crate::bulk::running_maxima::Maxima;
use crate::bulk::running_parties::Parties;
use crate::window::Window;

/// Where windows begin, and what they hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plain {
    /// Sequence of the oldest entry in each window.
    pub(crate) begins: ByWindow<u32>,
    pub(crate) sums: ByWindow<i64>,
}

/// Running sums by number; of each part as far as it is planned.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    count: usize,
    free: Vec<u32>,
    pub(crate) plain: Vec<Plain>,
    squares: Vec<ByWindow<i128>>,
    maxima: Vec<Maxima>,
    parties: Vec<Parties>,
    pub(crate) delayed: Vec<Delayed>,
    /// Room for what is found on the way over a run of rows.
    pub(crate) edges: Edges,
}

/// The plain parts of one entity.
struct Parts<'a> {
    plain: &'a mut Plain,
    squares: Option<&'a mut ByWindow<i128>>,
    maxima: Option<&'a mut Maxima>,
    parties: Option<&'a mut Parties>,
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
            edges: Edges::NEW,
        }
    }

    /// Sums up all entries of a ring in every window, for an entity that has no running sums yet.
    pub(crate) fn start<E: Packed>(&mut self, plan: &Plan, head: &mut Head, ring: &[E]) {
        let number = self.free.pop().unwrap_or(self.count as u32);
        self.count = self.count.max(number as usize + 1);
        head.running = number;
        self.clear(plan, number as usize, head.begin);
        let Some(mut parts) = self.parts::<true>(number) else { return };
        for sequence in head.begin..head.end {
            if let Some(entry) = entry_at(ring, sequence) {
                parts.add(sequence, &entry);
            }
        }
        if let Some(parties) = parts.parties {
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

    #[inline]
    fn parts<const IS_RICH: bool>(&mut self, number: u32) -> Option<Parts<'_>> {
        let number = number as usize;
        let plain = self.plain.get_mut(number)?;
        if !IS_RICH {
            return Some(Parts { plain, squares: None, maxima: None, parties: None });
        }
        Some(Parts {
            plain,
            squares: self.squares.get_mut(number),
            maxima: self.maxima.get_mut(number),
            parties: self.parties.get_mut(number),
        })
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
        if let Some((delayed, delay)) = self.delayed.get_mut(head.running as usize).zip(plan.delay) {
            delayed.advance(plan, head.end, ring, own.time().saturating_sub(delay));
            delayed.write(row);
        }
        match plan.is_rich() {
            true => self.take_windows::<E, true>(plan, head, ring, own, row),
            false => self.take_windows::<E, false>(plan, head, ring, own, row),
        }
    }

    /// The same for plain windows, with everything or only counts and sums.
    #[inline]
    fn take_windows<E: Packed, const IS_RICH: bool>(
        &mut self,
        plan: &Plan,
        head: &Head,
        ring: &mut [E],
        own: &E,
        row: &mut Row,
    ) {
        let Some(mut parts) = self.parts::<IS_RICH>(head.running) else { return };
        for (place, width) in plan.windows.each() {
            parts.leave::<E, IS_RICH>(place, own.time() - width, head, ring);
        }
        parts.add(head.end, own);
        if let Some(parties) = &mut parts.parties {
            parties.take(&parts.plain.begins, head, ring, own);
        }
        parts.write(plan, head.end + 1, row);
    }

    /// The flag of an entry has changed.
    pub(crate) fn flag(&mut self, head: &Head, sequence: u32, is_fraud: bool) {
        if let Some(delayed) = self.delayed.get_mut(head.running as usize) {
            delayed.flag(sequence, is_fraud);
        }
    }

    /// Reads the sums of an entity, and by `entry` the entries at which windows begin and end.
    #[inline]
    pub(crate) fn touch(&self, plan: &Plan, head: &Head, entry: impl Fn(u32) -> u32) -> u32 {
        let number = head.running as usize;
        let mut sum = 0_u32;
        if let Some(plain) = self.plain.get(number) {
            for (place, _) in plan.windows.each() {
                sum = sum.wrapping_add(entry(plain.begins[place]));
            }
        }
        if let Some(delayed) = self.delayed.get(number) {
            sum = sum.wrapping_add(delayed.touch(plan, entry));
        }
        if plan.is_rich() {
            let squares = self.squares.get(number).map_or(0, |squares| squares[0] as u32);
            let maxima = self.maxima.get(number).map_or(0, Maxima::touch);
            let parties = self.parties.get(number).map_or(0, |parties| parties.counts()[0][0] as u32);
            sum = sum.wrapping_add(squares).wrapping_add(maxima).wrapping_add(parties);
        }
        sum
    }
}

impl Parts<'_> {
    /// Takes out of a window what is not later than `oldest`.
    #[inline(always)]
    fn leave<E: Packed, const IS_RICH: bool>(&mut self, place: usize, oldest: i64, head: &Head, ring: &[E]) {
        let (before, mut begin, mut sum) =
            (self.plain.begins[place], self.plain.begins[place], self.plain.sums[place]);
        if !IS_RICH {
            for _ in 0..USUAL {
                let (leaving, entry) = leaving(ring, begin, head.end, oldest);
                sum = sum.wrapping_sub(entry.amount() & i64::from(leaving).wrapping_neg());
                begin += leaving;
            }
        }
        while begin < head.end {
            let Some(entry) = entry_at(ring, begin).filter(|entry| entry.time() <= oldest) else { break };
            sum = sum.wrapping_sub(entry.amount());
            if let Some(squares) = &mut self.squares {
                squares[place] = squares[place].wrapping_sub(square(entry.amount()));
            }
            if let Some(parties) = &mut self.parties {
                parties.leave(place, &entry);
            }
            begin += 1;
        }
        (self.plain.begins[place], self.plain.sums[place]) = (begin, sum);
        if let Some(maxima) = &mut self.maxima
            && begin > before
        {
            maxima.leave(place, begin, head, ring);
        }
    }

    /// Adds an entry to every window.
    #[inline(always)]
    fn add<E: Packed>(&mut self, sequence: u32, entry: &E) {
        let amount = entry.amount();
        self.plain.sums.iter_mut().for_each(|sum| *sum = sum.wrapping_add(amount));
        if let Some(squares) = &mut self.squares {
            squares.iter_mut().for_each(|sum| *sum = sum.wrapping_add(square(amount)));
        }
        if let Some(maxima) = &mut self.maxima {
            maxima.add(&self.plain.begins, sequence, amount);
        }
    }

    /// Writes what the wanted windows hold, up to the entry before `end`.
    #[inline(always)]
    fn write(&self, plan: &Plan, end: u32, row: &mut Row) {
        for (place, _) in plan.windows.each() {
            let sums = &mut row.windows[place];
            sums.count = u64::from(end.wrapping_sub(self.plain.begins[place]));
            sums.sum = self.plain.sums[place];
            if let Some(squares) = &self.squares {
                sums.squares = squares[place];
            }
            if let Some(maxima) = &self.maxima {
                sums.max = maxima.of(place);
            }
            if let Some(parties) = &self.parties {
                sums.distinct = parties.counts()[place];
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
