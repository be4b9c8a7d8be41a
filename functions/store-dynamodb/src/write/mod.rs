//! Guarded writes: what they are, and doing many of them.

mod batch;
mod part;
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

pub(crate) use part::WithParts;

/// Most bytes that one item of a table takes; the service's limit is 400 KiB, of which a little is left.
pub(crate) const MOST_BYTES: usize = 400 * 1024 - 1024;

/// A guarded write of one thing.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) place: Place,
    /// Version that must be there; 0: nothing.
    pub(crate) expected: u64,
    /// What is set, with the next version; what is not named stays.
    pub(crate) set: Vec<(&'static str, AttributeValue)>,
    /// Whether no decision may be there.
    pub(crate) is_undecided: bool,
}

impl Write {
    pub(crate) fn new(place: Place, expected: u64) -> Self {
        let set = vec![(attribute::VERSION, number_value(expected + 1))];
        Self { place, expected, set, is_undecided: false }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: AttributeValue) {
        self.set.push((name, value));
    }

    /// Refuses what the service would refuse, before anything is written.
    pub(crate) fn check(&self, what: &'static str) -> Result<(), StoreError> {
        let set = self.place.key().into_iter().chain(self.set.iter().cloned());
        let size_bytes = set.map(|(name, value)| size_of(name, &value)).sum();
        if size_bytes <= MOST_BYTES {
            return Ok(());
        }
        Err(StoreError::TooLarge { what, key: self.place.told(), size_bytes, most_bytes: MOST_BYTES })
    }
}

/// What became of one write.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Written,
    Refused,
    Again(Fault),
}

/// A write on its way.
struct Pending {
    index: usize,
    /// Whether a try ended without anybody knowing whether it was done.
    is_unknown: bool,
}

impl Inner {
    /// Writes everything to one table, each by itself; answers which were refused because of their condition.
    pub(crate) async fn write(&self, table: &str, writes: &[Write]) -> Result<Vec<usize>, StoreError> {
        let patience = Patience::new(&self.settings, &self.counters);
        let size = match self.settings.write_form {
            WriteForm::Batch => batch::STATEMENTS,
            WriteForm::Single => 1,
            WriteForm::Transaction => transaction::ACTIONS,
        };
        let all: Vec<usize> = (0..writes.len()).collect();
        let chunks = all.chunks(size).map(|chunk| self.write_chunk(table, writes, chunk, &patience));
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

    /// Writes what fits one request, again what was throttled or nobody knows about.
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
            for (mut one, answer) in pending.into_iter().zip(answers) {
                match answer {
                    Answer::Written => {}
                    Answer::Refused => refused.push(one),
                    Answer::Again(fault) => {
                        one.is_unknown |= fault.meaning == Meaning::Unknown;
                        again.push(one);
                        why = Some(fault);
                    }
                }
            }
            let Some(fault) = why else { return Ok(refused) };
            patience.pause(&mut pauses, fault).await?;
            pending = again;
        }
    }

    async fn send(&self, table: &str, writes: &[&Write]) -> Result<Vec<Answer>, Fault> {
        match (self.settings.write_form, writes) {
            (WriteForm::Batch, writes) => self.send_batch(table, writes).await,
            (WriteForm::Single, [write]) => Ok(vec![self.send_single(table, write).await?]),
            (WriteForm::Single | WriteForm::Transaction, writes) => {
                self.send_transaction(table, writes).await
            }
        }
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
