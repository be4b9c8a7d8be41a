//! Sums of derivatives by bin, in whole numbers: the order of the rows cannot change them.

use std::ops::{AddAssign, Sub};

use crate::bins::Binned;

/// Derivatives of the loss are counted in units of 2⁻³⁰; with at most 1 a row, 2³³ rows fit.
const UNIT: f64 = (1_u64 << 30) as f64;

/// Sums over some rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    gradient: i64,
    hessian: i64,
    pub(crate) rows: u32,
}

impl Sums {
    /// First and second derivative of one row's loss.
    pub(crate) fn of(gradient: f64, hessian: f64) -> Self {
        Self { gradient: (gradient * UNIT).round() as i64, hessian: (hessian * UNIT).round() as i64, rows: 1 }
    }

    pub(crate) fn gradient(&self) -> f64 {
        self.gradient as f64 / UNIT
    }

    pub(crate) fn hessian(&self) -> f64 {
        self.hessian as f64 / UNIT
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.rows += other.rows;
    }
}

impl Sub for Sums {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }
}

/// Sums of a node by feature and bin.
pub(crate) struct Histogram {
    sums: Vec<Vec<Sums>>,
}

impl Histogram {
    pub(crate) fn new(binned: &Binned, derivatives: &[Sums], rows: &[u32]) -> Self {
        let of_column = |(feature, column): (usize, &Vec<u8>)| {
            let mut sums = vec![Sums::default(); binned.bins(feature)];
            for row in rows {
                sums[usize::from(column[*row as usize])] += derivatives[*row as usize];
            }
            sums
        };
        Self { sums: binned.columns.iter().enumerate().map(of_column).collect() }
    }

    /// What is left of a parent without this child: its other child.
    pub(crate) fn sibling(&self, parent: &Self) -> Self {
        let rest = |(parent, child): (&Vec<Sums>, &Vec<Sums>)| {
            parent.iter().zip(child).map(|(parent, child)| *parent - *child).collect()
        };
        Self { sums: parent.sums.iter().zip(&self.sums).map(rest).collect() }
    }

    /// Sums of a feature by bin.
    pub(crate) fn feature(&self, feature: usize) -> &[Sums] {
        &self.sums[feature]
    }
}
