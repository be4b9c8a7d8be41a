//! Records between reading them and having them done.

/// Records read, and how far the handler has come in them.
pub(crate) struct Batch<R> {
    pub(crate) sequences: Vec<String>,
    pub(crate) records: Vec<R>,
    pub(crate) done: usize,
    /// Most records in the next call; halves while whole calls fail.
    pub(crate) size: usize,
    /// Calls that failed since the last progress.
    pub(crate) failures: u32,
    /// Of these, those in which the first record alone was to blame.
    pub(crate) tries: u32,
}

impl<R> Batch<R> {
    pub(crate) fn new(read: Vec<(String, R)>) -> Self {
        let (sequences, records): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        let size = records.len();
        Self { sequences, records, done: 0, size, failures: 0, tries: 0 }
    }

    pub(crate) fn end(&self) -> usize {
        self.records.len().min(self.done + self.size)
    }

    pub(crate) fn advance(&mut self, number: usize) {
        self.done += number;
        (self.size, self.failures, self.tries) = (self.records.len(), 0, 0);
    }
}
