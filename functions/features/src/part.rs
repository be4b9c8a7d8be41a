//! Pieces of a state that are stored beside its head.

/// A piece that may or may not be at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<T> {
    /// Name under which it is stored as it is now; `None` if it is not.
    pub(crate) number: Option<u64>,
    /// What it holds; `None` while it is not loaded.
    pub(crate) body: Option<T>,
}

impl<T> Part<T> {
    /// A piece that is not stored yet.
    pub(crate) const fn new(body: T) -> Self {
        Self { number: None, body: Some(body) }
    }

    /// A piece that is stored and not loaded.
    pub(crate) const fn stored(number: u64) -> Self {
        Self { number: Some(number), body: None }
    }

    /// Its name, if it has to be loaded before it can be used.
    pub(crate) const fn missing(&self) -> Option<u64> {
        if self.body.is_none() { self.number } else { None }
    }

    /// To change it: what is stored under its name is out of date from then on.
    pub(crate) fn touch(&mut self, removed: &mut Vec<u64>) -> Option<&mut T> {
        let body = self.body.as_mut()?;
        removed.extend(self.number.take());
        Some(body)
    }

    /// Gives it up.
    pub(crate) fn remove(self, removed: &mut Vec<u64>) -> Option<T> {
        removed.extend(self.number);
        self.body
    }
}
