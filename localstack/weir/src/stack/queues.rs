//! Queues that records are set aside in.

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use serde_json::json;

use super::request::{Signed, is_refused};
use super::{Resource, State};

/// A queue of SQS.
pub(super) struct Queue {
    pub(super) signed: Arc<Signed>,
    pub(super) name: String,
    pub(super) seconds: u64,
}

impl Queue {
    async fn url(&self) -> Result<Option<String>> {
        let missing = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
        match self.signed.call("sqs", "GetQueueUrl", &json!({ "QueueName": self.name })).await {
            Ok(answer) => Ok(answer["QueueUrl"].as_str().map(str::to_owned)),
            Err(error) if is_refused(&error, &missing) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Resource for Queue {
    fn kind(&self) -> &'static str {
        "queue"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        let Some(url) = self.url().await? else { return Ok(State::Missing) };
        let body = json!({ "QueueUrl": url, "AttributeNames": ["MessageRetentionPeriod"] });
        let answer = self.signed.call("sqs", "GetQueueAttributes", &body).await?;
        let seconds =
            answer["Attributes"]["MessageRetentionPeriod"].as_str().and_then(|text| text.parse().ok());
        Ok(match seconds {
            Some(seconds) if seconds == self.seconds => State::Equal,
            other => State::Differs {
                what: format!("retention of {} s, not {}", other.unwrap_or(0), self.seconds),
            },
        })
    }

    async fn remove(&self) -> Result<()> {
        if let Some(url) = self.url().await? {
            self.signed.call("sqs", "DeleteQueue", &json!({ "QueueUrl": url })).await?;
        }
        Ok(())
    }

    async fn apply(&self, _state: &State) -> Result<()> {
        let attributes = json!({ "MessageRetentionPeriod": self.seconds.to_string() });
        match self.url().await? {
            None => {
                let body = json!({ "QueueName": self.name, "Attributes": attributes });
                self.signed.call("sqs", "CreateQueue", &body).await?
            }
            Some(url) => {
                let body = json!({ "QueueUrl": url, "Attributes": attributes });
                self.signed.call("sqs", "SetQueueAttributes", &body).await?
            }
        };
        Ok(())
    }
}
