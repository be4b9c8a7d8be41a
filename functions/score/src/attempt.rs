//! Trying again while others write the same things.
//!
//! The pause is anything up to a bound that doubles: whoever waited equally long would meet again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::{Context, ScoreError};

const FIRST_WAIT: Duration = Duration::from_millis(1);
const LONGEST_WAIT: Duration = Duration::from_millis(256);

/// Counts the attempts of one commit and waits between them, each time longer at most.
pub(crate) struct Attempts {
    made: u32,
    wait: Duration,
}

impl Attempts {
    pub(crate) const fn new() -> Self {
        Self { made: 0, wait: FIRST_WAIT }
    }

    /// After a conflict: waits and returns, so that everything is read and folded again; or gives up.
    pub(crate) async fn again(&mut self, context: &Context) -> Result<(), ScoreError> {
        context.metrics().conflict();
        self.made += 1;
        if self.made >= context.settings().attempts {
            return Err(ScoreError::Contended { attempts: self.made });
        }
        tokio::time::sleep(self.wait.mul_f64(fraction())).await;
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
        Ok(())
    }
}

/// Between 0 and 1, another each time.
fn fraction() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    (random >> 11) as f64 / (1_u64 << 53) as f64
}
