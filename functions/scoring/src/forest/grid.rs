//! Values of a block of rows.

/// Values by slot, those of the block's rows beside each other; `WIDTH` is a power of two, so that a slot modulo
/// `WIDTH` is always inside.
pub(crate) type Grid<const WIDTH: usize, const LANES: usize> = [[f64; LANES]; WIDTH];

/// How wide a grid a model needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// Nearly every model.
    Narrow,
    /// Hundreds of features.
    Middle,
    /// As many as a model may have.
    Wide,
}

impl Width {
    pub(crate) const NARROW: usize = 256;
    pub(crate) const MIDDLE: usize = 1_024;
    pub(crate) const WIDE: usize = 65_536;

    pub(super) const fn of(slots: usize) -> Self {
        match slots {
            0..=Self::NARROW => Self::Narrow,
            ..=Self::MIDDLE => Self::Middle,
            _ => Self::Wide,
        }
    }
}
