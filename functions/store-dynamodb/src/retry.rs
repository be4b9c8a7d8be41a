//! Trying again inside a deadline, after a pause of any length up to one that doubles ("full jitter": Brooker,
//! "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::DynamoSettings;
use crate::fault::{Fault, Meaning};
use crate::stats::Counters;

/// The time that one call has.
pub(crate) struct Patience<'a> {
    settings: &'a DynamoSettings,
    counters: &'a Counters,
    until: Instant,
}

/// The pauses of one request.
#[derive(Default)]
pub(crate) struct Pauses(u32);

impl<'a> Patience<'a> {
    pub(crate) fn new(settings: &'a DynamoSettings, counters: &'a Counters) -> Self {
        Self { settings, counters, until: Instant::now() + settings.deadline }
    }

    /// Waits, or answers the fault if it does not pass or the time is over.
    pub(crate) async fn pause(&self, pauses: &mut Pauses, fault: Fault) -> Result<(), Fault> {
        if !fault.is_again() {
            return Err(fault);
        }
        let pause = self.next(pauses).mul_f64(fraction());
        if Instant::now() + pause >= self.until {
            return Err(fault);
        }
        self.counters.retry(fault.meaning == Meaning::Throttled);
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// The longest that the next pause may be.
    fn next(&self, pauses: &mut Pauses) -> Duration {
        let doubled =
            self.settings.first_pause.saturating_mul(1_u32.checked_shl(pauses.0).unwrap_or(u32::MAX));
        pauses.0 += 1;
        doubled.min(self.settings.longest_pause)
    }

    /// Asks until it is answered.
    pub(crate) async fn ask<T, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let mut pauses = Pauses::default();
        loop {
            self.counters.request();
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(fault) => self.pause(&mut pauses, fault).await?,
            }
        }
    }
}

/// Between 0 and 1, another each time.
fn fraction() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn settings() -> DynamoSettings {
        DynamoSettings::new("test-")
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_pass_is_tried_until_the_deadline() {
        let (settings, counters) = (settings(), Counters::default());
        let (started, tries) = (Instant::now(), Cell::new(0_u64));
        let answer: Result<(), Fault> = Patience::new(&settings, &counters)
            .ask(|| {
                tries.set(tries.get() + 1);
                std::future::ready(Err(Fault::new("ThrottlingException", "")))
            })
            .await;
        assert_eq!(answer.unwrap_err().meaning, Meaning::Throttled);
        assert!(started.elapsed() <= settings.deadline);
        assert!(tries.get() > 10, "{} tries in {:?}", tries.get(), started.elapsed());
        let stats = counters.stats();
        assert_eq!((stats.requests, stats.throttles), (tries.get(), tries.get() - 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_answered_and_what_never_passes_is_not_tried_again() {
        let (settings, counters) = (settings(), Counters::default());
        let tries = Cell::new(0);
        let answer = Patience::new(&settings, &counters)
            .ask(|| {
                tries.set(tries.get() + 1);
                let is_passing = tries.get() < 4;
                std::future::ready(if is_passing {
                    Err(Fault::new("InternalServerError", ""))
                } else {
                    Ok(tries.get())
                })
            })
            .await;
        assert_eq!(answer, Ok(4));
        let refused = Patience::new(&settings, &counters)
            .ask(|| std::future::ready(Err::<(), _>(Fault::new("AccessDeniedException", ""))))
            .await;
        assert_eq!(refused.unwrap_err().meaning, Meaning::Refused);
        assert_eq!(counters.stats().retries, 3);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let (settings, counters) = (settings(), Counters::default());
        let patience = Patience::new(&settings, &counters);
        let mut pauses = Pauses::default();
        let found: Vec<u128> = (0..40).map(|_| patience.next(&mut pauses).as_millis()).collect();
        assert_eq!(found[..7], [25, 50, 100, 200, 400, 800, 1_000]);
        assert!(found[7..].iter().all(|pause| *pause == 1_000));
        let fractions: Vec<f64> = (0..1_000).map(|_| fraction()).collect();
        assert!(fractions.iter().all(|one| (0.0..1.0).contains(one)));
        let mean = fractions.iter().sum::<f64>() / 1_000.0;
        assert!((0.4..0.6).contains(&mean), "{mean}");
    }
}
