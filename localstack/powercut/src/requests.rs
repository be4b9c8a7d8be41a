//! What the kernel asks, answered from the disk.

use std::ffi::OsStr;
use std::time::SystemTime;

use fuser::{
    BsdFileFlags, Errno, FileHandle, Filesystem, FopenFlags, Generation, INodeNo, LockOwner, OpenFlags,
    RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen,
    ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use crate::content::PAGE_BYTES;
use crate::handles::Handles;
use crate::{Refusal, Switch, replies};

/// A disk as a file system.
pub(crate) struct Requests {
    switch: Switch,
    handles: Handles,
}

impl Requests {
    pub(crate) fn new(switch: Switch) -> Self {
        Self { switch, handles: Handles::default() }
    }

    fn close(&self, number: FileHandle) {
        if let Some(handle) = self.handles.take(number) {
            self.switch.disk().close(handle);
        }
    }

    fn open_node(&self, node: INodeNo) -> Result<FileHandle, Refusal> {
        let handle = self.switch.disk().open(node.0)?;
        Ok(self.handles.keep(handle))
    }

    /// Takes as long as the switch says, then syncs, if the power is still on.
    fn sync(&self, number: FileHandle, is_directory: bool) -> Result<(), Refusal> {
        let handle = self.handles.get(number)?;
        let takes = self.switch.sync_takes();
        if !takes.is_zero() {
            std::thread::sleep(takes);
        }
        let mut disk = self.switch.disk();
        if is_directory { disk.sync_names(handle) } else { disk.sync(handle) }
    }
}

impl Filesystem for Requests {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        replies::entry(self.switch.disk().find(parent.0, name), reply);
    }

    fn getattr(&self, _: &Request, node: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        replies::attribute(self.switch.disk().attributes(node.0), reply);
    }

    fn setattr(
        &self,
        _: &Request,
        node: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        number: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let handle = number.map(|number| self.handles.get(number)).transpose();
        let mut disk = self.switch.disk();
        let changed = handle.and_then(|handle| {
            handle.map_or(Ok(()), |handle| disk.alive(handle))?;
            mode.map_or(Ok(()), |mode| disk.set_mode(node.0, mode & 0o7777))?;
            size.map_or(Ok(()), |size| disk.resize(node.0, size))?;
            disk.attributes(node.0)
        });
        replies::attribute(changed, reply);
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, mode: u32, umask: u32, reply: ReplyEntry) {
        replies::entry(self.switch.disk().make(parent.0, name, mode & !umask & 0o7777, true), reply);
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let made = self.switch.disk().make(parent.0, name, mode & !umask & 0o7777, false);
        match made.and_then(|made| Ok((made, self.open_node(INodeNo(made.node))?))) {
            Ok((made, number)) => {
                reply.created(
                    &replies::TTL,
                    &replies::attr(&made),
                    Generation(0),
                    number,
                    FopenFlags::FOPEN_DIRECT_IO,
                );
            }
            Err(refusal) => reply.error(replies::errno(refusal)),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        replies::empty(self.switch.disk().remove(parent.0, name, false), reply);
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        replies::empty(self.switch.disk().remove(parent.0, name, true), reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        to: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let mut disk = self.switch.disk();
        let is_free = || matches!(disk.find(to.0, new_name), Err(Refusal::Missing));
        if flags.contains(RenameFlags::RENAME_EXCHANGE) {
            reply.error(Errno::EINVAL);
        } else if flags.contains(RenameFlags::RENAME_NOREPLACE) && !is_free() {
            reply.error(Errno::EEXIST);
        } else {
            replies::empty(disk.rename((parent.0, name), (to.0, new_name)), reply);
        }
    }

    fn link(&self, _: &Request, node: INodeNo, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        replies::entry(self.switch.disk().link(node.0, parent.0, name), reply);
    }

    fn open(&self, _: &Request, node: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.open_node(node) {
            // Without the kernel's page cache, which a cut would not empty.
            Ok(number) => reply.opened(number, FopenFlags::FOPEN_DIRECT_IO),
            Err(refusal) => reply.error(replies::errno(refusal)),
        }
    }

    fn read(
        &self,
        _: &Request,
        _: INodeNo,
        number: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let handle = self.handles.get(number);
        match handle.and_then(|handle| self.switch.disk().read(handle, offset, size as usize)) {
            Ok(bytes) => reply.data(&bytes),
            Err(refusal) => reply.error(replies::errno(refusal)),
        }
    }

    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        number: FileHandle,
        offset: u64,
        bytes: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let handle = self.handles.get(number);
        match handle.and_then(|handle| self.switch.disk().write(handle, offset, bytes)) {
            Ok(written) => reply.written(written as u32),
            Err(refusal) => reply.error(replies::errno(refusal)),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, number: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        replies::empty(self.handles.get(number).and_then(|handle| self.switch.disk().alive(handle)), reply);
    }

    fn release(
        &self,
        _: &Request,
        _: INodeNo,
        number: FileHandle,
        _: OpenFlags,
        _: Option<LockOwner>,
        _: bool,
        reply: ReplyEmpty,
    ) {
        self.close(number);
        reply.ok();
    }

    fn fsync(&self, _: &Request, _: INodeNo, number: FileHandle, _: bool, reply: ReplyEmpty) {
        replies::empty(self.sync(number, false), reply);
    }

    fn opendir(&self, _: &Request, node: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.open_node(node) {
            Ok(number) => reply.opened(number, FopenFlags::empty()),
            Err(refusal) => reply.error(replies::errno(refusal)),
        }
    }

    fn readdir(&self, _: &Request, _: INodeNo, number: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        if offset == 0 {
            let listed = self.handles.get(number).and_then(|handle| self.switch.disk().list(handle));
            match listed {
                Ok(listing) => self.handles.list(number, listing),
                Err(refusal) => return reply.error(replies::errno(refusal)),
            }
        }
        self.handles.entries(number, offset, |next, (name, attributes)| {
            reply.add(INodeNo(attributes.node), next, replies::kind(attributes), name)
        });
        reply.ok();
    }

    fn releasedir(&self, _: &Request, _: INodeNo, number: FileHandle, _: OpenFlags, reply: ReplyEmpty) {
        self.close(number);
        reply.ok();
    }

    fn fsyncdir(&self, _: &Request, _: INodeNo, number: FileHandle, _: bool, reply: ReplyEmpty) {
        replies::empty(self.sync(number, true), reply);
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let disk = self.switch.disk();
        let free = disk.free_pages().min(1 << 30);
        let page = PAGE_BYTES as u32;
        reply.statfs(disk.used_pages + free, free, free, 1 << 30, 1 << 30, page, 255, page);
    }
}
