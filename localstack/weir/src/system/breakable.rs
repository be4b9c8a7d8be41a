//! Loops that can be killed: dropped wherever they are, and begun again after a pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;

/// How long a killed function stays dead: long enough to be seen.
const PAUSE: Duration = Duration::from_secs(1);

/// What can be killed apart from the process.
#[derive(Default)]
pub(super) struct Functions {
    pub(super) scorer: Arc<Breakable>,
    pub(super) archiver: Arc<Breakable>,
}

/// The loops of one function.
#[derive(Default)]
pub(super) struct Breakable {
    kills: watch::Sender<u64>,
    /// Loops that are dead right now.
    down: AtomicUsize,
}

impl Breakable {
    /// Kills every loop.
    pub(super) fn kill(&self) {
        self.kills.send_modify(|kills| *kills += 1);
    }

    /// Whether a loop is dead right now.
    pub(super) fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed) > 0
    }

    /// Runs a loop until it ends by itself. A kill drops its future, as a crash would: what it had begun and not
    /// handed over is gone, what it had handed over (a commit on its way to the disk) still happens.
    pub(super) async fn run<W>(&self, mut begin: impl FnMut() -> W) -> Result<()>
    where
        W: Future<Output = Result<()>>,
    {
        let mut kills = self.kills.subscribe();
        loop {
            kills.mark_unchanged();
            tokio::select! {
                ended = begin() => return ended,
                _ = kills.changed() => {}
            }
            self.down.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
            self.down.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_killed_loop_is_begun_again_and_one_that_ends_is_not() {
        let function = Arc::new(Breakable::default());
        let begun = Arc::new(AtomicUsize::new(0));
        let (running, counted) = (Arc::clone(&function), Arc::clone(&begun));
        let task = tokio::spawn(async move {
            let work = || {
                let life = counted.fetch_add(1, Ordering::Relaxed);
                async move {
                    if life < 2 {
                        std::future::pending::<()>().await;
                    }
                    Ok(())
                }
            };
            running.run(work).await
        });
        tokio::time::sleep(PAUSE).await;
        for life in 1..=2 {
            assert_eq!(begun.load(Ordering::Relaxed), life);
            function.kill();
            tokio::time::sleep(PAUSE / 2).await;
            assert!(function.is_down());
            tokio::time::sleep(PAUSE).await;
        }
        task.await.unwrap().unwrap();
        assert!(!function.is_down());
        assert_eq!(begun.load(Ordering::Relaxed), 3);
    }
}
