//! The names in one directory, and which of them a power cut would leave.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::chance::Chance;
use crate::disk::NodeId;

/// When a name is on the platter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// Once its directory is synced, as POSIX has it; syncing a file keeps its content alone.
    #[default]
    Strict,
    /// Once anything is synced, as a file system with one journal (ext4) has it: every change of a name before is kept.
    Journaled,
}

/// One step: names that change together, each with its node, or none if it goes.
pub(crate) type Change = Vec<(OsString, Option<NodeId>)>;

#[derive(Default)]
pub(crate) struct Names {
    now: BTreeMap<OsString, NodeId>,
    durable: BTreeMap<OsString, NodeId>,
    unsynced: Vec<Change>,
}

impl Names {
    pub(crate) fn get(&self, name: &OsStr) -> Option<NodeId> {
        self.now.get(name).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.now.is_empty()
    }

    pub(crate) const fn now(&self) -> &BTreeMap<OsString, NodeId> {
        &self.now
    }

    pub(crate) fn change(&mut self, change: Change) {
        apply(&mut self.now, &change);
        self.unsynced.push(change);
    }

    pub(crate) fn sync(&mut self) {
        self.durable.clone_from(&self.now);
        self.unsynced.clear();
    }

    /// Loses the changes that were not synced, but for the first ones, as many as chance says; answers how many.
    pub(crate) fn cut(&mut self, chance: Option<&mut Chance>) -> u64 {
        let unsynced = std::mem::take(&mut self.unsynced);
        let kept = chance.map_or(0, |chance| chance.up_to(unsynced.len()));
        unsynced[..kept].iter().for_each(|change| apply(&mut self.durable, change));
        self.now.clone_from(&self.durable);
        (unsynced.len() - kept) as u64
    }

    /// Every node that is named here, or would be after a cut.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        let unsynced = self.unsynced.iter().flatten().filter_map(|(_, node)| *node);
        self.now.values().chain(self.durable.values()).copied().chain(unsynced)
    }
}

fn apply(names: &mut BTreeMap<OsString, NodeId>, change: &Change) {
    for (name, node) in change {
        match node {
            Some(node) => names.insert(name.clone(), *node),
            None => names.remove(name),
        };
    }
}
