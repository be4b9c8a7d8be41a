//! The content of one file: what programs see, and what a power cut would leave of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::chance::Chance;

/// Bytes that the disk takes and loses together.
pub(crate) const PAGE_BYTES: usize = 4096;
/// Bytes that are written whole or not at all, even while the power goes.
const SECTOR_BYTES: usize = 512;

type Page = Arc<[u8; PAGE_BYTES]>;

/// Pages up to a length; a page that was never written is a hole of zeros.
#[derive(Clone, Default)]
struct Extent {
    pages: Vec<Option<Page>>,
    length: u64,
}

/// Content now and content on the platter; pages are shared between the two until one is written.
#[derive(Default)]
pub(crate) struct Content {
    now: Extent,
    durable: Extent,
    /// Pages written since the last sync, in order of their first write.
    order: Vec<usize>,
    unsynced: BTreeSet<usize>,
}

impl Content {
    pub(crate) const fn length(&self) -> u64 {
        self.now.length
    }

    /// Pages that take space.
    pub(crate) fn pages(&self) -> u64 {
        self.now.pages.iter().flatten().count() as u64
    }

    pub(crate) fn read(&self, offset: u64, size: usize) -> Vec<u8> {
        let left = usize::try_from(self.now.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; size.min(left)];
        let mut done = 0;
        while done < bytes.len() {
            let (index, within) = place(offset + done as u64);
            let part = (PAGE_BYTES - within).min(bytes.len() - done);
            if let Some(Some(page)) = self.now.pages.get(index) {
                bytes[done..done + part].copy_from_slice(&page[within..within + part]);
            }
            done += part;
        }
        bytes
    }

    /// Writes as much as fits into `free` new pages; answers the bytes written and the new pages.
    pub(crate) fn write(&mut self, offset: u64, bytes: &[u8], free: u64) -> (usize, u64) {
        let (mut done, mut taken) = (0, 0);
        while done < bytes.len() {
            let (index, within) = place(offset + done as u64);
            let is_new = self.now.pages.get(index).is_none_or(Option::is_none);
            if is_new && taken == free {
                break;
            }
            taken += u64::from(is_new);
            let part = (PAGE_BYTES - within).min(bytes.len() - done);
            self.page(index)[within..within + part].copy_from_slice(&bytes[done..done + part]);
            done += part;
        }
        if done > 0 {
            self.now.length = self.now.length.max(offset + done as u64);
        }
        (done, taken)
    }

    /// Cuts the end off, or adds a hole.
    pub(crate) fn resize(&mut self, length: u64) {
        let (last, within) = place(length);
        let kept = last + usize::from(within > 0);
        for index in kept..self.now.pages.len() {
            self.note(index);
        }
        self.now.pages.truncate(kept);
        if within > 0 && matches!(self.now.pages.get(last), Some(Some(_))) {
            self.page(last)[within..].fill(0);
        }
        self.now.length = length;
    }

    /// Makes what is here now survive.
    pub(crate) fn sync(&mut self) {
        self.order.clear();
        for index in std::mem::take(&mut self.unsynced) {
            self.durable.put(index, self.now.pages.get(index).cloned().flatten());
        }
        self.durable.pages.truncate(self.now.pages.len());
        self.durable.length = self.now.length;
    }

    /// Loses what was not synced, but for a prefix of its pages that chance picks; answers the pages lost.
    pub(crate) fn cut(&mut self, chance: Option<&mut Chance>) -> u64 {
        let order = std::mem::take(&mut self.order);
        self.unsynced.clear();
        let kept = chance.map_or(0, |chance| self.survive(&order, chance));
        self.now = self.durable.clone();
        (order.len() - kept) as u64
    }

    /// Lets some of the unsynced pages reach the platter, the last one in part; answers how many are whole.
    fn survive(&mut self, order: &[usize], chance: &mut Chance) -> usize {
        let whole = chance.up_to(order.len());
        for index in &order[..whole] {
            self.survives(*index, PAGE_BYTES);
        }
        if let Some(torn) = order.get(whole) {
            self.survives(*torn, chance.up_to(PAGE_BYTES / SECTOR_BYTES) * SECTOR_BYTES);
        } else if self.now.length < self.durable.length && !order.is_empty() {
            self.durable.pages.truncate(self.now.pages.len());
            self.durable.length = self.now.length;
        }
        whole
    }

    /// The first bytes of one page reach the platter, and the length that names them.
    fn survives(&mut self, index: usize, bytes: usize) {
        let Some(Some(page)) = self.now.pages.get(index).filter(|_| bytes > 0) else { return };
        let mut mixed = *self.durable.pages.get(index).cloned().flatten().unwrap_or_else(zeros);
        mixed[..bytes].copy_from_slice(&page[..bytes]);
        self.durable.put(index, Some(Arc::new(mixed)));
        let end = (index * PAGE_BYTES + bytes) as u64;
        self.durable.length = self.durable.length.max(end.min(self.now.length));
    }

    /// A page to be written: made if it is a hole, copied if the platter has it too.
    fn page(&mut self, index: usize) -> &mut [u8; PAGE_BYTES] {
        self.note(index);
        if self.now.pages.len() <= index {
            self.now.pages.resize(index + 1, None);
        }
        Arc::make_mut(self.now.pages[index].get_or_insert_with(zeros))
    }

    fn note(&mut self, index: usize) {
        if self.unsynced.insert(index) {
            self.order.push(index);
        }
    }
}

impl Extent {
    fn put(&mut self, index: usize, page: Option<Page>) {
        if self.pages.len() <= index {
            self.pages.resize(index + 1, None);
        }
        self.pages[index] = page;
    }
}

fn zeros() -> Page {
    Arc::new([0; PAGE_BYTES])
}

/// Page of a byte, and where in it.
fn place(offset: u64) -> (usize, usize) {
    let page = usize::try_from(offset / PAGE_BYTES as u64).unwrap_or(usize::MAX);
    (page, (offset % PAGE_BYTES as u64) as usize)
}
