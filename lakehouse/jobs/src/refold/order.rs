//! The recorded order: which event must be folded before which.

use std::collections::{HashMap, VecDeque};

use weir_events::{Decision, EntityKey, LabelEffect};

use super::Place;

/// One recorded event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A decision, by its index.
    Decision(usize),
    /// A label effect, by its index.
    Effect(usize),
}

/// Events and what each of them waits for.
pub(super) struct Graph {
    nodes: Vec<Node>,
    /// How many events, or ordinals that nobody took, each one waits for.
    waits: Vec<usize>,
    /// Events that wait for each one.
    then: Vec<Vec<usize>>,
    newest: HashMap<EntityKey, u64>,
    holders: HashMap<Place, usize>,
    pub(super) taken_twice: u64,
}

impl Graph {
    pub(super) fn new(decisions: &[Decision], effects: &[LabelEffect]) -> Self {
        let count = decisions.len() + effects.len();
        let nodes = (0..decisions.len()).map(Node::Decision).chain((0..effects.len()).map(Node::Effect));
        let mut graph = Self {
            nodes: nodes.collect(),
            waits: vec![0; count],
            then: vec![Vec::new(); count],
            newest: HashMap::new(),
            holders: HashMap::new(),
            taken_twice: 0,
        };
        for (index, decision) in decisions.iter().enumerate() {
            for read in decision.ordinals.iter().filter(|read| read.folded) {
                graph.hold((read.entity, read.ordinal), index);
            }
        }
        for (index, effect) in effects.iter().enumerate() {
            graph.hold((effect.entity, effect.ordinal), decisions.len() + index);
        }
        graph.connect();
        for (index, decision) in decisions.iter().enumerate() {
            for read in decision.ordinals.iter().filter(|read| !read.folded) {
                graph.connect_reader((read.entity, read.ordinal), index);
            }
        }
        graph
    }

    pub(super) fn entities(&self) -> usize {
        self.newest.len()
    }

    /// Ordinals up to each entity's newest that nobody took.
    pub(super) fn missing_ordinals(&self) -> u64 {
        self.newest.values().sum::<u64>().saturating_sub(self.holders.len() as u64)
    }

    fn hold(&mut self, place: Place, node: usize) {
        let newest = self.newest.entry(place.0).or_default();
        *newest = place.1.max(*newest);
        if self.holders.insert(place, node).is_some() {
            self.taken_twice += 1;
        }
    }

    /// Each ordinal waits for the one before it.
    fn connect(&mut self) {
        let holders = std::mem::take(&mut self.holders);
        for ((entity, ordinal), node) in &holders {
            match ordinal.checked_sub(1) {
                None | Some(0) => {}
                Some(before) => {
                    self.waits[*node] += 1;
                    if let Some(before) = holders.get(&(*entity, before)) {
                        self.then[*before].push(*node);
                    }
                }
            }
        }
        self.holders = holders;
    }

    /// An event that was not folded read the state after one ordinal and before the next.
    fn connect_reader(&mut self, (entity, ordinal): Place, node: usize) {
        if let Some(before) = self.holders.get(&(entity, ordinal)) {
            self.waits[node] += 1;
            self.then[*before].push(node);
        }
        if let Some(after) = self.holders.get(&(entity, ordinal + 1)) {
            self.waits[*after] += 1;
            self.then[node].push(*after);
        }
    }

    /// Calls with each event once everything before it was called.
    pub(super) fn walk(mut self, mut visit: impl FnMut(Node)) {
        let mut ready: VecDeque<usize> =
            (0..self.nodes.len()).filter(|index| self.waits[*index] == 0).collect();
        while let Some(index) = ready.pop_front() {
            visit(self.nodes[index]);
            for next in std::mem::take(&mut self.then[index]) {
                self.waits[next] -= 1;
                if self.waits[next] == 0 {
                    ready.push_back(next);
                }
            }
        }
    }
}
