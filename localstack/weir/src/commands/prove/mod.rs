//! `weir prove`: load, kills and what is left of them, on this machine, in a home of its own.

mod checks;
mod deployment;
mod files;
mod lake;
mod phases;
mod reused;
mod services;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio_util::sync::CancellationToken;

use crate::cli;
use crate::commands::run::stop_asked;
use crate::home::Home;
use crate::output;
use crate::settings::Settings;
use deployment::Deployment;
use phases::Phases;
use table::Table;

/// Share of the time that is measured without kills.
const CALM: f64 = 0.4;

pub(crate) async fn run(arguments: &cli::Prove, global: &cli::Global) -> Result<ExitCode> {
    let started = Instant::now();
    let settings = Settings::load(global.config.as_deref())?;
    let folder =
        tempfile::Builder::new().prefix("weir-prove-").tempdir().context("cannot make a temporary home")?;
    let home = Home::new(&folder.path().join("home"));
    let (settings, file) = services::of_its_own(settings, folder.path())?;
    say(format_args!("home {} (temporary)", home.root().display()));
    let stop = CancellationToken::new();
    let measured = tokio::select! {
        measured = Box::pin(prove(arguments, (&settings, file.as_deref()), &home, &stop)) => measured,
        stopped = stop_asked() => {
            stopped?;
            say(format_args!("stopped before the end; nothing is proven"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let table = measured?;
    let is_kept = arguments.keep || !table.is_passed();
    let kept = is_kept.then(|| folder.keep());
    if !is_kept {
        services::remove(&settings).await?;
    }
    report(&table, kept, started.elapsed(), global.json)?;
    Ok(if table.is_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn prove(
    arguments: &cli::Prove,
    (settings, file): (&Settings, Option<&Path>),
    home: &Home,
    stop: &CancellationToken,
) -> Result<Table> {
    let whole = Duration::from_secs_f64(arguments.minutes * 60.0);
    let calm = whole.mul_f64(CALM);
    let mut deployment = Deployment::start(home, file).await?;
    let mut phases = Phases::new(arguments, settings.currency, &deployment);
    say(format_args!("{:.0} s at {} transactions a second, undisturbed", calm.as_secs_f64(), arguments.rate));
    phases.calm(calm, stop).await?;
    say(format_args!(
        "{:.0} s at the same rate with kill -9 at random moments",
        (whole - calm).as_secs_f64()
    ));
    phases.with_kills(&mut deployment, whole - calm, stop).await?;
    say(format_args!("the same ids with other content, then the end of the line"));
    let reused = reused::send(&deployment, settings.currency).await?;
    deployment.finish().await?;
    say(format_args!("counting, folding every vector again, searching every file"));
    Box::pin(checks::table(home, settings, arguments, &phases, &reused)).await
}

fn report(table: &Table, kept: Option<PathBuf>, elapsed: Duration, json: bool) -> Result<()> {
    if json {
        return output::json(&serde_json::json!({
            "passed": table.is_passed(),
            "rows": table.rows(),
            "home": kept,
            "seconds": elapsed.as_secs_f64(),
        }));
    }
    table.print()?;
    if let Some(path) = kept {
        output::line(format!("\nthe home is kept: {}", path.display()))?;
    }
    let verdict = if table.is_passed() { "every promise was kept" } else { "a promise was broken" };
    output::line(format!("\n{verdict}, in {:.0} s", elapsed.as_secs_f64()))
}

/// A line about where it is, on stderr.
fn say(line: std::fmt::Arguments<'_>) {
    #[expect(clippy::print_stderr, reason = "progress of a command that takes minutes")]
    {
        eprintln!("prove: {line}");
    }
}
