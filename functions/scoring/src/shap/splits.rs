//! A tree as explanations read it.

/// A tree. Its nodes have numbers: splits level by level, then twigs, then the leaves that hang on splits.
#[derive(Clone, Debug, Default)]
pub(super) struct Splits {
    pub(super) splits: Vec<Split>,
    pub(super) twigs: Vec<Twig>,
    pub(super) leaves: Vec<f64>,
    /// Shares of earlier splits, by place of the curve after the common ones.
    pub(super) earlier_shares: Vec<f64>,
    /// Most features on the way to a leaf.
    pub(super) most_features: usize,
}

/// A split above others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) fork: Fork,
    /// Numbers of the left and the right child.
    pub(super) children: [u32; 2],
}

/// A split whose children are leaves: half of a tree's splits, and the cheaper ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twig {
    pub(super) fork: Fork,
    /// Values of the left and the right leaf.
    pub(super) leaves: [f64; 2],
}

/// Where a row goes left or right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fork {
    pub(super) threshold: f64,
    /// Share of training rows that went left and right.
    pub(super) shares: [f64; 2],
    pub(super) feature: u32,
    /// Place of its curve while the row takes the way here at all splits above on the same feature.
    pub(super) curve: u32,
    /// The nearest split above on the same feature, and the side that leads here.
    pub(super) earlier: Option<Step>,
    pub(super) missing_left: bool,
}

/// One step down from a split.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) split: u32,
    /// 0 to the left, 1 to the right.
    pub(super) side: u8,
}

/// Curve of forks whose row left the way at an earlier split on the same feature.
pub(super) const DEAD_CURVE: u32 = 0;
/// Curve of forks whose feature was not met before.
pub(super) const FIRST_CURVE: u32 = 1;
/// Curves that every tree has.
pub(super) const COMMON_CURVES: usize = 2;
