//! What a deployment has beside streams and tables: the lake's bucket, queues, topics for alarms, keys.

use std::sync::Arc;

use super::buckets::Bucket;
use super::keys::Key;
use super::queues::Queue;
use super::request::Signed;
use super::topics::Topic;
use super::{Resource, Stack};
use crate::backing::BackingSettings;

/// The bucket of the lake, whose name is in its URL, and every queue, topic and key. On one machine these are there
/// only where a service is named that has them.
pub(super) fn all(stack: &Stack, settings: &BackingSettings, signed: &Arc<Signed>) -> Vec<Box<dyn Resource>> {
    let mut all: Vec<Box<dyn Resource>> = Vec::new();
    if let Some(name) = settings.lake.as_ref().and_then(|url| url.host_str()) {
        let is_versioned = stack.buckets.iter().any(|bucket| bucket.versioned);
        all.push(Box::new(Bucket { signed: Arc::clone(signed), name: name.to_owned(), is_versioned }));
    }
    let named = |name: &str| (Arc::clone(signed), format!("{}{name}", settings.prefix()));
    let (aws, is_away) = (&settings.aws, !settings.aws.local_credentials);
    if is_away || aws.endpoint_url_sqs.is_some() {
        for queue in &stack.queues {
            let ((signed, name), seconds) = (named(&queue.name), u64::from(queue.retention_hours) * 3_600);
            all.push(Box::new(Queue { signed, name, seconds }));
        }
    }
    if is_away || aws.endpoint_url_sns.is_some() {
        for topic in &stack.topics {
            let (signed, name) = named(&topic.name);
            all.push(Box::new(Topic { signed, name }));
        }
    }
    if is_away || aws.endpoint_url_kms.is_some() {
        for key in &stack.keys {
            let ((signed, name), purpose) = (named(&key.name), key.purpose.clone());
            all.push(Box::new(Key { signed, name, purpose }));
        }
    }
    all
}
