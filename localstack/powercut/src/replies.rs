//! What the disk answers, in the kernel's words.

use std::time::Duration;

use fuser::{Errno, FileAttr, FileType, Generation, INodeNo, ReplyAttr, ReplyEmpty, ReplyEntry};

use crate::content::PAGE_BYTES;
use crate::{Attributes, Refusal};

/// Nothing is remembered by the kernel, so that nothing outlives a cut there.
pub(crate) const TTL: Duration = Duration::ZERO;

pub(crate) const fn errno(refusal: Refusal) -> Errno {
    match refusal {
        Refusal::Power => Errno::EIO,
        Refusal::Full => Errno::ENOSPC,
        Refusal::Missing => Errno::ENOENT,
        Refusal::Exists => Errno::EEXIST,
        Refusal::NotDirectory => Errno::ENOTDIR,
        Refusal::IsDirectory => Errno::EISDIR,
        Refusal::NotEmpty => Errno::ENOTEMPTY,
    }
}

pub(crate) const fn kind(attributes: &Attributes) -> FileType {
    if attributes.is_directory { FileType::Directory } else { FileType::RegularFile }
}

pub(crate) fn attr(attributes: &Attributes) -> FileAttr {
    FileAttr {
        ino: INodeNo(attributes.node),
        size: attributes.length,
        blocks: attributes.taken / 512,
        atime: attributes.modified,
        mtime: attributes.modified,
        ctime: attributes.modified,
        crtime: attributes.modified,
        kind: kind(attributes),
        perm: attributes.mode as u16,
        nlink: attributes.links,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: PAGE_BYTES as u32,
        flags: 0,
    }
}

pub(crate) fn entry(found: Result<Attributes, Refusal>, reply: ReplyEntry) {
    match found {
        Ok(found) => reply.entry(&TTL, &attr(&found), Generation(0)),
        Err(refusal) => reply.error(errno(refusal)),
    }
}

pub(crate) fn attribute(found: Result<Attributes, Refusal>, reply: ReplyAttr) {
    match found {
        Ok(found) => reply.attr(&TTL, &attr(&found)),
        Err(refusal) => reply.error(errno(refusal)),
    }
}

pub(crate) fn empty(done: Result<(), Refusal>, reply: ReplyEmpty) {
    match done {
        Ok(()) => reply.ok(),
        Err(refusal) => reply.error(errno(refusal)),
    }
}
