//! Topics of Kafka.

use anyhow::Result;
use async_trait::async_trait;
use weir_streams_kafka::{TopicAdmin, TopicShape};

use super::{Resource, Stack, State};
use crate::backing::{BackingSettings, kafka_settings};

struct Topic {
    settings: BackingSettings,
    name: String,
    shape: TopicShape,
}

pub(super) fn topics(stack: &Stack, settings: &BackingSettings) -> Vec<Box<dyn Resource>> {
    let names = settings.stream_names();
    let made = stack.streams.iter().map(|stream| Topic {
        settings: settings.clone(),
        name: names
            .get(&stream.name)
            .cloned()
            .unwrap_or_else(|| format!("{}{}", settings.prefix(), stream.name)),
        shape: TopicShape {
            partitions: stream.shards,
            retention_ms: u64::from(stream.retention_hours) * 3_600_000,
        },
    });
    made.map(|topic| Box::new(topic) as Box<dyn Resource>).collect()
}

impl Topic {
    fn admin(&self) -> Result<TopicAdmin> {
        Ok(TopicAdmin::connect(&kafka_settings(&self.settings))?)
    }
}

#[async_trait]
impl Resource for Topic {
    fn kind(&self) -> &'static str {
        "topic"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        let Some(found) = self.admin()?.shape(&self.name).await? else { return Ok(State::Missing) };
        if found.partitions > self.shape.partitions {
            // Fewer partitions cannot be had; more do no harm.
            return Ok(State::Equal);
        }
        if found.partitions < self.shape.partitions {
            let what = format!("{} partitions, not {}", found.partitions, self.shape.partitions);
            return Ok(State::Differs { what });
        }
        if found.retention_ms != self.shape.retention_ms {
            let what = format!("retention of {} ms, not {}", found.retention_ms, self.shape.retention_ms);
            return Ok(State::Differs { what });
        }
        Ok(State::Equal)
    }

    async fn remove(&self) -> Result<()> {
        Ok(self.admin()?.remove(&self.name).await?)
    }

    async fn apply(&self, state: &State) -> Result<()> {
        let admin = self.admin()?;
        match state {
            State::Missing => Ok(admin.make(&self.name, &self.shape).await?),
            _ => Ok(admin.change(&self.name, &self.shape).await?),
        }
    }
}
