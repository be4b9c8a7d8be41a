//! The entities of one kind: regular ones in rings, the others as states.

use weir_events::{EntityKind, Mark};

use crate::bulk::arena::{Arena, LONGEST, entry_at, entry_at_mut};
use crate::bulk::convert::{first_uses, from_state, to_state};
use crate::bulk::head::{Drift, Head, NONE};
use crate::bulk::incoming::Incoming;
use crate::bulk::packed::{Packed, Parts};
use crate::bulk::plan::Plan;
use crate::bulk::row::Row;
use crate::bulk::running::Running;
use crate::bulk::scan::{scan, since_last};
use crate::bulk::uses::UseLists;
use crate::fold::ENTRY_CAP;
use crate::meeting::Rules;
use crate::state::EntityState;

/// With more entries than this an entity has running sums.
pub(crate) const FEW: u32 = 16;
/// A state is looked at after so many regular events, whether its entity can go back to a ring.
const REGULAR_EVENTS: usize = 16;
/// Times beyond this go the slow way, so that no difference of times can overflow.
pub(crate) const LARGEST_TIME: u64 = 1 << 60;

/// A ring of the greatest length holds as many entries as a state may.
const _: () = assert!(1 << LONGEST == ENTRY_CAP);

/// The fold of one kind with entries of one layout; the heads of the entities are kept apart from it.
#[derive(Clone, Debug)]
pub(crate) struct Engine<E> {
    pub(crate) kind: EntityKind,
    pub(crate) rules: Rules,
    pub(crate) plan: Plan,
    pub(crate) arena: Arena<E>,
    pub(crate) running: Running,
    pub(crate) drifts: Vec<Drift>,
    states: Vec<Unusual>,
    free_states: Vec<u32>,
    /// First uses by customers, if the set asks for them.
    uses: UseLists,
}

/// An entity out of the ordinary.
#[derive(Clone, Debug)]
struct Unusual {
    state: EntityState,
    /// Events since it was last looked at.
    events: usize,
}

impl<E: Packed> Engine<E> {
    pub(crate) const fn new(kind: EntityKind, rules: Rules, plan: Plan) -> Self {
        Self {
            kind,
            rules,
            plan,
            arena: Arena::new(),
            running: Running::new(),
            drifts: Vec::new(),
            states: Vec::new(),
            free_states: Vec::new(),
            uses: UseLists::new(),
        }
    }

    /// Makes room for so many entries of each entity.
    pub(crate) fn reserve(&mut self, heads: &mut Vec<Head>, counts: &[u32]) {
        self.make_heads(heads, counts.len());
        for (head, count) in heads.iter_mut().zip(counts) {
            let power = count.next_power_of_two().trailing_zeros() as u8;
            if *count > head.place.room() && head.end == 0 {
                self.arena.give_back(head.place);
                head.place = self.arena.take(power);
            }
        }
    }

    /// Makes heads for so many entities.
    pub(crate) fn make_heads(&mut self, heads: &mut Vec<Head>, count: usize) {
        if heads.len() < count {
            heads.resize(count, Head::NEW);
            if self.rules.reads.first_uses {
                self.uses.make(count);
            }
        }
    }

    /// Folds a row into the entity with a number and head; says what it sees.
    pub(crate) fn fold(
        &mut self,
        (number, head): (usize, &mut Head),
        incoming: &Incoming<'_>,
        row: &mut Row,
        marks: &mut Vec<Mark>,
    ) {
        if head.state != NONE {
            self.fold_unusual(number, head, incoming, row, marks);
            return;
        }
        let parts = incoming.parts(E::HAS_PARTIES);
        let packed = E::pack(&parts).filter(|_| self.is_regular(number, head, incoming, &parts));
        match packed.filter(|_| self.make_room(head)) {
            Some(packed) => self.append(number, head, &packed, incoming, row),
            None => self.meet_once(number, head, incoming, row, marks),
        }
    }

