//! Checkpoints that survive the process.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::{BoxError, Checkpoints, Progress};

/// The word of a finished shard, where others have a sequence.
const FINISHED: &str = "END";

type Shards = BTreeMap<String, Progress>;

/// Checkpoints in a folder, a file a consumer, one line a shard: its name, a tab, the last sequence done or `END`.
///
/// A file is replaced whole. It is not synced: after a power cut records may come again, which at-least-once allows.
pub struct FileCheckpoints {
    folder: PathBuf,
    consumers: Mutex<BTreeMap<String, Shards>>,
}

impl FileCheckpoints {
    /// Opens the folder, and makes it if it is not there.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, consumers: Mutex::default() })
    }

    /// Calls with the shards of a consumer, read from its file the first time.
    fn with<T>(
        &self,
        consumer: &str,
        call: impl FnOnce(&Path, &mut Shards) -> io::Result<T>,
    ) -> Result<T, BoxError> {
        let file = self.folder.join(consumer);
        if consumer.is_empty() || consumer.contains(['/', '\\', '.']) {
            return Err(
                format!("`{consumer}` cannot be the name of a file; use letters, digits and `-`").into()
            );
        }
        let mut consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        if !consumers.contains_key(consumer) {
            consumers.insert(consumer.to_owned(), read(&file)?);
        }
        let shards = consumers.entry(consumer.to_owned()).or_default();
        Ok(call(&file, shards)?)
    }
}

fn read(file: &Path) -> io::Result<Shards> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Shards::new()),
        Err(error) => return Err(error),
    };
    let line = |line: &str| {
        let (shard, word) = line.split_once('\t')?;
        let progress = if word == FINISHED { Progress::Finished } else { Progress::After(word.to_owned()) };
        Some((shard.to_owned(), progress))
    };
    Ok(text.lines().filter_map(line).collect())
}

fn write(file: &Path, shards: &Shards) -> io::Result<()> {
    let mut text = String::new();
    for (shard, progress) in shards {
        text.extend([shard, "\t", progress.after().unwrap_or(FINISHED), "\n"]);
    }
    let new = file.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(new, file)
}

#[async_trait::async_trait]
impl Checkpoints for FileCheckpoints {
    async fn get(&self, consumer: &str, shard: &str) -> Result<Option<Progress>, BoxError> {
        self.with(consumer, |_, shards| Ok(shards.get(shard).cloned()))
    }

    async fn set(&self, consumer: &str, shard: &str, progress: &Progress) -> Result<(), BoxError> {
        self.with(consumer, |file, shards| {
            shards.insert(shard.to_owned(), progress.clone());
            write(file, shards)
        })
    }
}
