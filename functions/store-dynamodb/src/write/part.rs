//! A head together with its pieces.
//!
//! A piece's number is free as long as no head names it, so two writers may seal different bytes under one number. Only
//! a transaction keeps the loser's bytes out. It costs twice the units, and is needed only when a piece comes or goes.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use futures::stream::{StreamExt, TryStreamExt, iter};
use weir_events::EntityKey;
use weir_store::{PartWrite, StoreError};

use super::transaction::{ACTIONS, action};
use super::{Answer, MOST_BYTES, Pending, Write};
use crate::fault::{Fault, Meaning};
use crate::keys::{Place, attribute};
use crate::retry::{Patience, Pauses};
use crate::store::Inner;

/// A head with pieces that come and go.
#[derive(Clone, Debug)]
pub(crate) struct WithParts {
    pub(crate) head: Write,
    pub(crate) entity: EntityKey,
    pub(crate) parts: Vec<PartWrite>,
    pub(crate) removed: Vec<u64>,
    pub(crate) expires: Option<AttributeValue>,
}

impl WithParts {
    /// Refuses what no transaction takes.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let too_large = |size_bytes, most_bytes| StoreError::TooLarge {
            what: "pieces of state",
            key: self.entity.to_string(),
            size_bytes,
            most_bytes,
        };
        if let Some(part) = self.parts.iter().find(|part| part.bytes.len() + 100 > MOST_BYTES) {
            return Err(too_large(part.bytes.len(), MOST_BYTES));
        }
        if self.parts.len() >= ACTIONS {
            let size_bytes = self.parts.iter().map(|part| part.bytes.len()).sum();
            return Err(too_large(size_bytes, ACTIONS * MOST_BYTES));
        }
        self.head.check("state")
    }

    fn actions(&self, table: &str) -> Result<Vec<TransactWriteItem>, Fault> {
        let incomplete = |error: aws_sdk_dynamodb::error::BuildError| {
            Fault::new("ValidationException", &error.to_string())
        };
        let mut actions = vec![action(table, &self.head)?];
        for part in &self.parts {
            let mut item = Place::State(self.entity, part.number).key_map();
            item.insert(attribute::BYTES.to_owned(), AttributeValue::B(Blob::new(part.bytes.clone())));
            item.extend(self.expires.clone().map(|expires| (attribute::EXPIRES.to_owned(), expires)));
            let put = Put::builder().table_name(table).set_item(Some(item)).build().map_err(incomplete)?;
            actions.push(TransactWriteItem::builder().put(put).build());
        }
        for number in self.removed.iter().take(ACTIONS - actions.len()) {
            let key = Place::State(self.entity, *number).key_map();
            let delete =
                Delete::builder().table_name(table).set_key(Some(key)).build().map_err(incomplete)?;
            actions.push(TransactWriteItem::builder().delete(delete).build());
        }
        Ok(actions)
    }

    /// Pieces for which the transaction had no place.
    fn left(&self) -> &[u64] {
        self.removed.get(ACTIONS - 1 - self.parts.len()..).unwrap_or_default()
    }
}

impl Inner {
    /// Writes heads with their pieces, each by itself; answers which were refused.
    pub(crate) async fn write_with_parts(&self, writes: &[WithParts]) -> Result<Vec<usize>, StoreError> {
        let table = self.settings.states_table.as_str();
        let patience = Patience::new(&self.settings, &self.counters);
        let all =
            writes.iter().enumerate().map(|(index, write)| self.write_one(table, index, write, &patience));
        let all: Vec<_> = all.collect();
        let refused = iter(all).buffer_unordered(self.settings.concurrency.max(1));
        let refused: Vec<Option<Pending>> =
            refused.try_collect().await.map_err(|fault| fault.into_error(table))?;
        let heads: Vec<Write> = writes.iter().map(|write| write.head.clone()).collect();
        let refused = self.without_own(table, &heads, refused.into_iter().flatten().collect()).await?;
        self.counters.conflicts(refused.len());
        Ok(refused)
    }

    async fn write_one(
        &self,
        table: &str,
        index: usize,
        write: &WithParts,
        patience: &Patience<'_>,
    ) -> Result<Option<Pending>, Fault> {
        let (mut pauses, mut is_unknown) = (Pauses::default(), false);
        let actions = write.actions(table)?;
        loop {
            self.counters.request();
            let fault = match self.transact(actions.clone()).await {
                Ok(Answer::Written) => break,
                Ok(Answer::Refused) => return Ok(Some(Pending { index, is_unknown })),
                Ok(Answer::Again(fault)) | Err(fault) => fault,
            };
            is_unknown |= fault.meaning == Meaning::Unknown;
            patience.pause(&mut pauses, fault).await?;
        }
        for number in write.left() {
            let key = Place::State(write.entity, *number).key_map();
            let delete = || {
                let request = self.client.delete_item().table_name(table).set_key(Some(key.clone()));
                async move { request.send().await.map(drop).map_err(|error| Fault::of(&error)) }
            };
            patience.ask(delete).await?;
        }
        Ok(None)
    }
}
