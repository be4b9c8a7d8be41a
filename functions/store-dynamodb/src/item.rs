//! Heads, pieces and items as attributes, and back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use weir_events::LabelEffect;
use weir_store::{StoreError, StoredState, TransactionItem};

use crate::codec::{Decoder, Encoder};
use crate::keys::{Attributes, Place, attribute, bytes, number};

/// Bit of [`attribute::BROUGHT`] for a decision.
pub(crate) const BROUGHT_DECISION: u64 = 1;
/// Bit of [`attribute::BROUGHT`] for effects.
pub(crate) const BROUGHT_EFFECTS: u64 = 2;

/// The head of a state.
pub(crate) fn state(place: &Place, attributes: &Attributes) -> Result<StoredState, StoreError> {
    let version = number(attributes, attribute::VERSION).zip(bytes(attributes, attribute::BYTES));
    let (version, bytes) = version.ok_or_else(|| damaged("state", place, "no version or no bytes"))?;
    Ok(StoredState { version, bytes: bytes.to_vec() })
}

/// A piece of a state.
pub(crate) fn part(place: &Place, attributes: &Attributes) -> Result<Vec<u8>, StoreError> {
    let bytes = bytes(attributes, attribute::BYTES);
    bytes.map(<[u8]>::to_vec).ok_or_else(|| damaged("piece of a state", place, "no bytes"))
}

/// A transaction's item.
pub(crate) fn item(
    place: &Place,
    attributes: &Attributes,
    decoder: &mut Decoder,
) -> Result<TransactionItem, StoreError> {
    let version = number(attributes, attribute::VERSION);
    Ok(TransactionItem {
        version: version.ok_or_else(|| damaged("item", place, "no version"))?,
        decision: read("decision", place, bytes(attributes, attribute::DECISION), decoder)?,
        label: read("label", place, bytes(attributes, attribute::LABEL), decoder)?,
    })
}

/// The effects of an item's newest write that had any.
pub(crate) fn effects(
    place: &Place,
    attributes: &Attributes,
    decoder: &mut Decoder,
) -> Result<Vec<LabelEffect>, StoreError> {
    let read = read("label effects", place, bytes(attributes, attribute::EFFECTS), decoder)?;
    Ok(read.unwrap_or_default())
}

/// JSON, compressed.
pub(crate) fn encode(
    what: &'static str,
    id: &str,
    value: &impl Serialize,
    encoder: &mut Encoder,
) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(value).map_err(|source| StoreError::Encode {
        what,
        key: id.to_owned(),
        source,
    })?;
    Ok(encoder.encode(&json))
}

fn read<T: DeserializeOwned>(
    what: &'static str,
    place: &Place,
    bytes: Option<&[u8]>,
    decoder: &mut Decoder,
) -> Result<Option<T>, StoreError> {
    let Some(bytes) = bytes else { return Ok(None) };
    let json = decoder.decode(bytes).ok_or_else(|| damaged(what, place, "unknown layout"))?;
    let value = serde_json::from_slice(&json);
    value.map(Some).map_err(|error| {
        let place_in_it = format!("not its JSON at line {} column {}", error.line(), error.column());
        damaged(what, place, &place_in_it)
    })
}

pub(crate) fn damaged(what: &'static str, place: &Place, detail: &str) -> StoreError {
    StoreError::Damaged { what, key: place.told(), detail: detail.to_owned() }
}
