//! Personal data in memory: it can be used, never printed.

/// A personal value. It has no `Debug`, no `Display` and no `Serialize`, so that it cannot reach a log,
/// an error or a file by accident; whoever needs the value says so with [`Sensitive::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Takes a personal value in.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; every call is a place where personal data is used.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}
