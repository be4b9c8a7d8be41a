//! Which demo run this is: a home can see many, each with other transactions; one that was cut off is played again.

use std::fs;
use std::io::ErrorKind;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::cli;
use crate::home::Home;

/// As kept in the home.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Runs that came to their end.
    finished: u64,
    /// Seed and size of the run that is on, if it was cut off.
    cut_off: Option<(u64, u64)>,
    #[serde(skip)]
    is_again: bool,
}

impl Progress {
    /// Goes on with a run that was cut off, if the same one is asked for again; else begins the next.
    pub(super) fn begin(home: &Home, arguments: &cli::Demo) -> Result<Self> {
        let path = home.demo_progress();
        let mut progress = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("`{}` is damaged; remove it to begin anew", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Self { finished: 0, cut_off: None, is_again: false }
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
            }
        };
        let seed = arguments.seed.wrapping_add(progress.finished);
        let wanted = (seed, arguments.transactions);
        progress.is_again = progress.cut_off == Some(wanted);
        progress.cut_off = Some(wanted);
        progress.write(home)?;
        Ok(progress)
    }

    /// The run came to its end.
    pub(super) fn finish(&mut self, home: &Home) -> Result<()> {
        self.finished += 1;
        self.cut_off = None;
        self.write(home)
    }

    /// Seed of this run.
    pub(super) fn seed(&self) -> u64 {
        self.cut_off.map_or(0, |(seed, _)| seed)
    }

    /// What is sent, for the banner.
    pub(super) fn words(&self, arguments: &cli::Demo) -> String {
        let pace = match arguments.rate {
            0 => "as fast as they are taken".to_owned(),
            rate => format!("{rate} a second"),
        };
        let again = if self.is_again { "; the run that was cut off, sent again from its start" } else { "" };
        format!(
            "{} transactions of a generated shop, {pace}, 30 days of history, seed {}{again}",
            arguments.transactions,
            self.seed()
        )
    }

    fn write(self, home: &Home) -> Result<()> {
        let path = home.demo_progress();
        let beside = path.with_extension("json.new");
        fs::write(&beside, serde_json::to_vec(&self)?)
            .and_then(|()| fs::rename(&beside, &path))
            .with_context(|| format!("cannot write `{}`", path.display()))
    }
}
