//! Exact path-dependent `TreeSHAP`.
//!
//! The value of feature `i` in a tree is a sum over its leaves, with `z` the share of training rows that a path's
//! splits on a feature let through and `o` whether they let this row through:
//!
//! ```text
//! φᵢ = Σ leaf · (oᵢ − zᵢ) · Σₛ |S|! (d − 1 − |S|)! / d! · Π_{j ∈ S} oⱼ · Π_{j ∉ S} zⱼ
//!    = Σ leaf · (oᵢ − zᵢ) · ∫₀¹ Π_{j ≠ i} (oⱼ t + zⱼ (1 − t)) dt
//! ```
//!
//! since the factorials are the integral of `tᵏ (1 − t)^(d − 1 − k)`. The integrand is a polynomial of degree below
//! `d`, which Gauss–Legendre quadrature with `d / 2` points integrates without error. At one point, the products of
//! all leaves are had by going down the tree once and coming up once, so a tree costs its nodes times its points.
//! A feature that is met again replaces its earlier factor by the joint one. The values are those of Lundberg and
//! others 2020, algorithm 2; the idea of polynomials at points is that of Linear `TreeSHAP`, Yu and others 2022.

mod curve;
mod explainer;
mod lay_out;
mod mean;
mod memory;
mod quadrature;
mod splits;
mod walk;

pub(crate) use explainer::Explainer;
pub(crate) use mean::mean;
pub(crate) use memory::Memory;
