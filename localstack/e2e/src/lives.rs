//! A system that is ended and started again, at moments that a seed picks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::load::Load;
use crate::process::Weir;

/// Milliseconds after the start of a process around which it ends; starting takes some of them, so some fall into
/// recovery.
const MOMENTS_MS: [u64; 9] = [900, 60, 1_500, 250, 700, 2_400, 450, 1_100, 3_300];

/// Senders at once.
const SENDERS: usize = 6;

/// How often a system is ended, and the seed of the moments.
#[derive(Clone, Copy, Debug)]
pub struct Lives {
    /// How many.
    pub count: u64,
    /// The seed.
    pub seed: u64,
}

impl Lives {
    /// So many; `POWER_LIVES` and `POWER_SEED` ask for others.
    pub fn usually(count: u64) -> Self {
        let asked = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
        Self { count: asked("POWER_LIVES").unwrap_or(count), seed: asked("POWER_SEED").unwrap_or(0) }
    }

    /// Starts the system and loads it again and again; `end` ends each by its number in the way that is tested, and
    /// makes ready for the next one.
    pub async fn live(
        self,
        home: &Path,
        environment: &[(&str, &str)],
        load: &Load,
        mut end: impl FnMut(u64, Weir),
    ) {
        for life in 0..self.count {
            let mut system = Weir::spawn(home, environment);
            // As slowly as leaves each later life as much, so that all of them end under load on a fast machine too.
            let (moment, share) = (self.moment(life), load.left() as u64 / (self.count - life + 1));
            let pace = moment * SENDERS as u32 / share.max(1) as u32;
            tokio::select! {
                () = tokio::time::sleep(moment) => {}
                () = async {
                    system.ready().await;
                    load.send_slowly(&system, SENDERS, pace).await;
                    std::future::pending::<()>().await;
                } => {}
            }
            end(life, system);
            eprintln!("{self:?}: life {life}, {} acknowledged", load.tally().acknowledged.len());
        }
    }

    /// Starts it once more and sends what is left.
    pub async fn last(home: &Path, environment: &[(&str, &str)], load: &Load) -> Weir {
        let mut system = Weir::spawn(home, environment);
        system.ready().await;
        load.send(&system, SENDERS).await;
        assert_eq!(load.left(), 0, "the system stopped answering: {:?}", load.tally().statuses);
        system
    }

    fn moment(self, life: u64) -> Duration {
        let near = MOMENTS_MS[(life % MOMENTS_MS.len() as u64) as usize];
        let mixed = (self.seed * 1_000 + life + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        Duration::from_millis(near / 2 + mixed % near)
    }
}

/// Copies a home to the folder that `POWER_KEEP` names when a test fails, since its disk ends with the test.
#[derive(Debug)]
pub struct KeptOnFailure(pub PathBuf);

impl Drop for KeptOnFailure {
    fn drop(&mut self) {
        if let Some(folder) = std::env::var_os("POWER_KEEP").filter(|_| std::thread::panicking()) {
            let _copied = Command::new("cp").arg("-r").arg(&self.0).arg(folder).status();
        }
    }
}
