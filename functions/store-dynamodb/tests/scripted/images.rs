//! Changes of items as the stream tells them.

use serde_json::{Value, json};
use weir_events::Outcome;
use weir_store::contract::{decision, effect, label};

/// One record: what happened, and the new image.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) event: &'static str,
    pub(crate) image: Option<Value>,
}

/// A decision.
pub(crate) fn decided(id: &str) -> Change {
    inserted(
        json!({ "k": { "S": id }, "v": { "N": "1" }, "o": { "N": "1" }, "d": bytes(&decision(id, Outcome::Approve, 1)) }),
    )
}

/// A decision whose label was there before it.
pub(crate) fn decided_with_effect(id: &str) -> Change {
    let image = json!({
        "k": { "S": id }, "v": { "N": "2" }, "o": { "N": "3" },
        "d": bytes(&decision(id, Outcome::Decline, 1)), "l": bytes(&label(id, true)), "e": bytes(&[effect(id, 2)]),
    });
    Change { event: "MODIFY", image: Some(image) }
}

/// A label that waits for its transaction.
pub(crate) fn labelled(id: &str) -> Change {
    inserted(json!({ "k": { "S": id }, "v": { "N": "1" }, "o": { "N": "0" }, "l": bytes(&label(id, true)) }))
}

/// The service's own clearing away.
pub(crate) fn removed(_id: &str) -> Change {
    Change { event: "REMOVE", image: None }
}

fn inserted(image: Value) -> Change {
    Change { event: "INSERT", image: Some(image) }
}

/// JSON in the plain layout.
fn bytes(value: &impl serde::Serialize) -> Value {
    let plain = [&[0], serde_json::to_vec(value).unwrap().as_slice()].concat();
    json!({ "B": base64(&plain) })
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63] as char;
            text.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    text
}
