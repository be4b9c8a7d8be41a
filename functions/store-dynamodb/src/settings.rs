//! How the store uses its tables.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

/// How a batch is written, see `infra/adr/0007-dynamodb-writes.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WriteForm {
    /// 25 conditional PartiQL statements a request, each answered by itself.
    #[default]
    Batch,
    /// One conditional request a write.
    Single,
    /// 100 writes a request, heads with their pieces among them; what a request was refused for is left out of the next try.
    /// Twice the write units.
    Transaction,
}

/// How the store uses its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamoSettings {
    /// Table of states.
    pub states_table: String,
    /// Table of items; its stream is the outbox.
    pub items_table: String,
    /// How batches are written.
    pub write_form: WriteForm,
    /// Whether the service is asked to tell the units of each request.
    pub units_are_asked: bool,
    /// Requests of one call that are on their way at once, 1 or more.
    pub concurrency: usize,
    /// How long one request may take.
    pub attempt_timeout: Duration,
    /// How long one call may take with everything that is tried again.
    pub deadline: Duration,
    /// First pause before a request is tried again, doubled each time; the pause is anything up to that.
    pub first_pause: Duration,
    /// The longest of these pauses.
    pub longest_pause: Duration,
    /// How long an entity's state is kept after its newest write; `None` for good. Longer than the longest window with
    /// its delay, or features lose what they count.
    pub states_kept: Option<Duration>,
    /// How long a transaction's item is kept after its newest write; `None` for good. An id that comes again later is
    /// decided again.
    pub items_kept: Option<Duration>,
    /// Heads of states that the process remembers, so that it need not read what it wrote itself; 0 for none. About half a
    /// kilobyte each.
    pub remembered_heads: usize,
    /// How often a shard of the outbox is asked while it has nothing.
    pub outbox_poll: Duration,
}

impl DynamoSettings {
    pub(crate) const fn capacity(&self) -> ReturnConsumedCapacity {
        if self.units_are_asked { ReturnConsumedCapacity::Total } else { ReturnConsumedCapacity::None }
    }

    /// Settings with tables `<prefix>states` and `<prefix>items` and the defaults of everything else.
    pub fn new(prefix: &str) -> Self {
        Self {
            states_table: format!("{prefix}states"),
            items_table: format!("{prefix}items"),
            write_form: WriteForm::default(),
            units_are_asked: true,
            concurrency: 8,
            attempt_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(20),
            first_pause: Duration::from_millis(25),
            longest_pause: Duration::from_secs(1),
            states_kept: None,
            items_kept: None,
            remembered_heads: 20_000,
            outbox_poll: Duration::from_millis(200),
        }
    }
}
