//! The port `Store` on two tables.

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use weir_events::{EntityKey, EntityKind};
use weir_store::{Changes, Counts, PartKey, Store, StoreError, StoredState, TransactionItem};

use crate::cache::Heads;
use crate::codec::Decoder;
use crate::item;
use crate::keys::{HEAD, Place, attribute};
use crate::outbox::Reading;
use crate::scan::Filter;
use crate::settings::DynamoSettings;
use crate::stats::{Counters, DynamoStats};
use crate::suspects::Suspects;

/// States, decisions and labels in two tables; the stream of one of them is the outbox.
#[derive(Clone)]
pub struct DynamoStore {
    pub(crate) inner: Arc<Inner>,
}

/// What all calls share.
pub(crate) struct Inner {
    pub(crate) client: Client,
    pub(crate) streams: aws_sdk_dynamodbstreams::Client,
    pub(crate) settings: DynamoSettings,
    pub(crate) counters: Counters,
    pub(crate) suspects: Suspects,
    pub(crate) heads: Heads,
    pub(crate) reading: Reading,
}

impl DynamoStore {
    /// A store on tables that are there, through clients that were made for the right region and credentials. The
    /// clients' own retries are switched off: the store's have a deadline and are counted.
    pub fn new(client: &Client, streams: &aws_sdk_dynamodbstreams::Client, settings: DynamoSettings) -> Self {
        let (retry, timeout) = (RetryConfig::disabled(), TimeoutConfig::builder());
        let timeout = timeout.operation_attempt_timeout(settings.attempt_timeout).build();
        let own = client.config().to_builder().retry_config(retry.clone()).timeout_config(timeout.clone());
        let own_streams = streams.config().to_builder().retry_config(retry).timeout_config(timeout);
        let inner = Inner {
            client: Client::from_conf(own.build()),
            streams: aws_sdk_dynamodbstreams::Client::from_conf(own_streams.build()),
            heads: Heads::new(settings.remembered_heads),
            settings,
            counters: Counters::default(),
            suspects: Suspects::default(),
            reading: Reading::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What was asked of the service since the store was opened.
    pub fn stats(&self) -> DynamoStats {
        self.inner.counters.stats()
    }

    /// The settings in use.
    pub fn settings(&self) -> &DynamoSettings {
        &self.inner.settings
    }
}

impl fmt::Debug for DynamoStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DynamoSettings { states_table, items_table, .. } = &self.inner.settings;
        write!(formatter, "DynamoStore({states_table}, {items_table})")
    }
}

#[async_trait::async_trait]
impl Store for DynamoStore {
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.inner.heads(entities, false).await
    }

    async fn newest_states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.inner.heads(entities, true).await
    }

    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let table = self.inner.settings.states_table.as_str();
        let places: Vec<Place> = parts.iter().map(|part| Place::State(part.entity, part.number)).collect();
        let mut found = self.inner.read(table, &places).await?;
        let missing: Vec<&Place> = places.iter().filter(|place| !found.contains_key(*place)).collect();
        if !missing.is_empty() {
            // It may be too new for a cheap read; or its head was replaced, and then the head that was read is stale.
            let heads = parts.iter().zip(&places).filter(|(_, place)| !found.contains_key(*place));
            self.inner.suspects.add(heads.map(|(part, _)| Place::head(part.entity)));
            let late = self.inner.read_as(table, &missing, true).await?;
            found.extend(late);
        }
        places.iter().map(|place| found.get(place).map(|one| item::part(place, one)).transpose()).collect()
    }

    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError> {
        let places: Vec<Place> = transaction_ids.iter().map(|id| Place::Item((*id).to_owned())).collect();
        let found = self.inner.read(&self.inner.settings.items_table, &places).await?;
        let mut decoder = Decoder::new();
        let mut item = |place: &Place| {
            let found = found.get(place);
            found.map_or_else(|| Ok(TransactionItem::default()), |one| item::item(place, one, &mut decoder))
        };
        places.iter().map(&mut item).collect()
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.inner.commit(changes).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let DynamoSettings { states_table, items_table, .. } = &self.inner.settings;
        Ok(Counts {
            decisions: self.inner.count(items_table, Filter::With(attribute::DECISION)).await?,
            labels: self.inner.count(items_table, Filter::With(attribute::LABEL)).await?,
            states: self.inner.count(states_table, Filter::Heads).await?,
            outbox: 0,
        })
    }

    async fn list_states(
        &self,
        kind: EntityKind,
        after: Option<EntityKey>,
        limit: usize,
    ) -> Result<Vec<(EntityKey, StoredState)>, StoreError> {
        let wanted = move |place: &Place| match place {
            Place::State(entity, HEAD) => entity.kind == kind && after.is_none_or(|after| *entity > after),
            Place::State(..) | Place::Item(_) => false,
        };
        let found = self.inner.first(&self.inner.settings.states_table, Filter::Heads, limit, wanted).await?;
        let states = found.iter().filter_map(|(place, one)| match place {
            Place::State(entity, _) => Some(item::state(place, one).map(|state| (*entity, state))),
            Place::Item(_) => None,
        });
        states.collect()
    }

    async fn list_items(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, TransactionItem)>, StoreError> {
        let after = after.map(ToOwned::to_owned);
        let wanted = move |place: &Place| match place {
            Place::Item(id) => after.as_ref().is_none_or(|after| id > after),
            Place::State(..) => false,
        };
        let found = self.inner.first(&self.inner.settings.items_table, Filter::All, limit, wanted).await?;
        let mut decoder = Decoder::new();
        let items = found.iter().filter_map(|(place, one)| match place {
            Place::Item(id) => Some(item::item(place, one, &mut decoder).map(|item| (id.clone(), item))),
            Place::State(..) => None,
        });
        items.collect()
    }
}
