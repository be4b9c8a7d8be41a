//! Reading, writing, syncing; and the power going and coming back.

use std::collections::HashSet;
use std::time::SystemTime;

use crate::chance::Chance;
use crate::content::PAGE_BYTES;
use crate::disk::{Disk, Handle, NodeId, ROOT};
use crate::node::Kind;
use crate::{Model, Refusal};

impl Disk {
    /// Reads up to `size` bytes.
    ///
    /// # Errors
    /// A dead handle, or the power is off.
    pub fn read(&self, handle: Handle, offset: u64, size: usize) -> Result<Vec<u8>, Refusal> {
        self.alive(handle)?;
        Ok(self.node(handle.node)?.content()?.read(offset, size))
    }

    /// Writes what finds space; answers how many bytes that was.
    ///
    /// # Errors
    /// [`Refusal::Full`] if none did, a dead handle, or the power is off.
    pub fn write(&mut self, handle: Handle, offset: u64, bytes: &[u8]) -> Result<usize, Refusal> {
        self.alive(handle)?;
        let free = self.free_pages();
        let node = self.node_mut(handle.node)?;
        node.modified = SystemTime::now();
        let is_named = node.links > 0;
        let (written, taken) = node.content_mut()?.write(offset, bytes, free);
        self.used_pages += if is_named { taken } else { 0 };
        self.counters.writes += 1;
        self.counters.bytes_written += written as u64;
        if written < bytes.len() {
            self.counters.refused_full += 1;
        }
        if written == 0 && !bytes.is_empty() { Err(Refusal::Full) } else { Ok(written) }
    }

    /// Cuts a file's end off, or adds a hole.
    ///
    /// # Errors
    /// [`Refusal::IsDirectory`], or the power is off.
    pub fn resize(&mut self, node: NodeId, length: u64) -> Result<(), Refusal> {
        let found = self.node_mut(node)?;
        found.modified = SystemTime::now();
        let is_named = found.links > 0;
        let content = found.content_mut()?;
        let before = content.pages();
        content.resize(length);
        let freed = before - content.pages();
        self.used_pages -= if is_named { freed.min(self.used_pages) } else { 0 };
        Ok(())
    }

    /// Makes a file's content survive; its name too, and every other one, if the names have one journal.
    ///
    /// # Errors
    /// A dead handle, or the power is off.
    pub fn sync(&mut self, handle: Handle) -> Result<(), Refusal> {
        self.alive(handle)?;
        match &mut self.node_mut(handle.node)?.kind {
            Kind::File(content) => content.sync(),
            Kind::Directory(_) => return self.sync_names(handle),
        }
        self.counters.file_syncs += 1;
        self.journal();
        Ok(())
    }

    /// Makes the names in a directory survive.
    ///
    /// # Errors
    /// A dead handle, or the power is off.
    pub fn sync_names(&mut self, handle: Handle) -> Result<(), Refusal> {
        self.alive(handle)?;
        self.node_mut(handle.node)?.names_mut()?.sync();
        self.unsynced.remove(&handle.node);
        self.counters.directory_syncs += 1;
        self.journal();
        Ok(())
    }

    fn journal(&mut self) {
        if self.model == Model::Journaled {
            for directory in std::mem::take(&mut self.unsynced) {
                let names = self.nodes.get_mut(&directory).map(|node| node.names_mut());
                if let Some(Ok(names)) = names {
                    names.sync();
                }
            }
        }
    }

    /// Takes the power away: what was not synced is gone, and everything answers [`Refusal::Power`] until
    /// [`Disk::power_on`]. With a seed, chance lets a prefix of each file's unsynced pages (the last one torn) and of
    /// each directory's unsynced names reach the platter first.
    pub fn cut(&mut self, seed: Option<u64>) {
        let mut chance = seed.map(Chance::new);
        let mut numbers: Vec<NodeId> = self.nodes.keys().copied().collect();
        numbers.sort_unstable();
        for number in numbers {
            match self.nodes.get_mut(&number).map(|node| &mut node.kind) {
                Some(Kind::File(content)) => self.counters.pages_lost += content.cut(chance.as_mut()),
                Some(Kind::Directory(names)) => self.counters.names_lost += names.cut(chance.as_mut()),
                None => {}
            }
        }
        self.counters.cuts += 1;
        self.is_on = false;
        self.life += 1;
        self.unsynced.clear();
        self.keep_named();
    }

    /// Gives the power back; files have to be opened again.
    pub fn power_on(&mut self) {
        self.is_on = true;
    }

    /// No new page is to be had; what is there can be overwritten, and what is removed makes room.
    pub fn fill(&mut self) {
        self.leave(0);
    }

    /// No more than so many bytes of new pages are to be had.
    pub fn leave(&mut self, bytes: u64) {
        self.limit_pages = Some(self.used_pages + bytes / PAGE_BYTES as u64);
    }

    /// There is space again.
    pub fn free(&mut self) {
        self.limit_pages = None;
    }

    /// Keeps what names lead to from the root on, and counts names and space anew.
    fn keep_named(&mut self) {
        self.nodes.values_mut().for_each(|node| (node.links, node.opens) = (0, 0));
        let (mut open, mut seen) = (vec![ROOT], HashSet::from([ROOT]));
        while let Some(directory) = open.pop() {
            let named: Vec<NodeId> = match self.nodes.get(&directory).map(|node| node.names()) {
                Some(Ok(names)) => names.now().values().copied().collect(),
                _ => Vec::new(),
            };
            for number in named {
                if let Some(node) = self.nodes.get_mut(&number) {
                    node.links += 1;
                    if seen.insert(number) && node.is_directory() {
                        open.push(number);
                    }
                }
            }
        }
        self.nodes.retain(|number, _| seen.contains(number));
        let pages = self.nodes.values().filter_map(|node| node.content().ok());
        self.used_pages = pages.map(crate::content::Content::pages).sum();
    }
}
