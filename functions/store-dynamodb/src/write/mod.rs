//! Guarded writes: what they are, and doing many of them.

mod batch;
mod chunks;
mod pieces;
mod single;
mod transaction;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::stream::{StreamExt, TryStreamExt, iter};
use weir_store::StoreError;

use crate::fault::{Fault, Meaning};
use crate::keys::{Place, attribute, number, number_value, size_of};
use crate::retry::{Patience, Pauses};
use crate::settings::WriteForm;
use crate::store::Inner;

pub(crate) use pieces::Pieces;

/// Most bytes that one item of a table takes; the service's limit is 400 KiB, of which a little is left.
pub(crate) const MOST_BYTES: usize = 400 * 1024 - 1024;

/// A guarded write of one thing.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) place: Place,
    /// Version that must be there; 0: nothing.
    pub(crate) expected: u64,
    /// What is set, with the next version.
    pub(crate) set: Vec<(&'static str, AttributeValue)>,
    /// Whether that is all of it; else what is not named stays.
    pub(crate) is_whole: bool,
    /// Whether no decision may be there.
    pub(crate) is_undecided: bool,
    /// What is written with it or not at all.
    pub(crate) pieces: Pieces,
}

impl Write {
    pub(crate) fn new(place: Place, expected: u64) -> Self {
        let set = vec![(attribute::VERSION, number_value(expected + 1))];
        Self { place, expected, set, is_whole: false, is_undecided: false, pieces: Pieces::default() }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: AttributeValue) {
        self.set.push((name, value));
    }

    /// What is set under a name.
    pub(crate) fn value(&self, name: &str) -> Option<&AttributeValue> {
        self.set.iter().find(|(set, _)| *set == name).map(|(_, value)| value)
    }

    /// Whether the item is replaced, if it is there, and not changed.
    const fn is_put(&self) -> bool {
        self.is_whole || self.expected == 0
    }

    /// Refuses what the service would refuse, before anything is written.
    pub(crate) fn check(&self, what: &'static str) -> Result<(), StoreError> {
        self.pieces.check(&self.place)?;
        let size_bytes = self.size();
        if size_bytes <= MOST_BYTES {
            return Ok(());
        }
        Err(StoreError::TooLarge { what, key: self.place.told(), size_bytes, most_bytes: MOST_BYTES })
    }

    /// Bytes of what is set, without its pieces.
    fn size(&self) -> usize {
        let key = self.place.key();
        let key: usize = key.iter().map(|(name, value)| size_of(name, value)).sum();
        key + self.set.iter().map(|(name, value)| size_of(name, value)).sum::<usize>()
    }
}

/// What became of one write.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Written,
    Refused,
    Again(Fault),
    /// Not written because another of its transaction was not.
    Beside,
}

/// A write on its way.
struct Pending {
    index: usize,
    /// Whether a try ended without anybody knowing whether it was done.
    is_unknown: bool,
}

impl Inner {
    /// Writes everything to one table; answers which were refused because of their condition. The others are written.
    pub(crate) async fn write(&self, table: &str, writes: &[Write]) -> Result<Vec<usize>, StoreError> {
        let patience = Patience::new(&self.settings, &self.counters);
        let chunks = chunks::chunks(self.settings.write_form, writes);
        let chunks = chunks.iter().map(|chunk| self.write_chunk(table, writes, chunk, &patience));
        let chunks: Vec<_> = chunks.collect();
        let refused = iter(chunks).buffer_unordered(self.settings.concurrency.max(1));
        let refused: Vec<Vec<Pending>> =
            refused.try_collect().await.map_err(|fault| fault.into_error(table))?;
        let refused: Vec<Pending> = refused.into_iter().flatten().collect();
        let mut refused = self.without_own(table, writes, refused).await?;
        refused.sort_unstable();
        self.counters.conflicts(refused.len());
        Ok(refused)
    }

