//! Buckets, and the queues that records are set aside in.

use std::sync::Arc;

use anyhow::{Result, bail};
use async_trait::async_trait;
use serde_json::json;

use super::request::{Signed, is_refused};
use super::{Resource, Stack, State};
use crate::backing::BackingSettings;

/// The bucket of the lake, whose name is in its URL, and every queue.
pub(super) fn all(stack: &Stack, settings: &BackingSettings, signed: &Arc<Signed>) -> Vec<Box<dyn Resource>> {
    let mut all: Vec<Box<dyn Resource>> = Vec::new();
    if let Some(name) = settings.lake.as_ref().and_then(|url| url.host_str()) {
        all.push(Box::new(Bucket { signed: Arc::clone(signed), name: name.to_owned() }));
    }
    // On one machine there is a queue only where a service of queues is named.
    if settings.aws.endpoint_url_sqs.is_some() || !settings.aws.local_credentials {
        for queue in &stack.queues {
            all.push(Box::new(Queue {
                signed: Arc::clone(signed),
                name: format!("{}{}", settings.prefix(), queue.name),
                seconds: u64::from(queue.retention_hours) * 3_600,
            }));
        }
    }
    all
}

struct Bucket {
    signed: Arc<Signed>,
    name: String,
}

#[async_trait]
impl Resource for Bucket {
    fn kind(&self) -> &'static str {
        "bucket"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        let answer = self.signed.send("s3", "HEAD", &format!("/{}", self.name), &[], Vec::new()).await?;
        match answer.status {
            200..=299 => Ok(State::Equal),
            404 => Ok(State::Missing),
            status => {
                bail!("the bucket `{}` cannot be looked at: HTTP {status}; check the credentials", self.name)
            }
        }
    }

    async fn remove(&self) -> Result<()> {
        Ok(())
    }

    async fn apply(&self, _state: &State) -> Result<()> {
        let region = self.signed.region();
        // The oldest region is the one that must not be named.
        let body = match region {
            "us-east-1" => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        let answer =
            self.signed.send("s3", "PUT", &format!("/{}", self.name), &[], body.into_bytes()).await?;
        match answer.status {
            200..=299 => Ok(()),
            status => bail!("the bucket `{}` cannot be made: HTTP {status}; is the name taken?", self.name),
        }
    }
}

struct Queue {
    signed: Arc<Signed>,
    name: String,
    seconds: u64,
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