    /// Whether an event is the entity's newest, new, and to be folded.
    #[inline]
    fn is_regular(&self, number: usize, head: &Head, incoming: &Incoming<'_>, parts: &Parts) -> bool {
        let time = parts.time;
        time >= head.newest
            && time.unsigned_abs() < LARGEST_TIME
            && incoming.barred(time).is_none()
            && !(time == head.newest && self.is_known(head, parts.transaction))
            && (!self.rules.reads.first_uses || self.uses.has_room(number, head.ordinal() + 1))
    }

    /// Whether a transaction stands among the newest entries.
    #[cold]
    fn is_known(&self, head: &Head, transaction: u32) -> bool {
        let ring = self.arena.ring(head.place);
        let entries = (head.begin..head.end).rev().filter_map(|sequence| entry_at(ring, sequence));
        entries
            .take_while(|entry| entry.time() == head.newest)
            .any(|entry| entry.transaction() == transaction)
    }

    /// Makes room for one more entry; false if there are too many.
    #[inline]
    fn make_room(&mut self, head: &mut Head) -> bool {
        if head.len() < head.place.room() { head.end < NONE - 1 } else { self.grow(head) }
    }

    /// Drops what is old, and takes a longer ring if that is not enough; false if there is none.
    #[inline(never)]
    pub(crate) fn grow(&mut self, head: &mut Head) -> bool {
        self.drop_old(head);
        if head.len() * 4 > head.place.room() * 3 || head.len() == head.place.room() {
            match head.place.longer() {
                Some(power) => head.place = self.arena.change(head.place, power, head.begin, head.end),
                None => return head.len() < head.place.room(),
            }
        }
        true
    }

    /// Drops entries that no event can see any more.
    pub(crate) fn drop_old(&mut self, head: &mut Head) {
        let ring = self.arena.ring(head.place);
        let oldest = head.newest.saturating_sub(self.rules.retention);
        while head.begin < head.end {
            let Some(entry) = entry_at(ring, head.begin).filter(|entry| entry.time() <= oldest) else {
                break;
            };
            head.gone_until = entry.time();
            head.begin += 1;
        }
        if let Some(drift) = self.drifts.get_mut(head.drift as usize) {
            drift.forget(head.begin, head.gone_until);
        }
    }

    /// Takes in an entity's newest event.
    fn append(&mut self, number: usize, head: &mut Head, packed: &E, incoming: &Incoming<'_>, row: &mut Row) {
        row.own = packed.amount();
        row.since_last = since_last(head, packed.time());
        if self.rules.reads.first_uses {
            let place = (packed.time(), head.ordinal() + 1);
            row.first_uses = self.uses.take(number, &incoming.used(), place);
        }
        if head.running == NONE && head.len() > FEW {
            self.drop_old(head);
            if head.len() > FEW {
                self.running.start(&self.plan, head, self.arena.ring(head.place));
            }
        }
        let ring = self.arena.ring_mut(head.place);
        if head.running == NONE {
            scan(&self.plan, head, ring, packed, row);
        } else {
            self.running.take(&self.plan, head, ring, packed, row);
        }
        if let Some(room) = entry_at_mut(ring, head.end) {
            *room = *packed;
        }
        head.end += 1;
        head.newest = packed.time();
    }

    /// Lets an unusual event meet the entity's state, which is kept only if the event changes it.
    #[cold]
    fn meet_once(
        &mut self,
        number: usize,
        head: &mut Head,
        incoming: &Incoming<'_>,
        row: &mut Row,
        marks: &mut Vec<Mark>,
    ) {
        let uses = self.uses.remove(number);
        let drift = self.drifts.get(head.drift as usize);
        let ring = self.arena.ring(head.place);
        let mut state = to_state(self.kind, head, ring, drift, self.rules.retention, uses);
        let before = state.ordinal();
        *row = Row::of(&incoming.event().meet(&self.rules, &mut state, marks));
        let mut is_back = || {
            let uses = first_uses(&state);
            !self.rules.reads.first_uses || uses.is_some_and(|uses| self.uses.put(number, uses))
        };
        if state.ordinal() == before && is_back() {
            return;
        }
        self.release(head);
        let unusual = Unusual { state, events: 0 };
        match self.free_states.pop().and_then(|free| Some((free, self.states.get_mut(free as usize)?))) {
            Some((free, place)) => (head.state, *place) = (free, unusual),
            None => {
                head.state = self.states.len() as u32;
                self.states.push(unusual);
            }
        }
    }

