//! The end of a show: every id that was sent is looked for.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;

use super::Show;
use crate::commands::demo::tally::{self, Tally};
use crate::home::Home;
use crate::load::LoadReport;
use crate::output;
use crate::sender::Sent;
use crate::settings::Settings;
use crate::supervised::{Supervised, is_killed};
use crate::system::{Noted, Parts};

/// How often a system that was told to end may be killed on its way.
const LAST_LIVES: u32 = 10;

impl Show<'_> {
    /// Ends the system, then looks for every id that was sent.
    pub(super) async fn account(
        &self,
        system: &mut Supervised,
        home: &Home,
        report: &LoadReport,
        is_json: bool,
    ) -> Result<ExitCode> {
        let sent = Instant::now();
        finish(system).await?;
        let mut tally = Box::pin(count(home, &self.settings, report, sent)).await?;
        if !tally.adds_up() {
            // An end leaves what takes it too long to the next start.
            again(system).await?;
            finish(system).await?;
            tally = Box::pin(count(home, &self.settings, report, sent)).await?;
        }
        let noted = Noted::read(&home.chaos_notes())?;
        if is_json {
            self.print_json(&tally, noted)?
        } else {
            self.print(&tally, noted, report)?
        }
        Ok(if tally.adds_up() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn print_json(&self, tally: &Tally, Noted { scorer, archiver, .. }: Noted) -> Result<()> {
        let lives = *self.lives.borrow();
        let mut value = tally.json(None);
        value["kills"] = json!({ "scorer": scorer, "archiver": archiver, "process": lives.kills });
        value["longest_away_ms"] = lives.longest_away_ms.into();
        output::json(&value)
    }

    fn print(&self, tally: &Tally, Noted { scorer, archiver, .. }: Noted, report: &LoadReport) -> Result<()> {
        let lives = *self.lives.borrow();
        let (process, away) = (lives.kills, lives.longest_away_ms as f64 / 1_000.0);
        let times = |count: u64| if count == 1 { "once".to_owned() } else { format!("{count} times") };
        output::line(format!(
            "killed the scorer {}, the archiver {}, the whole process {} (away for {away:.1} s at most)",
            times(scorer),
            times(archiver),
            times(process)
        ))?;
        tally.words().iter().try_for_each(output::line)?;
        report.reasons.iter().try_for_each(|reason| output::line(format!("  rejected: {reason}")))
    }
}

/// Ctrl-C for the system, again if it is killed on its way.
async fn finish(system: &mut Supervised) -> Result<()> {
    for _ in 0..LAST_LIVES {
        let status = system.finish().await?;
        if status.success() {
            return Ok(());
        }
        if !is_killed(status) {
            bail!("the system did not end well: {status}; its log is above");
        }
        again(system).await?;
    }
    bail!("the system was killed each of {LAST_LIVES} times that it was to end");
}

async fn again(system: &mut Supervised) -> Result<()> {
    system.again()?;
    system.serving().await
}

/// What store and lake hold of everything that was sent; the last of it left at `ended`.
async fn count(home: &Home, settings: &Settings, report: &LoadReport, ended: Instant) -> Result<Tally> {
    let _held = home.hold()?;
    let parts = Box::pin(Parts::open(home, settings)).await?;
    let score = parts.score(settings, None)?;
    let sent = Sent {
        sent: report.transactions.sent,
        accepted: report.transactions.accepted,
        rejected: report.transactions.rejected,
        labels: report.labels.accepted,
        ..Sent::default()
    };
    let ids: Vec<String> = (1..=sent.sent).map(|number| format!("{}{number:08}", report.id_prefix)).collect();
    let wait: Duration = ended.elapsed();
    tally::count(&parts, &score, &sent, &ids, wait).await
}
