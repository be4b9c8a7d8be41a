//! Reading many things at once.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures::stream::{StreamExt, TryStreamExt, iter};
use weir_events::EntityKey;
use weir_store::{StoreError, StoredState};

use crate::fault::{Fault, Meaning};
use crate::item;
use crate::keys::{Attributes, Place};
use crate::retry::{Patience, Pauses};
use crate::store::Inner;

/// Most keys that one request takes.
const KEYS: usize = 100;

/// What was found, by place.
pub(crate) type Found = HashMap<Place, Attributes>;

impl Inner {
    /// Reads places of one table: those that were lately seen to be stale consistently, the others for half the price.
    pub(crate) async fn read(&self, table: &str, places: &[Place]) -> Result<Found, StoreError> {
        let mut seen = HashSet::new();
        let once = places.iter().filter(|place| seen.insert(*place));
        let (suspect, rest): (Vec<&Place>, Vec<&Place>) = once.partition(|place| self.suspects.holds(place));
        let mut found = self.read_as(table, &suspect, true).await?;
        found.extend(self.read_as(table, &rest, false).await?);
        Ok(found)
    }

    /// Heads in order of the entities: those that the process remembers, unless they are suspect or the newest are
    /// asked for, the others as they are stored.
    pub(crate) async fn heads(
        &self,
        entities: &[EntityKey],
        is_newest: bool,
    ) -> Result<Vec<StoredState>, StoreError> {
        let mut known = HashMap::new();
        for entity in entities {
            let is_sure = !is_newest && !self.suspects.holds(&Place::head(*entity));
            known.extend(self.heads.get(entity).filter(|_| is_sure).map(|state| (*entity, state)));
        }
        let unknown = entities.iter().filter(|entity| !known.contains_key(*entity));
        let unknown: Vec<Place> = unknown.map(|entity| Place::head(*entity)).collect();
        let table = self.settings.states_table.as_str();
        let found = if is_newest {
            let once: HashSet<&Place> = unknown.iter().collect();
            self.read_as(table, &once.into_iter().collect::<Vec<_>>(), true).await?
        } else {
            self.read(table, &unknown).await?
        };
        for (place, attributes) in &found {
            if let Place::State(entity, _) = place {
                let state = item::state(place, attributes)?;
                self.heads.put(*entity, state.clone());
                known.insert(*entity, state);
            }
        }
        Ok(entities.iter().map(|entity| known.get(entity).cloned().unwrap_or_default()).collect())
    }

    /// Reads places of one table, each once.
    pub(crate) async fn read_as(
        &self,
        table: &str,
        places: &[&Place],
        is_consistent: bool,
    ) -> Result<Found, StoreError> {
        let patience = Patience::new(&self.settings, &self.counters);
        let chunks = places.chunks(KEYS).map(|chunk| {
            let keys: Vec<Attributes> = chunk.iter().map(|place| place.key_map()).collect();
            self.read_chunk(table, keys, is_consistent, &patience)
        });
        let chunks: Vec<_> = chunks.collect();
        let read = iter(chunks).buffer_unordered(self.settings.concurrency.max(1));
        let read: Vec<Vec<Attributes>> = read.try_collect().await.map_err(|fault| fault.into_error(table))?;
        let places = read.into_iter().flatten().map(|attributes| {
            let place = Place::of(&attributes).ok_or_else(|| StoreError::Damaged {
                what: "key",
                key: table.to_owned(),
                detail: "not a key of this table".to_owned(),
            })?;
            Ok((place, attributes))
        });
        places.collect()
    }

    /// Reads up to 100 keys, again those that the service did not process.
    async fn read_chunk(
        &self,
        table: &str,
        mut keys: Vec<Attributes>,
        is_consistent: bool,
        patience: &Patience<'_>,
    ) -> Result<Vec<Attributes>, Fault> {
        let (mut found, mut pauses) = (Vec::with_capacity(keys.len()), Pauses::default());
        loop {
            let asked =
                KeysAndAttributes::builder().set_keys(Some(keys.clone())).consistent_read(is_consistent);
            let asked =
                asked.build().map_err(|error| Fault::new("ValidationException", &error.to_string()))?;
            let answer = patience
                .ask(|| {
                    let request = self.client.batch_get_item().request_items(table, asked.clone());
                    let request = request.return_consumed_capacity(self.settings.capacity());
                    async move { request.send().await.map_err(|error| Fault::of(&error)) }
                })
                .await?;
            self.counters.read(answer.consumed_capacity());
            found.extend(answer.responses.and_then(|mut tables| tables.remove(table)).unwrap_or_default());
            let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(table));
            keys = left.map(|left| left.keys).unwrap_or_default();
            if keys.is_empty() {
                return Ok(found);
            }
            let unprocessed =
                Fault { meaning: Meaning::Throttled, detail: "keys were not processed".to_owned() };
            patience.pause(&mut pauses, unprocessed).await?;
        }
    }
}
