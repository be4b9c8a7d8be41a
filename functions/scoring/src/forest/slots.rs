//! Which values splits compare.

use super::scale;

/// A feature with a way for its missing values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) feature: usize,
    /// What stands for a missing value: below every threshold where that goes left, else above every one. So a
    /// split is one comparison, and the same one for a value that is there.
    missing: f64,
}

impl Slot {
    pub(super) const fn resolve(self, value: f64) -> f64 {
        if value.is_nan() { self.missing } else { value }
    }
}

/// The slots of a model, each once.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    list: Vec<Slot>,
    /// By feature and way, left first: the slot's place.
    known: Vec<[Option<u16>; 2]>,
}

impl Slots {
    pub(super) fn new(features: usize) -> Self {
        Self { list: Vec::new(), known: vec![[None; 2]; features] }
    }

    /// Place of a slot, which is made if there is none yet. A checked model has too few features to run out of
    /// places.
    pub(super) fn place(&mut self, feature: usize, missing_left: bool) -> u16 {
        let known = &mut self.known[feature][usize::from(!missing_left)];
        *known.get_or_insert_with(|| {
            let missing = if missing_left { f64::NEG_INFINITY } else { f64::INFINITY };
            self.list.push(Slot { feature, missing });
            u16::try_from(self.list.len() - 1).unwrap_or(u16::MAX)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Slots of a feature, each with what stands for a missing value where ranks stand for values.
    pub(super) fn ranked(&self, feature: usize) -> Vec<(usize, i8)> {
        let known = self.known.get(feature).into_iter().flatten().zip([scale::LEAST, scale::GREATEST]);
        known.filter_map(|(slot, missing)| Some((usize::from((*slot)?), missing))).collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.list.iter()
    }
}
