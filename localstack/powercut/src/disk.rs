//! The disk: files, directories and handles, and what becomes of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::time::SystemTime;

use crate::content::{Content, PAGE_BYTES};
use crate::names::{Change, Names};
use crate::node::{Kind, Node};
use crate::{Counters, Model, Refusal};

/// Number of a file or directory; never used again.
pub type NodeId = u64;

/// The directory that every path begins at.
pub const ROOT: NodeId = 1;

/// An open file or directory; good until the power is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// What is open.
    pub node: NodeId,
    pub(crate) life: u64,
}

/// What can be asked of a file or directory.
#[derive(Clone, Copy, Debug)]
pub struct Attributes {
    /// Its number.
    pub node: NodeId,
    /// Whether it is a directory.
    pub is_directory: bool,
    /// Bytes of content.
    pub length: u64,
    /// Bytes of space taken.
    pub taken: u64,
    /// Permissions.
    pub mode: u32,
    /// Names that lead to it.
    pub links: u32,
    /// Last change of the content.
    pub modified: SystemTime,
}

/// A disk in memory that knows what was synced.
pub struct Disk {
    pub(crate) nodes: HashMap<NodeId, Node>,
    pub(crate) model: Model,
    pub(crate) is_on: bool,
    /// Counts the cuts; handles of an earlier life are dead.
    pub(crate) life: u64,
    /// Directories with names that are not synced.
    pub(crate) unsynced: BTreeSet<NodeId>,
    pub(crate) used_pages: u64,
    pub(crate) limit_pages: Option<u64>,
    pub(crate) counters: Counters,
    next: NodeId,
    removed: u32,
}

impl Disk {
    /// An empty disk with the power on.
    pub fn new(model: Model) -> Self {
        let root = Node::new(Kind::Directory(Names::default()), 0o755, ROOT);
        Self {
            nodes: HashMap::from([(ROOT, root)]),
            model,
            is_on: true,
            life: 0,
            unsynced: BTreeSet::new(),
            used_pages: 0,
            limit_pages: None,
            counters: Counters::default(),
            next: ROOT + 1,
            removed: 0,
        }
    }

    /// The node of a name in a directory.
    ///
    /// # Errors
    /// [`Refusal::Missing`], or the power is off.
    pub fn find(&self, directory: NodeId, name: &OsStr) -> Result<Attributes, Refusal> {
        self.attributes(self.node(directory)?.names()?.get(name).ok_or(Refusal::Missing)?)
    }

    /// What is known of a node.
    ///
    /// # Errors
    /// [`Refusal::Missing`], or the power is off.
    pub fn attributes(&self, node: NodeId) -> Result<Attributes, Refusal> {
        let found = self.node(node)?;
        let (length, taken) = found.content().map_or((0, 0), |content| (content.length(), content.pages()));
        Ok(Attributes {
            node,
            is_directory: found.is_directory(),
            length,
            taken: taken * PAGE_BYTES as u64,
            mode: found.mode,
            links: found.links,
            modified: found.modified,
        })
    }

    /// Names in a directory with what they lead to.
    ///
    /// # Errors
    /// [`Refusal::NotDirectory`], a dead handle, or the power is off.
    pub fn list(&self, handle: Handle) -> Result<Vec<(OsString, Attributes)>, Refusal> {
        self.alive(handle)?;
        let names = self.node(handle.node)?.names()?.now();
        names.iter().map(|(name, node)| Ok((name.clone(), self.attributes(*node)?))).collect()
    }

    /// Makes an empty file, or a directory.
    ///
    /// # Errors
    /// [`Refusal::Exists`], [`Refusal::Full`], or the power is off.
    pub fn make(
        &mut self,
        directory: NodeId,
        name: &OsStr,
        mode: u32,
        is_directory: bool,
    ) -> Result<Attributes, Refusal> {
        self.free_name(directory, name)?;
        if self.free_pages() == 0 {
            self.counters.refused_full += 1;
            return Err(Refusal::Full);
        }
        let kind =
            if is_directory { Kind::Directory(Names::default()) } else { Kind::File(Content::default()) };
        let node = self.next;
        self.next += 1;
        self.nodes.insert(node, Node::new(kind, mode, directory));
        self.change(directory, vec![(name.to_owned(), Some(node))])?;
        self.attributes(node)
    }

    /// Gives a file a second name.
    ///
    /// # Errors
    /// [`Refusal::Exists`], [`Refusal::IsDirectory`], or the power is off.
    pub fn link(&mut self, node: NodeId, directory: NodeId, name: &OsStr) -> Result<Attributes, Refusal> {
        self.node(node)?.content()?;
        self.free_name(directory, name)?;
        self.change(directory, vec![(name.to_owned(), Some(node))])?;
        self.node_mut(node)?.links += 1;
        self.attributes(node)
    }

