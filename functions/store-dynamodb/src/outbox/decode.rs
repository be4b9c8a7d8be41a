//! A record of the stream as outbox entries.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodbstreams::types::{AttributeValue as Streamed, OperationType, Record};
use serde::Deserialize;
use weir_events::{EncodedEntry, OutboxEntry, Outcome, Timestamp};
use weir_store::{OutboxRecord, StoreError};

use super::position::sequence;
use crate::codec::Decoder;
use crate::item::{self, BROUGHT_DECISION, BROUGHT_EFFECTS, damaged};
use crate::keys::{Attributes, Place, attribute, bytes, number};

/// What a reader asks of a decision, without the rest.
#[derive(Deserialize)]
struct Glance {
    decided_at: Timestamp,
    outcome: Outcome,
}

/// Entries of one record, decision first. Removals are the service's own clearing away and bring nothing.
pub(super) fn entries(
    shard: &str,
    record: &Record,
    decoder: &mut Decoder,
) -> Result<Vec<OutboxRecord>, StoreError> {
    let image = record.dynamodb().filter(|_| record.event_name() != Some(&OperationType::Remove));
    let Some((number, image)) =
        image.and_then(|change| Some((change.sequence_number()?, change.new_image()?)))
    else {
        return Ok(Vec::new());
    };
    let image: Attributes =
        image.iter().filter_map(|(name, value)| Some((name.clone(), plain(value)?))).collect();
    let found = encoded(&image, decoder)?;
    let count = found.len();
    let placed = found.into_iter().enumerate().map(|(index, entry)| OutboxRecord {
        shard: shard.to_owned(),
        sequence: sequence(number, index, count),
        entry: Arc::new(entry),
    });
    Ok(placed.collect())
}

/// What the newest write of an item brought.
fn encoded(image: &Attributes, decoder: &mut Decoder) -> Result<Vec<EncodedEntry>, StoreError> {
    let brought = number(image, attribute::BROUGHT).unwrap_or(0);
    let Some(place) = Place::of(image).filter(|_| brought > 0) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    if brought & BROUGHT_DECISION > 0 {
        found.push(decision(&place, image, decoder)?);
    }
    if brought & BROUGHT_EFFECTS > 0 {
        for effect in item::effects(&place, image, decoder)? {
            let entry = EncodedEntry::of(&OutboxEntry::LabelEffect(effect));
            found.push(entry.map_err(|error| damaged("label effect", &place, &error.to_string()))?);
        }
    }
    Ok(found)
}

/// The decision's JSON goes on as it is.
fn decision(place: &Place, image: &Attributes, decoder: &mut Decoder) -> Result<EncodedEntry, StoreError> {
    let json = bytes(image, attribute::DECISION).and_then(|bytes| decoder.decode(bytes));
    let json = json.ok_or_else(|| damaged("decision", place, "not there, or of an unknown layout"))?;
    let glance: Glance = serde_json::from_slice(&json).map_err(|error| {
        damaged(
            "decision",
            place,
            &format!("not its JSON at line {} column {}", error.line(), error.column()),
        )
    })?;
    Ok(EncodedEntry {
        transaction_id: place.told(),
        at: glance.decided_at,
        outcome: Some(glance.outcome),
        json: EncodedEntry::json_of_decision(&json),
    })
}

/// The stream's SDK has attribute values of its own.
fn plain(value: &Streamed) -> Option<AttributeValue> {
    match value {
        Streamed::S(text) => Some(AttributeValue::S(text.clone())),
        Streamed::N(digits) => Some(AttributeValue::N(digits.clone())),
        Streamed::B(blob) => Some(AttributeValue::B(blob.clone())),
        _ => None,
    }
}
