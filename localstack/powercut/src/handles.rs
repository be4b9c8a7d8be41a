//! Files and directories that the kernel has open.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fuser::FileHandle;

use crate::{Attributes, Handle, Refusal};

/// Handles by number.
#[derive(Default)]
pub(crate) struct Handles(Mutex<Open>);

#[derive(Default)]
struct Open {
    next: u64,
    handles: HashMap<u64, Opened>,
}

struct Opened {
    handle: Handle,
    /// Entries of a directory as they were when its listing began.
    listing: Vec<(OsString, Attributes)>,
}

impl Handles {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a handle a number.
    pub(crate) fn keep(&self, handle: Handle) -> FileHandle {
        let mut open = self.open();
        open.next += 1;
        let number = open.next;
        open.handles.insert(number, Opened { handle, listing: Vec::new() });
        FileHandle(number)
    }

    pub(crate) fn get(&self, number: FileHandle) -> Result<Handle, Refusal> {
        self.open().handles.get(&number.0).map(|opened| opened.handle).ok_or(Refusal::Power)
    }

    pub(crate) fn take(&self, number: FileHandle) -> Option<Handle> {
        self.open().handles.remove(&number.0).map(|opened| opened.handle)
    }

    /// Remembers a directory's entries for the rest of its listing.
    pub(crate) fn list(&self, number: FileHandle, listing: Vec<(OsString, Attributes)>) {
        if let Some(opened) = self.open().handles.get_mut(&number.0) {
            opened.listing = listing;
        }
    }

    /// Calls `take` with entries from `offset` on, each with the offset behind it, until it answers that it is full.
    pub(crate) fn entries(
        &self,
        number: FileHandle,
        offset: u64,
        mut take: impl FnMut(u64, &(OsString, Attributes)) -> bool,
    ) {
        let open = self.open();
        let listing = open.handles.get(&number.0).map_or(&[][..], |opened| &opened.listing);
        for (index, listed) in (0_u64..).zip(listing).skip(usize::try_from(offset).unwrap_or(usize::MAX)) {
            if take(index + 1, listed) {
                break;
            }
        }
    }
}
