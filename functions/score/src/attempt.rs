//! Trying again while others write the same things.

use std::time::Duration;

use weir_store::StoreError;

use crate::{Context, ScoreError};

const FIRST_WAIT: Duration = Duration::from_millis(1);
const LONGEST_WAIT: Duration = Duration::from_millis(64);

/// Runs `work` (load, fold, commit) until no conflict is left, as often as the settings say, with growing waits.
pub(crate) async fn until_committed<T>(
    context: &Context,
    work: impl AsyncFn() -> Result<T, StoreError>,
) -> Result<T, ScoreError> {
    let attempts = context.settings().attempts.max(1);
    let mut wait = FIRST_WAIT;
    for attempt in 1..=attempts {
        match work().await {
            Err(StoreError::Conflict) => context.metrics().conflict(),
            result => return Ok(result?),
        }
        if attempt < attempts {
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
    Err(ScoreError::Contended { attempts })
}
