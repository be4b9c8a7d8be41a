//! The events as lines of JSON: what a dataset file of the generator holds.

use std::io::{Result, Write};

use serde_json::{Value, json};

use crate::{Event, EventKind};

/// Writes one line an event, `{"transaction":{…}}` or `{"label":{…}}`; gives the number of lines. What a
/// transaction really is and which case it belongs to is not written: a reader learns it from labels alone.
pub fn write_ndjson(events: impl IntoIterator<Item = Event>, mut output: impl Write) -> Result<u64> {
    let mut lines = 0;
    for event in events {
        writeln!(output, "{}", line(&event))?;
        lines += 1;
    }
    output.flush()?;
    Ok(lines)
}

fn line(event: &Event) -> Value {
    match &event.kind {
        EventKind::Transaction { transaction, .. } => json!({ "transaction": transaction.to_value() }),
        EventKind::Label(label) => json!({ "label": label.to_value() }),
    }
}
