//! How large stored states are.

use serde::Serialize;
use weir_events::{EntityKey, EntityKind};
use weir_features::EntityState;
use weir_store::{PartKey, Store, StoreError, StoredState};

const PAGE: usize = 1_000;

/// Sizes of some stored things, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Half are at most so large.
    pub p50: usize,
    /// 99 of 100 are at most so large.
    pub p99: usize,
    /// The largest.
    pub max: usize,
}

/// Sizes of the states of one kind, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateSizes {
    /// Name of the kind.
    pub kind: &'static str,
    /// Entities that have a state.
    pub states: usize,
    /// Of these, with older events in time tiles only.
    pub tiled: usize,
    /// Heads: read and written with every event.
    pub head: Spread,
    /// Number of pieces beside the heads.
    pub parts: usize,
    /// Sizes of such a piece.
    pub part: Spread,
    /// Head and pieces of one entity together.
    pub whole: Spread,
    /// Everything.
    pub bytes: usize,
}

#[derive(Default)]
struct Sizes {
    heads: Vec<usize>,
    parts: Vec<usize>,
    wholes: Vec<usize>,
    tiled: usize,
}

/// Reads every state of the store, page by page; answers the sizes of each kind that has any.
///
/// # Errors
/// If the store fails, or a head cannot be read.
pub async fn state_sizes(store: &dyn Store) -> Result<Vec<StateSizes>, StoreError> {
    let mut found = Vec::new();
    for kind in EntityKind::ALL {
        let mut sizes = Sizes::default();
        let mut after = None;
        loop {
            let page = store.list_states(kind, after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            sizes.take(store, &page).await?;
        }
        found.extend((!sizes.heads.is_empty()).then(|| sizes.of(kind)));
    }
    Ok(found)
}

impl Sizes {
    async fn take(&mut self, store: &dyn Store, page: &[(EntityKey, StoredState)]) -> Result<(), StoreError> {
        let mut asked: Vec<PartKey> = Vec::new();
        let first = self.wholes.len();
        for (entity, stored) in page {
            let state = EntityState::read(&stored.bytes).map_err(|error| StoreError::Damaged {
                what: "state",
                key: entity.to_string(),
                detail: error.to_string(),
            })?;
            self.tiled += usize::from(state.is_tiled());
            self.heads.push(stored.bytes.len());
            self.wholes.push(stored.bytes.len());
            asked.extend(state.part_numbers().into_iter().map(|number| PartKey { entity: *entity, number }));
        }
        let places = page.iter().zip(first..).map(|((entity, _), place)| (*entity, place));
        let places: std::collections::BTreeMap<EntityKey, usize> = places.collect();
        for asked in asked.chunks(PAGE) {
            for (part, bytes) in asked.iter().zip(store.parts(asked).await?) {
                // One that is gone was replaced since its head was read.
                let length = bytes.map_or(0, |bytes| bytes.len());
                self.parts.push(length);
                let whole = places.get(&part.entity).and_then(|place| self.wholes.get_mut(*place));
                whole.into_iter().for_each(|whole| *whole += length);
            }
        }
        Ok(())
    }

    fn of(self, kind: EntityKind) -> StateSizes {
        StateSizes {
            kind: kind.name(),
            states: self.heads.len(),
            tiled: self.tiled,
            bytes: self.wholes.iter().sum(),
            parts: self.parts.len(),
            head: Spread::of(self.heads),
            part: Spread::of(self.parts),
            whole: Spread::of(self.wholes),
        }
    }
}

impl Spread {
    fn of(mut sizes: Vec<usize>) -> Self {
        sizes.sort_unstable();
        let at = |percent: usize| {
            let place = (sizes.len() * percent).div_ceil(100).saturating_sub(1);
            sizes.get(place).copied().unwrap_or(0)
        };
        Self { p50: at(50), p99: at(99), max: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_names_sizes_that_occur() {
        assert_eq!(Spread::of(Vec::new()), Spread::default());
        assert_eq!(Spread::of((1..=1_000).rev().collect()), Spread { p50: 500, p99: 990, max: 1_000 });
    }
}
