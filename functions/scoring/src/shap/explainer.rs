//! All trees of a model, laid out for explanations.

use super::curve::Curve;
use super::memory::Memory;
use super::quadrature::Quadrature;
use super::splits::{Split, Splits, Twig};
use super::walk::add_contributions;
use crate::model_file::Tree;

/// Trees in the order in which they are summed up.
#[derive(Clone, Debug)]
pub(crate) struct Explainer {
    trees: Vec<Sized>,
    two: Quadrature<2>,
    four: Quadrature<4>,
    eight: Quadrature<8>,
    sixteen: Quadrature<16>,
    most: Quadrature<32>,
}

/// A tree by the number of points that it needs: half the number of features on its longest way, rounded up.
#[derive(Clone, Debug)]
enum Sized {
    Two(Laid<2>),
    Four(Laid<4>),
    Eight(Laid<8>),
    Sixteen(Laid<16>),
    /// Enough for the deepest tree that is taken.
    Most(Laid<32>),
}

/// A tree with its curves.
#[derive(Clone, Debug)]
pub(super) struct Laid<const N: usize> {
    pub(super) splits: Vec<Split>,
    pub(super) twigs: Vec<Twig>,
    pub(super) leaves: Vec<f64>,
    /// Those of every tree, then one for each fork on a feature that was met before.
    pub(super) curves: Vec<Curve<N>>,
}

impl<const N: usize> Laid<N> {
    fn new(tree: Splits, quadrature: &Quadrature<N>) -> Self {
        let Splits { splits, twigs, leaves, earlier_shares, .. } = tree;
        let met = earlier_shares.into_iter().map(|share| Curve::new(quadrature, share));
        let curves = [Curve::DEAD, Curve::new(quadrature, 1.0)].into_iter().chain(met).collect();
        Self { splits, twigs, leaves, curves }
    }
}

impl Explainer {
    /// Lays out checked trees.
    pub(crate) fn new(trees: &[Tree]) -> Self {
        let mut explainer = Self {
            trees: Vec::with_capacity(trees.len()),
            two: Quadrature::new(),
            four: Quadrature::new(),
            eight: Quadrature::new(),
            sixteen: Quadrature::new(),
            most: Quadrature::new(),
        };
        for tree in trees {
            let tree = explainer.lay_out(Splits::new(tree));
            explainer.trees.push(tree);
        }
        explainer
    }

    fn lay_out(&self, tree: Splits) -> Sized {
        match tree.most_features {
            0..=4 => Sized::Two(Laid::new(tree, &self.two)),
            5..=8 => Sized::Four(Laid::new(tree, &self.four)),
            9..=16 => Sized::Eight(Laid::new(tree, &self.eight)),
            17..=32 => Sized::Sixteen(Laid::new(tree, &self.sixteen)),
            _ => Sized::Most(Laid::new(tree, &self.most)),
        }
    }

    /// Adds what each feature contributes to the raw score of a row.
    pub(crate) fn add(&self, row: &[f64], memory: &mut Memory, contributions: &mut [f64]) {
        for tree in &self.trees {
            match tree {
                Sized::Two(tree) => {
                    add_contributions(tree, &self.two.weights, row, &mut memory.two, contributions)
                }
                Sized::Four(tree) => {
                    add_contributions(tree, &self.four.weights, row, &mut memory.four, contributions)
                }
                Sized::Eight(tree) => {
                    add_contributions(tree, &self.eight.weights, row, &mut memory.eight, contributions)
                }
                Sized::Sixteen(tree) => {
                    add_contributions(tree, &self.sixteen.weights, row, &mut memory.sixteen, contributions)
                }
                Sized::Most(tree) => {
                    add_contributions(tree, &self.most.weights, row, &mut memory.most, contributions)
                }
            }
        }
    }
}
