//! Gauss–Legendre quadrature from 0 to 1.

/// Points and weights that integrate every polynomial of a degree below `2 N`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quadrature<const N: usize> {
    pub(super) points: [f64; N],
    pub(super) weights: [f64; N],
}

/// More than Newton's method needs from Tricomi's first guess.
const NEWTON_STEPS: usize = 8;

impl<const N: usize> Quadrature<N> {
    /// Roots of the Legendre polynomial of degree `N` by Newton's method (Press and others, Numerical Recipes, 4.6).
    pub(super) fn new() -> Self {
        let (mut points, mut weights) = ([0.0; N], [0.0; N]);
        for (place, (point, weight)) in points.iter_mut().zip(&mut weights).enumerate() {
            let mut root = libm::cos(core::f64::consts::PI * (place as f64 + 0.75) / (N as f64 + 0.5));
            for _ in 0..NEWTON_STEPS {
                let (value, slope) = legendre(N, root);
                root -= value / slope;
            }
            let (_, slope) = legendre(N, root);
            *point = 0.5 - 0.5 * root;
            *weight = 1.0 / ((1.0 - root * root) * slope * slope);
        }
        Self { points, weights }
    }
}

/// Value and slope of the Legendre polynomial of a degree, inside (−1, 1).
fn legendre(degree: usize, at: f64) -> (f64, f64) {
    let (mut before, mut value) = (0.0, 1.0);
    for step in 1..=degree {
        let step = step as f64;
        let next = ((2.0 * step - 1.0) * at * value - (step - 1.0) * before) / step;
        (before, value) = (value, next);
    }
    (value, degree as f64 * (at * value - before) / (at * at - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst_error<const N: usize>() -> f64 {
        let Quadrature { points, weights } = Quadrature::<N>::new();
        let error = |degree: usize| {
            let power = |point: f64| (0..degree).fold(1.0, |power, _| power * point);
            let sum: f64 = points.iter().zip(weights).map(|(point, weight)| weight * power(*point)).sum();
            (sum * (degree + 1) as f64 - 1.0).abs()
        };
        (0..2 * N).map(error).fold(0.0, |worst, error| if error > worst { error } else { worst })
    }

    #[test]
    fn polynomials_below_twice_the_points_are_integrated_without_error() {
        let errors = [
            worst_error::<2>(),
            worst_error::<4>(),
            worst_error::<8>(),
            worst_error::<16>(),
            worst_error::<32>(),
        ];
        assert!(errors.iter().all(|error| *error < 1e-13), "{errors:?}");
    }
}
