//! JSON whose bytes depend on its content alone.

use serde_json::Value;

/// Appends a value with the names of every object in order and no white space.
pub(crate) fn write(value: &Value, into: &mut Vec<u8>) {
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
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            into.push(b'{');
            for (index, name) in names.into_iter().enumerate() {
                separate(index, into);
                into.extend_from_slice(Value::from(name.as_str()).to_string().as_bytes());
                into.push(b':');
                write(&fields[name], into);
            }
            into.push(b'}');
        }
        scalar => into.extend_from_slice(scalar.to_string().as_bytes()),
    }
}

fn separate(index: usize, into: &mut Vec<u8>) {
    if index > 0 {
        into.push(b',');
    }
}
