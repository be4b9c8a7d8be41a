//! Which pieces of a state have to be loaded before an event or a label may be folded.

use std::collections::BTreeSet;

use weir_events::{Entities, EntityKey, EntityKind, Order, Timestamp};

use crate::fold::{HEAD_ENTRIES, SEALED};
use crate::reach::{Placement, Reach};
use crate::segment::Segment;
use crate::set::{FeatureSet, Reads};
use crate::state::EntityState;
use crate::states::States;

/// A piece of an entity's state that is stored beside its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatePart {
    /// The entity.
    pub entity: EntityKey,
    /// Number under which it is stored.
    pub number: u64,
}

/// Pieces that [`observe`](crate::observe) needs of these states for one transaction and that are not loaded; none
/// if every state was folded in memory. It has to be asked again before every event, since each changes the states;
/// asked for a whole batch at first, it names nearly all that the batch needs.
pub fn missing(
    set: &FeatureSet,
    order: &Order,
    entities: &Entities<EntityKey>,
    states: &States,
) -> Vec<StatePart> {
    let mut parts = Vec::new();
    for kind in set.kinds().iter().copied() {
        let Some(entity) = entities.get(kind) else { continue };
        let Some(state) = states.get(entity) else { continue };
        if state.is_whole() {
            continue;
        }
        let numbers = state.missing(order.occurred_at.micros(), set.reads(kind), set.reach(kind));
        parts.extend(numbers.into_iter().map(|number| StatePart { entity: *entity, number }));
    }
    parts
}

impl EntityState {
    /// Numbers of the pieces stored beside the head, loaded or not.
    pub fn part_numbers(&self) -> Vec<u64> {
        let segments = self.segments.iter().filter_map(|segment| segment.part.number);
        let tiles = self.tiles.iter().flat_map(|tiles| {
            let days = tiles.days.iter().filter_map(|day| day.part.number);
            days.chain(tiles.sketches.number)
        });
        segments.chain(tiles).chain(self.first_uses.number).collect()
    }

    /// Pieces that [`apply_label`](crate::apply_label) needs for a label of an event of this time and that are not
    /// loaded.
    pub fn missing_for_label(&self, occurred_at: Timestamp) -> Vec<u64> {
        let time = occurred_at.micros();
        let segments = self.segments.iter().filter(|segment| segment.may_hold(time));
        let tiles = self.tiles.iter().filter(|tiles| time <= tiles.until);
        let days = tiles.flat_map(|tiles| &tiles.days).filter(|day| day.line.holds(time));
        segments
            .filter_map(|segment| segment.part.missing())
            .chain(days.filter_map(|day| day.part.missing()))
            .collect()
    }

    /// Whether every piece is loaded.
    pub(crate) fn is_whole(&self) -> bool {
        self.first_uses.missing().is_none()
            && self.segments.iter().all(|segment| segment.part.missing().is_none())
            && self.tiles.as_ref().is_none_or(|tiles| {
                tiles.sketches.missing().is_none()
                    && tiles.days.iter().all(|day| day.part.missing().is_none())
            })
    }

    /// Pieces that an event of this time needs.
    pub(crate) fn missing(&self, time: i64, reads: Reads, reach: i64) -> BTreeSet<u64> {
        let mut numbers = BTreeSet::new();
        numbers.extend(self.first_uses.missing().filter(|_| self.kind == EntityKind::Customer));
        self.missing_in_windows(time, reads, &mut numbers);
        if self.newest.is_some_and(|newest| time <= newest) {
            self.missing_for_late(time, reach, &mut numbers);
        }
        self.missing_to_insert(time, &mut numbers);
        numbers
    }

    /// Edges of windows fall into a piece, or something in it has to be told apart.
    fn missing_in_windows(&self, time: i64, reads: Reads, numbers: &mut BTreeSet<u64>) {
        let own = self.ordinal + 1;
        let now = Reach::new(time, own);
        let delayed = reads.delay.map(|delay| Reach::new(time.saturating_sub(delay), own));
        let reaches = || reads.windows.then_some(now).into_iter().chain(delayed);
        for segment in &self.segments {
            let Some(number) = segment.part.missing() else { continue };
            let is_split = |line| reaches().any(|reach| matches!(reach.place(line), Placement::Split));
            let is_counted = |line| reads.distinct && !matches!(now.place(line), Placement::Outside);
            if segment.lines.iter().any(|line| is_counted(line) || is_split(line)) {
                numbers.insert(number);
            }
        }
        let Some(tiles) = &self.tiles else { return };
        let is_split =
            |line| reaches().any(|reach| matches!(reach.of_any_ordinal().place(line), Placement::Split));
        let split = tiles.days.iter().filter(|day| is_split(&day.line));
        numbers.extend(split.filter_map(|day| day.part.missing()));
        numbers.extend(tiles.sketches.missing().filter(|_| reads.distinct));
    }

    /// It may have been folded before; then it sees only what had been folded until then.
    fn missing_for_late(&self, time: i64, reach: i64, numbers: &mut BTreeSet<u64>) {
        let after = time.saturating_sub(reach);
        let reached = self.segments.iter().filter(|one| one.begins() <= time && one.last_at() > after);
        numbers.extend(reached.filter_map(|segment| segment.part.missing()));
    }

    /// What has to be written anew with it.
    fn missing_to_insert(&self, time: i64, numbers: &mut BTreeSet<u64>) {
        let late = self.segments.iter().find(|segment| segment.last_at() > time);
        numbers.extend(late.and_then(|segment| segment.part.missing()));
        if self.recent.entries.len() >= HEAD_ENTRIES {
            let last = self.segments.last().filter(|segment| segment.has_room(SEALED));
            numbers.extend(last.and_then(|segment| segment.part.missing()));
        }
        self.missing_to_give_way(numbers);
    }

    fn missing_to_give_way(&self, numbers: &mut BTreeSet<u64>) {
        let mut surplus = self.surplus(1);
        if surplus == 0 {
            return;
        }
        for segment in &self.segments {
            numbers.extend(segment.part.missing());
            surplus = surplus.saturating_sub(segment.count());
            if surplus == 0 {
                break;
            }
        }
        let Some(tiles) = &self.tiles else { return };
        let first = self.segments.first().map_or(i64::MAX, Segment::begins);
        let days = tiles.days.iter().filter(|day| day.line.last_at >= first);
        numbers.extend(days.filter_map(|day| day.part.missing()));
        numbers.extend(tiles.sketches.missing());
    }
}