    /// Gives back all that a regular entity holds.
    fn release(&mut self, head: &mut Head) {
        self.running.stop(head);
        self.arena.give_back(head.place);
        if let Some(drift) = self.drifts.get_mut(head.drift as usize) {
            *drift = Drift::default();
        }
        *head = Head { drift: head.drift, ..Head::NEW };
    }

    /// Folds an event of an entity that is a state; now and then looks whether it can go back to a ring.
    #[cold]
    fn fold_unusual(
        &mut self,
        number: usize,
        head: &mut Head,
        incoming: &Incoming<'_>,
        row: &mut Row,
        marks: &mut Vec<Mark>,
    ) {
        let Some(unusual) = self.states.get_mut(head.state as usize) else { return };
        *row = Row::of(&incoming.event().meet(&self.rules, &mut unusual.state, marks));
        unusual.events += 1;
        if unusual.events >= REGULAR_EVENTS.max(unusual.state.entry_count() / 4) {
            unusual.events = 0;
            self.make_regular(number, head);
        }
    }

    fn make_regular(&mut self, number: usize, head: &mut Head) {
        let Some(unusual) = self.states.get_mut(head.state as usize) else { return };
        let Some(regular) = from_state::<E>(&unusual.state) else { return };
        let uses = first_uses(&unusual.state);
        if self.rules.reads.first_uses && !uses.is_some_and(|uses| self.uses.put(number, uses)) {
            return;
        }
        let power = regular.entries.len().next_power_of_two().trailing_zeros() as u8;
        let place = self.arena.take(power);
        let ring = self.arena.ring_mut(place);
        for (sequence, entry) in (regular.head.begin..).zip(regular.entries) {
            if let Some(room) = entry_at_mut(ring, sequence) {
                *room = entry;
            }
        }
        unusual.state = EntityState::new(self.kind);
        self.free_states.push(head.state);
        let mut new = Head { place, drift: head.drift, ..regular.head };
        if let Some(drift) = regular.drift {
            new.drift = self.keep_drift(new.drift, drift);
        }
        *head = new;
    }

    /// Reads what folding an event of an entity will read.
    #[inline]
    pub(crate) fn touch(&self, number: usize, head: &Head) -> u32 {
        let ring = self.arena.ring(head.place);
        let touch = |sequence| entry_at(ring, sequence).map_or(0, |entry: E| entry.transaction());
        let uses = if self.rules.reads.first_uses { self.uses.touch(number) } else { 0 };
        let oldest = match head.running {
            // Every other entry: two of them share a line of the cache.
            NONE => (head.begin..head.end).step_by(2).fold(0, |sum: u32, at| sum.wrapping_add(touch(at))),
            _ => self.running.touch(&self.plan, head, touch),
        };
        uses.wrapping_add(oldest).wrapping_add(touch(head.end))
    }

    /// Keeps a drift under its number, a new one if it has none.
    pub(crate) fn keep_drift(&mut self, number: u32, drift: Drift) -> u32 {
        if let Some(place) = self.drifts.get_mut(number as usize) {
            *place = drift;
            return number;
        }
        self.drifts.push(drift);
        self.drifts.len() as u32 - 1
    }

    /// The state of an entity out of the ordinary.
    pub(crate) fn state_mut(&mut self, head: &Head) -> Option<&mut EntityState> {
        self.states.get_mut(head.state as usize).map(|unusual| &mut unusual.state)
    }
}
