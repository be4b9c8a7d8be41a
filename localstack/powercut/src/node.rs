//! One file or directory.

use std::time::SystemTime;

use crate::Refusal;
use crate::content::Content;
use crate::disk::NodeId;
use crate::names::Names;

pub(crate) enum Kind {
    File(Content),
    Directory(Names),
}

pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    pub(crate) modified: SystemTime,
    /// Names that lead here now.
    pub(crate) links: u32,
    /// Handles that are open; their node stays though no name leads to it.
    pub(crate) opens: u32,
    /// The directory that a directory lies in.
    pub(crate) parent: NodeId,
}

impl Node {
    pub(crate) fn new(kind: Kind, mode: u32, parent: NodeId) -> Self {
        Self { kind, mode, modified: SystemTime::now(), links: 1, opens: 0, parent }
    }

    pub(crate) const fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory(_))
    }

    pub(crate) const fn names(&self) -> Result<&Names, Refusal> {
        match &self.kind {
            Kind::Directory(names) => Ok(names),
            Kind::File(_) => Err(Refusal::NotDirectory),
        }
    }

    pub(crate) const fn names_mut(&mut self) -> Result<&mut Names, Refusal> {
        match &mut self.kind {
            Kind::Directory(names) => Ok(names),
            Kind::File(_) => Err(Refusal::NotDirectory),
        }
    }

    pub(crate) const fn content(&self) -> Result<&Content, Refusal> {
        match &self.kind {
            Kind::File(content) => Ok(content),
            Kind::Directory(_) => Err(Refusal::IsDirectory),
        }
    }

    pub(crate) const fn content_mut(&mut self) -> Result<&mut Content, Refusal> {
        match &mut self.kind {
            Kind::File(content) => Ok(content),
            Kind::Directory(_) => Err(Refusal::IsDirectory),
        }
    }
}