    /// Takes a name away; what it led to goes with its last name and handle.
    ///
    /// # Errors
    /// [`Refusal::Missing`], a directory where a file was named or the other way round, or one that is not empty.
    pub fn remove(&mut self, directory: NodeId, name: &OsStr, is_directory: bool) -> Result<(), Refusal> {
        let node = self.find(directory, name)?.node;
        self.may_go(node, is_directory)?;
        self.change(directory, vec![(name.to_owned(), None)])?;
        self.unlinked(node)
    }

    /// Moves a name, over another one if that is in use. Within one directory that is one step for a power cut too.
    ///
    /// # Errors
    /// [`Refusal::Missing`], or a name in use that cannot be replaced.
    pub fn rename(&mut self, from: (NodeId, &OsStr), to: (NodeId, &OsStr)) -> Result<(), Refusal> {
        let moved = self.find(from.0, from.1)?;
        let replaced = self.node(to.0)?.names()?.get(to.1).filter(|node| *node != moved.node);
        if let Some(replaced) = replaced {
            self.may_go(replaced, moved.is_directory)?;
        }
        let (gone, new) = ((from.1.to_owned(), None), (to.1.to_owned(), Some(moved.node)));
        if from == to {
            return Ok(());
        } else if from.0 == to.0 {
            self.change(from.0, vec![gone, new])?;
        } else {
            self.change(to.0, vec![new])?;
            self.change(from.0, vec![gone])?;
        }
        self.node_mut(moved.node)?.parent = to.0;
        replaced.map_or(Ok(()), |replaced| self.unlinked(replaced))
    }

    /// Opens a file or directory.
    ///
    /// # Errors
    /// [`Refusal::Missing`], or the power is off.
    pub fn open(&mut self, node: NodeId) -> Result<Handle, Refusal> {
        self.node_mut(node)?.opens += 1;
        Ok(Handle { node, life: self.life })
    }

    /// Closes a handle; a dead one is nothing to close.
    pub fn close(&mut self, handle: Handle) {
        if handle.life == self.life
            && let Some(node) = self.nodes.get_mut(&handle.node)
        {
            node.opens = node.opens.saturating_sub(1);
        }
    }

    /// Sets permissions.
    ///
    /// # Errors
    /// [`Refusal::Missing`], or the power is off.
    pub fn set_mode(&mut self, node: NodeId, mode: u32) -> Result<(), Refusal> {
        self.node_mut(node)?.mode = mode;
        Ok(())
    }

    fn free_name(&self, directory: NodeId, name: &OsStr) -> Result<(), Refusal> {
        self.node(directory)?.names()?.get(name).map_or(Ok(()), |_| Err(Refusal::Exists))
    }

    fn may_go(&self, node: NodeId, is_directory: bool) -> Result<(), Refusal> {
        match (&self.node(node)?.kind, is_directory) {
            (Kind::File(_), true) => Err(Refusal::NotDirectory),
            (Kind::Directory(_), false) => Err(Refusal::IsDirectory),
            (Kind::Directory(names), true) if !names.is_empty() => Err(Refusal::NotEmpty),
            _ => Ok(()),
        }
    }

    fn change(&mut self, directory: NodeId, change: Change) -> Result<(), Refusal> {
        self.unsynced.insert(directory);
        self.node_mut(directory)?.names_mut()?.change(change);
        Ok(())
    }

    /// Counts a name less; with the last one the space is free.
    fn unlinked(&mut self, node: NodeId) -> Result<(), Refusal> {
        let found = self.node_mut(node)?;
        found.links -= 1;
        if found.links == 0 {
            let pages = found.content().map_or(0, Content::pages);
            self.used_pages -= pages.min(self.used_pages);
            self.removed += 1;
        }
        if self.removed > 256 {
            self.removed = 0;
            self.sweep();
        }
        Ok(())
    }

    /// Forgets what no name leads to, now or after a cut, and no handle holds.
    pub(crate) fn sweep(&mut self) {
        let mut kept: HashSet<NodeId> = HashSet::from([ROOT]);
        let directories = self.nodes.values().filter_map(|node| node.names().ok());
        kept.extend(directories.flat_map(Names::nodes));
        self.nodes.retain(|number, node| node.opens > 0 || kept.contains(number));
    }

    pub(crate) fn free_pages(&self) -> u64 {
        self.limit_pages.map_or(u64::MAX, |limit| limit.saturating_sub(self.used_pages))
    }

    pub(crate) const fn alive(&self, handle: Handle) -> Result<(), Refusal> {
        if self.is_on && handle.life == self.life { Ok(()) } else { Err(Refusal::Power) }
    }

    pub(crate) fn node(&self, node: NodeId) -> Result<&Node, Refusal> {
        if !self.is_on {
            return Err(Refusal::Power);
        }
        self.nodes.get(&node).ok_or(Refusal::Missing)
    }

    pub(crate) fn node_mut(&mut self, node: NodeId) -> Result<&mut Node, Refusal> {
        if !self.is_on {
            return Err(Refusal::Power);
        }
        self.nodes.get_mut(&node).ok_or(Refusal::Missing)
    }
}
