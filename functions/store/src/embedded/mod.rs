//! The store in a folder of this machine, on the engine `fjall`.

mod group;
mod heads;
mod home;
mod layout;
mod prepared;
mod read;
mod recent;
mod stats;
mod versions;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use fjall::PersistMode;
use tokio::sync::{mpsc, oneshot, watch};
use weir_events::{EntityKey, EntityKind, Sequence, Shard};

use self::home::Tables;
use self::prepared::Prepared;
use self::stats::Counters;
use self::versions::Versions;
use self::writer::{Answer, Command, Writer};
use crate::outbox::Single;
use crate::{
    Changes, Counts, Outbox, OutboxRecord, PartKey, SINGLE_SHARD, Store, StoreError, StoredState,
    TransactionItem,
};

pub use self::stats::StoreStats;

/// Commits that may wait for the writer before committing waits too.
const QUEUE: usize = 1024;

/// Keys that are few: what one transaction needs, its entities and their parts.
const FEW: usize = 24;

/// What an acknowledged commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Loss of power: the journal is synced (`fdatasync`) before a commit returns; commits that wait share a sync.
    #[default]
    Power,
    /// Death of the process: the journal is handed to the operating system before a commit returns.
    Process,
}

/// Keeps everything in one folder, which one process at a time has open.
pub struct EmbeddedStore {
    tables: Arc<Tables>,
    commands: Option<mpsc::Sender<Command>>,
    writer: Option<JoinHandle<()>>,
    newest: watch::Receiver<u64>,
    counters: Arc<Counters>,
    has_failed: Arc<AtomicBool>,
}

impl EmbeddedStore {
    /// Opens the store in a folder and makes it if there is none. Blocks while the journal is replayed.
    pub fn open(path: impl AsRef<Path>, durability: Durability) -> Result<Self, StoreError> {
        let tables = Arc::new(home::open(path.as_ref())?);
        let head = tables.head(&tables.database.snapshot())?;
        tables.recent.begin(head.newest, head.trimmed);
        let (newest, newest_seen) = watch::channel(head.newest);
        let (commands, received) = mpsc::channel(QUEUE);
        let mode = match durability {
            Durability::Power => PersistMode::SyncData,
            Durability::Process => PersistMode::Buffer,
        };
        let (counters, has_failed) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let writer = Writer {
            tables: Arc::clone(&tables),
            head,
            mode,
            newest,
            counters: Arc::clone(&counters),
            versions: Versions::default(),
            failed: Arc::clone(&has_failed),
        };
        let thread = std::thread::Builder::new()
            .name("weir-store-writer".to_owned())
            .spawn(move || writer.run(received))
            .map_err(|source| StoreError::Open { path: tables.path.clone(), source: Box::new(source) })?;
        let (commands, writer) = (Some(commands), Some(thread));
        Ok(Self { tables, commands, writer, newest: newest_seen, counters, has_failed })
    }

    /// Whether a write has failed: since nobody knows what the disk holds of it, nothing more is written until the store
    /// is opened again.
    pub fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    async fn ask(&self, command: impl FnOnce(Answer) -> Command + Send) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let commands = self.commands.as_ref().ok_or_else(|| self.closed())?;
        commands.send(command(answer)).await.map_err(|_| self.closed())?;
        answered.await.map_err(|_| self.closed())?
    }

    /// Reads so many keys. Few are read where the caller runs: they are nearly always in memory, and handing them to
    /// another thread and back takes longer than reading them.
    async fn look_up<T, F>(&self, keys: usize, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tables) -> Result<T, StoreError> + Send + 'static,
    {
        if keys <= FEW { read(&self.tables) } else { self.look(read).await }
    }

    async fn look<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tables) -> Result<T, StoreError> + Send + 'static,
    {
        let tables = Arc::clone(&self.tables);
        tokio::task::spawn_blocking(move || read(&tables)).await.map_err(|_| self.closed())?
    }

    fn closed(&self) -> StoreError {
        StoreError::Closed { location: self.tables.path.display().to_string() }
    }
}

impl fmt::Debug for EmbeddedStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EmbeddedStore({})", self.tables.path.display())
    }
}

impl Drop for EmbeddedStore {
    /// Waits until what was asked for is written, so that the folder can be opened again at once.
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!(store.path = %self.tables.path.display(), "the store's writer had ended by a panic");
        }
    }
}

#[async_trait::async_trait]
impl Store for EmbeddedStore {
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        let entities = entities.to_vec();
        self.look_up(entities.len(), move |tables| tables.states(&entities)).await
    }

    async fn newest_states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.states(entities).await
    }

    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let parts = parts.to_vec();
        self.look_up(parts.len(), move |tables| tables.parts(&parts)).await
    }

    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError> {
        let ids: Vec<String> = transaction_ids.iter().map(|id| (*id).to_owned()).collect();
        self.look_up(ids.len(), move |tables| tables.items(&ids)).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let prepared = Prepared::try_from(changes)?;
        self.ask(|answer| Command::Commit(prepared, answer)).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.look(Tables::counts).await
    }

    async fn list_states(
        &self,
        kind: EntityKind,
        after: Option<EntityKey>,
        limit: usize,
    ) -> Result<Vec<(EntityKey, StoredState)>, StoreError> {
        self.look(move |tables| tables.list_states(kind, after, limit)).await
    }

    async fn list_items(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, TransactionItem)>, StoreError> {
        let after = after.map(ToOwned::to_owned);
        self.look(move |tables| tables.list_items(after.as_deref(), limit)).await
    }
}

#[async_trait::async_trait]
impl Outbox for EmbeddedStore {
    async fn shards(&self) -> Result<Vec<Shard>, StoreError> {
        Ok(vec![Shard::from(SINGLE_SHARD)])
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        let number = Single::number(shard, after)?;
        let mut newest = self.newest.clone();
        let waiting = newest.wait_for(|sequence| *sequence > number);
        let is_closed = tokio::time::timeout(wait, waiting).await.is_ok_and(|waited| waited.is_err());
        if is_closed {
            return Err(self.closed());
        }
        let after = after.cloned();
        self.look(move |tables| tables.outbox(after.as_ref(), number, limit)).await
    }

    async fn trim(&self, shard: &str, through: &Sequence) -> Result<(), StoreError> {
        let number = Single::number(shard, Some(through))?;
        self.ask(|answer| Command::Trim(number, answer)).await
    }
}
