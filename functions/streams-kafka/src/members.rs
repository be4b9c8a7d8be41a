//! The partitions that a group has given to this process.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use rdkafka::TopicPartitionList;
use tracing::{info, warn};

use crate::checkpoints::{Name, Offsets};
use crate::context::Client;
use crate::partition::Partition;
use crate::topics::Topics;

/// The share of one member.
pub(crate) struct Members {
    pub(crate) client: Arc<Client>,
    pub(crate) offsets: Arc<Offsets>,
    topics: Arc<Topics>,
    partitions: RwLock<BTreeMap<Name, Arc<Partition>>>,
}

impl Members {
    pub(crate) fn new(client: Arc<Client>, offsets: Arc<Offsets>, topics: Arc<Topics>) -> Self {
        Self { client, offsets, topics, partitions: RwLock::default() }
    }

    /// The partition, if it is read here.
    pub(crate) fn find(&self, topic: &str, number: i32) -> Option<Arc<Partition>> {
        self.read().get(&(topic.to_owned(), number)).map(Arc::clone)
    }

    /// Numbers of a topic's partitions that are read here.
    pub(crate) fn of(&self, topic: &str) -> Vec<i32> {
        self.read().keys().filter(|(of, _)| of == topic).map(|(_, number)| *number).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// Partitions come to this member. Called before they are fetched, so that each has its queue in time.
    pub(crate) fn assigned(&self, partitions: &TopicPartitionList) {
        let names = names(partitions);
        self.offsets.forget(&names);
        for (topic, number) in names {
            let Some(stream) = self.topics.stream(&topic) else { continue };
            match Partition::open(&self.client, &self.topics, stream, &topic, number, true) {
                Some(partition) => {
                    info!(stream, shard = number, "reading a partition");
                    let mut all = self.partitions.write().unwrap_or_else(PoisonError::into_inner);
                    if let Some(old) = all.insert((topic, number), Arc::new(partition)) {
                        old.revoke();
                    }
                }
                None => warn!(stream, shard = number, "a partition has no queue and is not read"),
            }
        }
    }

    /// Partitions go to another member: their readers end, what they finished is committed.
    pub(crate) fn revoked(&self, partitions: &TopicPartitionList) {
        let names = names(partitions);
        for name in &names {
            let mut all = self.partitions.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(partition) = all.remove(name) {
                info!(topic = name.0, shard = name.1, "a partition goes to another reader");
                partition.revoke();
            }
        }
        self.offsets.hand_over(&names);
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<Name, Arc<Partition>>> {
        self.partitions.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn names(partitions: &TopicPartitionList) -> Vec<Name> {
    let elements = partitions.elements();
    elements.iter().map(|element| (element.topic().to_owned(), element.partition())).collect()
}
