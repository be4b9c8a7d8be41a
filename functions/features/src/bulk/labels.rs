//! Labels on regular entities.

use crate::bulk::arena::{entry_at, entry_at_mut};
use crate::bulk::batch::LabelEvent;
use crate::bulk::engine::Engine;
use crate::bulk::head::{Drift, Head, NONE};
use crate::bulk::packed::Packed;
use crate::entry::FlagChange;
use crate::label::set_flag;

impl<E: Packed> Engine<E> {
    /// Applies a label, if any wanted feature reads labels.
    pub(crate) fn label(&mut self, heads: &mut [Head], label: &LabelEvent) {
        let Some(head) = heads.get_mut(label.entity as usize) else { return };
        if !self.plan.frauds || self.has_no_effect(head, label) {
            return;
        }
        if let Some(state) = self.state_mut(head) {
            set_flag(state, label.transaction, label.occurred_at, label.is_fraud);
            return;
        }
        let Some(sequence) = self.find(head, label) else { return };
        let Some(entry) = entry_at_mut(self.arena.ring_mut(head.place), sequence) else { return };
        if entry.is_fraud() == label.is_fraud {
            return;
        }
        entry.set_fraud(label.is_fraud);
        self.running.flag(head, sequence, label.is_fraud);
        self.note(head, sequence, label);
    }

    /// Whether a label clears a flag where none was set: most labels, and soon seen.
    #[inline]
    fn has_no_effect(&self, head: &Head, label: &LabelEvent) -> bool {
        if label.is_fraud || head.state != NONE {
            return false;
        }
        let drift = self.drifts.get(head.drift as usize);
        drift.is_none_or(|drift| drift.changes.iter().all(|change| change.occurred_at != label.occurred_at))
    }

    /// Sequence of the labelled transaction, if it is still kept.
    fn find(&self, head: &Head, label: &LabelEvent) -> Option<u32> {
        if label.occurred_at <= head.newest.saturating_sub(self.rules.retention) {
            return None;
        }
        let ring = self.arena.ring(head.place);
        let (mut low, mut high) = (head.begin, head.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if entry_at(ring, middle)?.time() < label.occurred_at { low = middle + 1 } else { high = middle }
        }
        let entries = (low..head.end).map_while(|sequence| Some((sequence, entry_at(ring, sequence)?)));
        entries
            .take_while(|(_, entry)| entry.time() == label.occurred_at)
            .find(|(_, entry)| entry.transaction() == label.transaction)
            .map(|(sequence, _)| sequence)
    }

    /// Notes the ordinal that a label's effect takes.
    fn note(&mut self, head: &mut Head, sequence: u32, label: &LabelEvent) {
        if head.drift == NONE {
            head.drift = self.keep_drift(NONE, Drift::default());
        }
        let Some(drift) = self.drifts.get_mut(head.drift as usize) else { return };
        let event = drift.ordinal(sequence);
        head.drifted += 1;
        drift.step(head.end, head.drifted);
        let (ordinal, occurred_at, is_fraud) = (head.ordinal(), label.occurred_at, label.is_fraud);
        drift.changes.push(FlagChange { ordinal, occurred_at, event, is_fraud });
    }
}
