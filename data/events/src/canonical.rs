//! JSON whose bytes depend on its content alone.

use serde_json::Value;

/// A value with the names of every object in order and no white space.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1_024);
    write(value, &mut bytes);
    bytes
}

fn write(value: &Value, into: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            into.push(b'[');
            for (index, item) in items.iter().enumerate() {
                separate(index, into);
                write(item, into);
            }
            into.push(b']');
        }
        Value::Object(fields) => {
            // The map keeps its names in order, unless some crate in the build asks for the order of insertion.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            into.push(b'{');
            for (index, (name, field)) in fields.into_iter().enumerate() {
                separate(index, into);
                scalar(name, into);
                into.push(b':');
                write(field, into);
            }
            into.push(b'}');
        }
        other => scalar(other, into),
    }
}

fn separate(index: usize, into: &mut Vec<u8>) {
    if index > 0 {
        into.push(b',');
    }
}

fn scalar(value: &impl serde::Serialize, into: &mut Vec<u8>) {
    let written = serde_json::to_writer(into, value);
    debug_assert!(written.is_ok(), "a scalar and a vector of bytes cannot fail");
}
