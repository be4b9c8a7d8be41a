//! The entities of one kind: regular ones in rings, the others as states.

use weir_events::{EntityKind, Mark};

use crate::bulk::arena::{Arena, LONGEST, entry_at, entry_at_mut};
use crate::bulk::convert::{from_state, to_state};
use crate::bulk::head::{Drift, Head, NONE};
use crate::bulk::packed::Packed;
use crate::bulk::plan::Plan;
use crate::bulk::row::Row;
use crate::bulk::running::Running;
use crate::bulk::scan::{scan, since_last};
use crate::first_use::FirstUses;
use crate::meeting::{Event, Rules};
use crate::state::{ENTRY_CAP, EntityState};

/// With more entries than this an entity has running sums.
const FEW: u32 = 16;
/// A state is looked at after so many regular events, whether its entity can go back to a ring.
const REGULAR_EVENTS: usize = 16;
/// Times beyond this go the slow way, so that no difference of times can overflow.
const LARGEST_TIME: u64 = 1 << 60;

/// A ring of the greatest length holds as many entries as a state may.
const _: () = assert!(1 << LONGEST == ENTRY_CAP);

/// The fold of one kind with entries of one layout.
#[derive(Clone, Debug)]
pub(crate) struct Engine<E> {
    pub(crate) kind: EntityKind,
    pub(crate) rules: Rules,
    pub(crate) plan: Plan,
    pub(crate) heads: Vec<Head>,
    pub(crate) arena: Arena<E>,
    pub(crate) running: Running,
    pub(crate) drifts: Vec<Drift>,
    states: Vec<Unusual>,
    free_states: Vec<u32>,
    /// Of customers, if the set asks for them.
    uses: Vec<FirstUses>,
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
            heads: Vec::new(),
            arena: Arena::new(),
            running: Running::new(),
            drifts: Vec::new(),
            states: Vec::new(),
            free_states: Vec::new(),
            uses: Vec::new(),
        }
    }

    /// Makes room for so many entries of each entity.
    pub(crate) fn reserve(&mut self, counts: &[u32]) {
        self.make_heads(counts.len());
        for (head, count) in self.heads.iter_mut().zip(counts) {
            let power = count.next_power_of_two().trailing_zeros() as u8;
            if *count > head.place.room() && head.end == 0 {
                self.arena.give_back(head.place);
                head.place = self.arena.take(power);
            }
        }
    }

    /// Makes heads for so many entities.
    pub(crate) fn make_heads(&mut self, count: usize) {
        if self.heads.len() < count {
            self.heads.resize(count, Head::NEW);
            if self.rules.reads.first_uses {
                self.uses.resize(count, FirstUses::default());
            }
        }
    }

    /// Folds an event of the entity with a number; answers what it sees.
    pub(crate) fn fold(&mut self, number: usize, event: Event, marks: &mut Vec<Mark>) -> Row {
        let Some(mut head) = self.heads.get(number).copied() else { return Row::default() };
        if head.state != NONE {
            return self.fold_unusual(number, &head, event, marks);
        }
        let packed = E::pack(&event.entry).filter(|_| self.is_regular(&head, &event));
        let packed = packed.filter(|_| self.make_room(&mut head));
        let row = match packed {
            Some(packed) => self.append(number, &mut head, &packed, &event, marks),
            None => self.meet_once(number, &mut head, event, marks),
        };
        if let Some(place) = self.heads.get_mut(number) {
            *place = head;
        }
        row
    }

    /// Whether an event is the entity's newest, new, and to be folded.
    fn is_regular(&self, head: &Head, event: &Event) -> bool {
        let time = event.entry.occurred_at;
        event.barred.is_none()
            && time >= head.newest
            && time.unsigned_abs() < LARGEST_TIME
            && !(time == head.newest && self.is_known(head, event))
    }

    /// Whether the event stands among the newest entries.
    fn is_known(&self, head: &Head, event: &Event) -> bool {
        let ring = self.arena.ring(head.place);
        let entries = (head.begin..head.end).rev().filter_map(|sequence| entry_at(ring, sequence));
        entries
            .take_while(|entry| entry.time() == head.newest)
            .any(|entry| entry.transaction() == event.entry.transaction)
    }

    /// Makes room for one more entry; false if there are too many.
    fn make_room(&mut self, head: &mut Head) -> bool {
        if head.len() < head.place.room() {
            return head.end < NONE - 1;
        }
        self.drop_old(head);
        if head.len() * 4 > head.place.room() * 3 || head.len() == head.place.room() {
            match head.place.next_class() {
                Some(power) => head.place = self.arena.change(head.place, power, head.begin, head.end),
                None => return head.len() < head.place.room(),
            }
        }
        true
    }

    /// Drops entries that no event can see any more.
    fn drop_old(&mut self, head: &mut Head) {
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
    fn append(
        &mut self,
        number: usize,
        head: &mut Head,
        packed: &E,
        event: &Event,
        marks: &mut Vec<Mark>,
    ) -> Row {
        let mut row = Row { is_named: true, own: packed.amount(), ..Row::default() };
        row.since_last = since_last(head, packed.time());
        if let Some(uses) = self.uses.get_mut(number) {
            let place = (packed.time(), head.ordinal() + 1);
            event.uses.remember(uses, place);
            row.first_uses = event.uses.answers(uses, place, marks);
        }
        if head.running == NONE && head.len() > FEW {
            self.drop_old(head);
            if head.len() > FEW {
                self.running.start(&self.plan, head, self.arena.ring(head.place));
            }
        }
        let ring = self.arena.ring_mut(head.place);
        if head.running == NONE {
            scan(&self.plan, head, ring, packed, &mut row);
        } else {
            self.running.take(&self.plan, head, ring, packed, &mut row);
        }
        if let Some(room) = entry_at_mut(ring, head.end) {
            *room = *packed;
        }
        head.end += 1;
        head.newest = packed.time();
        row
    }

    /// Lets an unusual event meet the entity's state, which is kept only if the event changes it.
    fn meet_once(&mut self, number: usize, head: &mut Head, event: Event, marks: &mut Vec<Mark>) -> Row {
        let uses = self.uses.get_mut(number).map(std::mem::take).unwrap_or_default();
        let drift = self.drifts.get(head.drift as usize);
        let ring = self.arena.ring(head.place);
        let mut state = to_state(self.kind, head, ring, drift, self.rules.retention, uses);
        let before = state.ordinal();
        let row = Row::of(&event.meet(&self.rules, &mut state, marks));
        if state.ordinal() == before {
            if let Some(place) = self.uses.get_mut(number) {
                *place = state.first_uses;
            }
            return row;
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
        row
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
    fn fold_unusual(&mut self, number: usize, head: &Head, event: Event, marks: &mut Vec<Mark>) -> Row {
        let Some(unusual) = self.states.get_mut(head.state as usize) else { return Row::default() };
        let row = Row::of(&event.meet(&self.rules, &mut unusual.state, marks));
        unusual.events += 1;
        if unusual.events >= REGULAR_EVENTS.max(unusual.state.entry_count() / 4) {
            unusual.events = 0;
            self.make_regular(number, head);
        }
        row
    }

    fn make_regular(&mut self, number: usize, head: &Head) {
        let Some(unusual) = self.states.get_mut(head.state as usize) else { return };
        let Some(regular) = from_state::<E>(&unusual.state, self.rules.retention) else { return };
        let power = regular.entries.len().next_power_of_two().trailing_zeros() as u8;
        let place = self.arena.take(power);
        let ring = self.arena.ring_mut(place);
        for (sequence, entry) in (regular.head.begin..).zip(regular.entries) {
            if let Some(room) = entry_at_mut(ring, sequence) {
                *room = entry;
            }
        }
        if let Some(uses) = self.uses.get_mut(number) {
            *uses = std::mem::take(&mut unusual.state.first_uses);
        }
        unusual.state = EntityState::new(self.kind);
        self.free_states.push(head.state);
        let mut new = Head { place, drift: head.drift, ..regular.head };
        if let Some(drift) = regular.drift {
            new.drift = self.keep_drift(new.drift, drift);
        }
        if let Some(place) = self.heads.get_mut(number) {
            *place = new;
        }
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
