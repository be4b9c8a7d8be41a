//! How a split changes the integrand, at each point.

use super::quadrature::Quadrature;

/// With `z` the share of earlier splits on the same feature, which let the row through, and `f = t + z (1 − t)` their
/// factor: a child's factor over theirs is `share · cold`, and `hot` more on the side that the row takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve<const N: usize> {
    /// `z (1 − t) / f`
    pub(super) cold: [f64; N],
    /// `t / f`
    pub(super) hot: [f64; N],
    /// `z / f²`: what the feature gains of the difference between the sides, before the share of the cold one. (The
    /// gain of the children's joint factors over the earlier one, after simplification; the same for both sides.)
    pub(super) gain: [f64; N],
}

impl<const N: usize> Curve<N> {
    /// Of a split whose row an earlier split on the same feature sent another way: nothing is to be gained any more.
    pub(super) const DEAD: Self = Self { cold: [1.0; N], hot: [0.0; N], gain: [0.0; N] };

    pub(super) fn new(quadrature: &Quadrature<N>, share: f64) -> Self {
        let earlier = quadrature.points.map(|point| point + share * (1.0 - point));
        let over = |value: &dyn Fn(f64, f64) -> f64| {
            let mut values = [0.0; N];
            for ((result, point), earlier) in values.iter_mut().zip(quadrature.points).zip(earlier) {
                *result = value(point, earlier);
            }
            values
        };
        Self {
            cold: over(&|point, earlier| share * (1.0 - point) / earlier),
            hot: over(&|point, earlier| point / earlier),
            gain: over(&|_, earlier| share / (earlier * earlier)),
        }
    }
}
