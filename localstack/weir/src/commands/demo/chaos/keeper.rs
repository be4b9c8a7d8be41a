//! Brings the system back whenever it ends.

use std::convert::Infallible;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::sync::watch;
use weir_dashboard::Restart;

use super::screen::Screen;
use crate::clock;
use crate::supervised::{Begun, Supervised, is_killed};

/// A life at least so long ends a row of short ones.
const LONG: Duration = Duration::from_secs(10);

/// Pause before the second start in a row; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause before a start.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Ends by itself in a row after which it is not started any more.
const HOPELESS: u32 = 5;

/// What the supervisor has seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lives {
    /// How often it was killed.
    pub(super) kills: u64,
    pub(super) last_restart: Option<Restart>,
    /// Longest time without a system that serves, in milliseconds.
    pub(super) longest_away_ms: u64,
}

/// Starts the next life after each; ends only where there is no hope.
pub(super) async fn keep(
    system: &mut Supervised,
    lives: &watch::Sender<Lives>,
    screen: &Screen,
) -> Result<Infallible> {
    let mut row = Row::default();
    let mut began = Instant::now();
    loop {
        let mut status = system.ended().await?;
        let gone = Instant::now();
        loop {
            if is_killed(status) {
                lives.send_modify(|lives| lives.kills += 1);
            }
            screen.say(format_args!("the process is gone ({status}); starting it again"));
            tokio::time::sleep(row.pause(status, gone.duration_since(began))?).await;
            system.again()?;
            began = Instant::now();
            match system.ready().await? {
                Begun::Ready => break,
                Begun::Ended(ended) => status = ended,
            }
        }
        let away = gone.elapsed();
        let away_ms = u64::try_from(away.as_millis()).unwrap_or(u64::MAX);
        screen.say(format_args!("it serves again after {:.1} s", away.as_secs_f64()));
        lives.send_modify(|lives| {
            lives.last_restart = Some(Restart { at: clock::now(), away_ms });
            lives.longest_away_ms = lives.longest_away_ms.max(away_ms);
        });
    }
}

/// Short lives in a row.
#[derive(Default)]
struct Row {
    lives: u32,
    /// Of these ended by themselves.
    by_themselves: u32,
}

impl Row {
    /// How long to wait before the next start.
    fn pause(&mut self, status: ExitStatus, life: Duration) -> Result<Duration> {
        if life >= LONG {
            *self = Self::default();
        }
        self.by_themselves += u32::from(!is_killed(status));
        if self.by_themselves >= HOPELESS {
            bail!(
                "the system ended by itself {HOPELESS} times in a row, the last time with {status}; its log is above"
            );
        }
        let pause = match self.lives.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => (FIRST_PAUSE * 2_u32.pow(doublings.min(16))).min(LONGEST_PAUSE),
        };
        self.lives += 1;
        Ok(pause)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    const SHORT: Duration = Duration::from_millis(500);

    #[test]
    fn a_killed_system_is_brought_back_for_ever_with_growing_pauses() {
        let mut row = Row::default();
        let killed = ExitStatus::from_raw(9);
        let pauses: Vec<Duration> = (0..20).map(|_| row.pause(killed, SHORT).unwrap()).collect();
        assert_eq!(pauses[..3], [Duration::ZERO, FIRST_PAUSE, FIRST_PAUSE * 2]);
        assert_eq!(pauses[19], LONGEST_PAUSE);
        assert_eq!(row.pause(killed, LONG).unwrap(), Duration::ZERO);
    }

    #[test]
    fn a_system_that_ends_by_itself_again_and_again_is_given_up() {
        let mut row = Row::default();
        let failed = ExitStatus::from_raw(1 << 8);
        for _ in 1..HOPELESS {
            row.pause(failed, SHORT).unwrap();
        }
        let error = row.pause(failed, SHORT).unwrap_err().to_string();
        assert!(error.contains("5 times in a row"), "{error}");
    }
}