    /// Writes what fits one request, again what was throttled or nobody knows about, or was cancelled with others.
    async fn write_chunk(
        &self,
        table: &str,
        writes: &[Write],
        chunk: &[usize],
        patience: &Patience<'_>,
    ) -> Result<Vec<Pending>, Fault> {
        let pending = chunk.iter().map(|index| Pending { index: *index, is_unknown: false });
        let mut pending: Vec<Pending> = pending.collect();
        let (mut refused, mut pauses) = (Vec::new(), Pauses::default());
        loop {
            let asked: Vec<&Write> = pending.iter().filter_map(|one| writes.get(one.index)).collect();
            self.counters.request();
            let answers = match self.send(table, &asked).await {
                Ok(answers) => answers,
                Err(fault) if fault.is_again() => vec![Answer::Again(fault); asked.len()],
                Err(fault) => return Err(fault),
            };
            let (mut again, mut why) = (Vec::new(), None);
            for ((mut one, write), answer) in pending.into_iter().zip(asked).zip(answers) {
                match answer {
                    Answer::Written => self.written(table, write, patience).await?,
                    Answer::Refused => refused.push(one),
                    Answer::Beside => again.push(one),
                    Answer::Again(fault) => {
                        one.is_unknown |= fault.meaning == Meaning::Unknown;
                        again.push(one);
                        why = Some(fault);
                    }
                }
            }
            if let Some(fault) = why {
                patience.pause(&mut pauses, fault).await?;
            }
            if again.is_empty() {
                return Ok(refused);
            }
            pending = again;
        }
    }

    async fn send(&self, table: &str, writes: &[&Write]) -> Result<Vec<Answer>, Fault> {
        let is_together = writes.iter().any(|write| !write.pieces.is_empty());
        match (self.settings.write_form, writes) {
            (WriteForm::Batch, writes) if !is_together => self.send_batch(table, writes).await,
            (WriteForm::Single, [write]) if !is_together => Ok(vec![self.send_single(table, write).await?]),
            (_, writes) => self.send_transaction(table, writes).await,
        }
    }

    /// Counts it, and removes the pieces for which its transaction had no place.
    async fn written(&self, table: &str, write: &Write, patience: &Patience<'_>) -> Result<(), Fault> {
        self.counters.items(write.pieces.actions());
        for key in write.pieces.left(&write.place) {
            let delete = || {
                let request = self.client.delete_item().table_name(table).set_key(Some(key.clone()));
                async move { request.send().await.map(drop).map_err(|error| Fault::of(&error)) }
            };
            patience.ask(delete).await?;
        }
        Ok(())
    }

    /// Takes out those that were refused because an earlier try of the same write had been done, though its answer was
    /// lost. What is there is then exactly what was to be written.
    async fn without_own(
        &self,
        table: &str,
        writes: &[Write],
        refused: Vec<Pending>,
    ) -> Result<Vec<usize>, StoreError> {
        let doubtful = refused.iter().filter(|one| one.is_unknown);
        let doubtful: Vec<&Place> =
            doubtful.filter_map(|one| writes.get(one.index)).map(|write| &write.place).collect();
        let found = if doubtful.is_empty() {
            std::collections::HashMap::new()
        } else {
            self.read_as(table, &doubtful, true).await?
        };
        let is_own = |one: &Pending| {
            let Some(write) = writes.get(one.index).filter(|_| one.is_unknown) else { return false };
            let stored = found.get(&write.place);
            stored.is_some_and(|stored| {
                number(stored, attribute::VERSION) == Some(write.expected + 1)
                    && write.set.iter().all(|(name, value)| stored.get(*name) == Some(value))
            })
        };
        Ok(refused.iter().filter(|one| !is_own(one)).map(|one| one.index).collect())
    }
}

/// The answer to a write that failed with this code.
fn answer_of(code: &str, message: &str) -> Result<Answer, Fault> {
    let fault = Fault::new(code, message);
    match fault.meaning {
        Meaning::Conflict => Ok(Answer::Refused),
        _ if fault.is_again() => Ok(Answer::Again(fault)),
        _ => Err(fault),
    }
}
