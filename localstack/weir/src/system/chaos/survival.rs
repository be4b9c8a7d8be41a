//! Lost and twice, counted while it runs.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio_util::sync::CancellationToken;
use weir_dashboard::{Board, Kills, Survival};
use weir_engine::Lake;

use super::ChaosMode;
use crate::backing::{Ledger, Readers};
use crate::system::lake;
use crate::system::parts::Parts;
use crate::system::pressure::lag;
use crate::system::tasks::Task;

/// How often it is counted.
const EVERY: Duration = Duration::from_millis(500);

/// Pause between two questions to the lake.
const LAKE_EVERY: Duration = Duration::from_secs(3);

/// Counts until `stop`.
pub(in crate::system) fn start(
    chaos: &Arc<ChaosMode>,
    board: &Arc<Board>,
    parts: &Parts,
    stop: &CancellationToken,
) -> Task {
    let (readers, store) = (Arc::clone(&parts.readers), Arc::clone(&parts.store));
    let (chaos, board, lake) = (Arc::clone(chaos), Arc::clone(board), parts.lake.clone());
    let stop = stop.clone();
    Task::start("counters of the chaos", async move {
        let look = async {
            loop {
                board.set_survival(chaos.look(readers.as_ref(), store.as_ref()).await?);
                tokio::time::sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            failed = look => failed,
            () = chaos.ask(&lake) => Ok(()),
        }
    })
}

impl ChaosMode {
    async fn look(&self, readers: &dyn Readers, store: &dyn Ledger) -> Result<Survival> {
        // In this order: what is acknowledged meanwhile is not missed, and what is decided between the two looks
        // counts as both, never as neither.
        let told = self.told();
        let reader = readers.reader("score", "transactions").await?;
        let waiting = lag(&reader, "score", "transactions").await?.unwrap_or(0);
        let decisions = store.counts().await?.decisions;
        let before = self.before(waiting, decisions)?;
        let decided = decisions.saturating_sub(before.unwrap_or(decisions));
        let acknowledged = told.map(|told| told.acknowledged);
        let noted = self.notebook.noted();
        let mut survival = self.survival.lock().unwrap_or_else(PoisonError::into_inner);
        *survival = Survival {
            acknowledged,
            decided,
            waiting,
            lost: acknowledged.map(|acknowledged| acknowledged.saturating_sub(decided + waiting)),
            twice: survival.twice,
            kills: Kills {
                scorer: noted.scorer,
                archiver: noted.archiver,
                process: told.map_or(0, |told| told.kills),
            },
            is_scorer_down: self.functions.scorer.is_down(),
            is_archiver_down: self.functions.archiver.is_down(),
            last_restart: told.and_then(|told| told.last_restart),
        };
        Ok(*survival)
    }

    /// Decisions from before the show. It begins when nothing of earlier runs waits any more, so that what waits and
    /// is decided from then on is the show's.
    fn before(&self, waiting: u64, decisions: u64) -> Result<Option<u64>> {
        if self.notebook.noted().before.is_none() && waiting == 0 {
            self.notebook.note(|noted| noted.before = Some(decisions))?;
        }
        Ok(self.notebook.noted().before)
    }

    /// Asks the lake again and again.
    async fn ask(&self, lake: &Lake) {
        loop {
            match lake::twice(lake, "silver.decisions").await {
                Ok(twice) => {
                    self.survival.lock().unwrap_or_else(PoisonError::into_inner).twice = Some(twice);
                }
                // At first there is no table yet.
                Err(error) => tracing::debug!("the lake was not counted: {error:#}"),
            }
            tokio::time::sleep(LAKE_EVERY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Functions, Told};
    use super::*;
    use crate::home::Home;
    use crate::settings::Settings;

    #[tokio::test]
    async fn what_was_acknowledged_and_is_nowhere_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        let settings = Settings { is_chaos: true, ..Settings::default() };
        let parts = Parts::open(&home, &settings).await.unwrap();
        let chaos = ChaosMode::open(&settings, &home, Functions::default()).unwrap().unwrap();
        let untold = chaos.look(parts.readers.as_ref(), parts.store.as_ref()).await.unwrap();
        assert_eq!((untold.acknowledged, untold.lost), (None, None));
        chaos.hear(Told { acknowledged: 5, kills: 3, last_restart: None });
        let told = chaos.look(parts.readers.as_ref(), parts.store.as_ref()).await.unwrap();
        assert_eq!((told.acknowledged, told.lost, told.kills.process), (Some(5), Some(5), 3));
        assert!(ChaosMode::open(&Settings::default(), &home, Functions::default()).unwrap().is_none());
    }
}
