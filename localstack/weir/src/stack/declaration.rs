//! `infra/stack.json`: what a deployment is made of, as Terraform and `weir stack` read it.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The declaration of this build.
const BUNDLED: &str = include_str!("../../../../infra/stack.json");

/// Everything that a deployment needs of its services.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stack {
    #[serde(rename = "$schema", skip_serializing)]
    _schema: Option<String>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) tables: Vec<Table>,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) topics: Vec<Named>,
    pub(crate) keys: Vec<Key>,
    pub(crate) functions: Vec<Function>,
}

/// A stream of records: of Kinesis, or a topic of Kafka.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) shards: u32,
    pub(crate) retention_hours: u32,
}

/// A table of DynamoDB.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) keys: Keys,
    /// The attribute that says when an item may go.
    pub(crate) time_to_live: Option<String>,
    /// What its change stream shows, if it has one.
    pub(crate) change_stream: Option<String>,
}

/// The keys of a table.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    pub(crate) partition: Attribute,
    pub(crate) sort: Option<Attribute>,
}

/// A key: its name, and `S`, `N` or `B`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// A bucket.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) versioned: bool,
}

/// A queue.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queue {
    pub(crate) name: String,
    pub(crate) retention_hours: u32,
}

/// Something that has nothing but a name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// A key, and what for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) name: String,
    #[serde(rename = "use")]
    pub(crate) purpose: String,
}

/// A function and what calls it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) sources: Vec<EventSource>,
}

/// What calls a function: a stream, a table's change stream, or HTTP; with the settings of an event-source mapping.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventSource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) batch_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) batch_window_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bisect: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report_failures: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_failure: Option<Destination>,
}

/// Where records go that a function gives up.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Destination {
    pub(crate) queue: String,
}

impl Stack {
    /// The declaration in a file, or that of this build.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self> {
        let (text, place) = match file {
            None => (BUNDLED.to_owned(), "the declaration of this build".to_owned()),
            Some(path) => {
                let place = path.display().to_string();
                (std::fs::read_to_string(path).with_context(|| format!("cannot read `{place}`"))?, place)
            }
        };
        let stack: Self = serde_json::from_str(&text).with_context(|| format!("`{place}` is no stack"))?;
        stack.check().with_context(|| format!("`{place}` does not fit together"))?;
        Ok(stack)
    }

    /// Refuses a source or a destination that is not declared.
    fn check(&self) -> Result<()> {
        for function in &self.functions {
            for source in &function.sources {
                let missing = source
                    .stream
                    .iter()
                    .find(|name| !self.streams.iter().any(|stream| stream.name == **name));
                let missing = missing.or_else(|| {
                    let has_changes = |name: &str| {
                        self.tables.iter().any(|table| table.name == name && table.change_stream.is_some())
                    };
                    source.table.iter().find(|name| !has_changes(name))
                });
                let queue = source.on_failure.as_ref().map(|destination| &destination.queue);
                let missing = missing.or_else(|| {
                    queue.into_iter().find(|name| !self.queues.iter().any(|queue| queue.name == **name))
                });
                if let Some(name) = missing {
                    anyhow::bail!(
                        "function `{}` names `{name}`, which is no stream, table with a change stream, or queue of it",
                        function.name
                    );
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_stack_fits_together_and_has_every_stream_of_weir() {
        let stack = Stack::read(None).unwrap();
        for stream in crate::system::INPUTS.iter().chain(&crate::system::OUTPUTS) {
            assert!(stack.streams.iter().any(|declared| declared.name == *stream), "{stream}");
        }
    }

    #[test]
    fn a_source_that_is_not_declared_is_named() {
        let text = BUNDLED.replace("\"stream\": \"labels\"", "\"stream\": \"labls\"");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stack.json");
        std::fs::write(&path, text).unwrap();
        let error = format!("{:#}", Stack::read(Some(&path)).unwrap_err());
        assert!(error.contains("labls") && error.contains("score"), "{error}");
    }

    #[test]
    fn the_schema_knows_every_field_of_the_declaration() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../../infra/stack.schema.json")).unwrap();
        let stack: serde_json::Value = serde_json::from_str(BUNDLED).unwrap();
        for (name, list) in stack.as_object().unwrap() {
            let known = &schema["properties"][name];
            assert!(known.is_object(), "{name}");
            for item in list.as_array().into_iter().flatten() {
                for field in item.as_object().unwrap().keys() {
                    assert!(known["items"]["properties"][field].is_object(), "{name}.{field}");
                }
            }
        }
    }
}
