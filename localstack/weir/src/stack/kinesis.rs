//! Streams of Kinesis.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::request::{Signed, is_refused};
use super::{Resource, Stack, State};
use crate::backing::BackingSettings;

/// How long a stream may take to change.
const PATIENCE: u32 = 120;

struct Stream {
    signed: Arc<Signed>,
    name: String,
    shards: u32,
    hours: u32,
}

pub(super) fn streams(
    stack: &Stack,
    settings: &BackingSettings,
    signed: &Arc<Signed>,
) -> Vec<Box<dyn Resource>> {
    let names = settings.stream_names();
    let made = stack.streams.iter().map(|stream| Stream {
        signed: Arc::clone(signed),
        name: names
            .get(&stream.name)
            .cloned()
            .unwrap_or_else(|| format!("{}{}", settings.prefix(), stream.name)),
        shards: stream.shards,
        hours: stream.retention_hours,
    });
    made.map(|stream| Box::new(stream) as Box<dyn Resource>).collect()
}

impl Stream {
    async fn summary(&self) -> Result<Option<Value>> {
        let body = json!({ "StreamName": self.name });
        match self.signed.call("kinesis", "DescribeStreamSummary", &body).await {
            Ok(answer) => Ok(Some(answer["StreamDescriptionSummary"].clone())),
            Err(error) if is_refused(&error, &["ResourceNotFoundException"]) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn until_active(&self) -> Result<()> {
        for _ in 0..PATIENCE * 4 {
            if self.summary().await?.is_some_and(|summary| summary["StreamStatus"] == "ACTIVE") {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        bail!("stream `{}` is not active after {PATIENCE} s", self.name)
    }

    async fn change(&self, action: &str, more: Value) -> Result<()> {
        let mut body = json!({ "StreamName": self.name });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        self.signed.call("kinesis", action, &body).await?;
        self.until_active().await
    }
}

#[async_trait]
impl Resource for Stream {
    fn kind(&self) -> &'static str {
        "stream"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        let Some(summary) = self.summary().await? else { return Ok(State::Missing) };
        let (open, hours) = (summary["OpenShardCount"].as_u64(), summary["RetentionPeriodHours"].as_u64());
        if open != Some(self.shards.into()) {
            let what = format!("{} shards, not {}", open.unwrap_or(0), self.shards);
            return Ok(State::Differs { what });
        }
        if hours != Some(self.hours.into()) {
            return Ok(State::Differs {
                what: format!("retention of {} h, not {}", hours.unwrap_or(0), self.hours),
            });
        }
        Ok(State::Equal)
    }

    async fn remove(&self) -> Result<()> {
        let body = json!({ "StreamName": self.name, "EnforceConsumerDeletion": true });
        self.signed.call("kinesis", "DeleteStream", &body).await?;
        Ok(())
    }

    async fn apply(&self, state: &State) -> Result<()> {
        if *state == State::Missing {
            self.change("CreateStream", json!({ "ShardCount": self.shards })).await?;
        }
        let Some(summary) = self.summary().await? else { bail!("stream `{}` has vanished", self.name) };
        if summary["OpenShardCount"].as_u64() != Some(self.shards.into()) {
            let more = json!({ "TargetShardCount": self.shards, "ScalingType": "UNIFORM_SCALING" });
            self.change("UpdateShardCount", more).await?;
        }
        let hours = summary["RetentionPeriodHours"].as_u64().unwrap_or(24);
        let action = match hours.cmp(&self.hours.into()) {
            std::cmp::Ordering::Less => "IncreaseStreamRetentionPeriod",
            std::cmp::Ordering::Greater => "DecreaseStreamRetentionPeriod",
            std::cmp::Ordering::Equal => return Ok(()),
        };
        self.change(action, json!({ "RetentionPeriodHours": self.hours })).await
    }
}
