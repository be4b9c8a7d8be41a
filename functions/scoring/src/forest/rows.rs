//! Values of rows, as splits read them.

/// A row's values by slot. `SIZE` is a power of two and [`PADDING`], so that a slot modulo that power is always
/// inside, and rows one after the other do not fall on the same lines of the cache.
pub(crate) type Row<const SIZE: usize> = [f64; SIZE];

/// Places of a row that no slot has.
pub(super) const PADDING: usize = 8;

/// How long rows a model needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowSize {
    /// Nearly every model.
    Short,
    /// Hundreds of features.
    Long,
    /// As many as a model may have.
    Longest,
}

impl RowSize {
    pub(crate) const SHORT: usize = 256 + PADDING;
    pub(crate) const LONG: usize = 1_024 + PADDING;
    pub(crate) const LONGEST: usize = 65_536 + PADDING;

    pub(super) const fn of(slots: usize) -> Self {
        if slots + PADDING <= Self::SHORT {
            Self::Short
        } else if slots + PADDING <= Self::LONG {
            Self::Long
        } else {
            Self::Longest
        }
    }
}

/// The value that a slot names.
#[inline]
pub(super) fn value<const SIZE: usize>(row: &Row<SIZE>, slot: u16) -> f64 {
    row[usize::from(slot) % (SIZE - PADDING)]
}
