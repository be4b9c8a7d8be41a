//! Working memory of explanations.

/// Reused from tree to tree and from row to row; by number of points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(super) two: Vec<State<2>>,
    pub(super) four: Vec<State<4>>,
    pub(super) eight: Vec<State<8>>,
    pub(super) sixteen: Vec<State<16>>,
    pub(super) most: Vec<State<32>>,
}

/// What a row makes of one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct State<const N: usize> {
    /// Weight of the point times all factors on the way to the node.
    pub(super) weights: [f64; N],
    /// Values of the leaves below the node times the factors on the way from it.
    pub(super) values: [f64; N],
    /// Factor of the side that the row takes.
    pub(super) hot: [f64; N],
    /// Factor of the other side.
    pub(super) cold: [f64; N],
    pub(super) way: Way,
}

/// What a row does at a fork.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Way {
    /// The side that it takes, 0 left, 1 right.
    pub(super) side: u8,
    /// Place of the curve that holds for it.
    pub(super) curve: u32,
}

impl<const N: usize> State<N> {
    pub(super) const EMPTY: Self = Self {
        weights: [0.0; N],
        values: [0.0; N],
        hot: [0.0; N],
        cold: [0.0; N],
        way: Way { side: 0, curve: 0 },
    };
}
