//! `weir send --generate N --rate R`: live traffic at a rate, measured.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;
use weir_events::Currency;

use crate::cli;
use crate::client::Client;
use crate::commands::run::stop_asked;
use crate::load::{Load, LoadSettings, Tally};
use crate::output;
use crate::settings::SettingsError;

/// How often the progress line changes.
const SHOW_EVERY: Duration = Duration::from_millis(500);

/// Refuses flags that mean something for open-loop load only.
pub(super) fn refuse_flags(flags: &cli::OpenLoop) -> Result<(), SettingsError> {
    let given = [
        ("--seconds", flags.seconds.is_some()),
        ("--endpoint", flags.endpoint.is_some()),
        ("--connections", flags.connections.is_some()),
        ("--no-labels", flags.no_labels),
        ("--decided", flags.decided.is_some()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => Err(SettingsError::new(*flag, "expected `--generate N --rate R` beside it")),
        None => Ok(()),
    }
}

/// Sends, shows how it goes, and reports; Ctrl-C ends it early.
pub(super) async fn run(
    transactions: u64,
    arguments: &cli::Send,
    client: &Client,
    currency: Currency,
    json: bool,
) -> Result<ExitCode> {
    let settings = settings(transactions, arguments, client, currency);
    let stop = CancellationToken::new();
    let load = Load::start(settings.clone(), &stop).await?;
    let showing = tokio::spawn(show(Arc::clone(load.tally()), settings));
    let report = tokio::select! {
        report = load.finish() => report,
        // The report of what was sent until then follows below.
        never = end_on_signal(&stop) => never,
    };
    showing.abort();
    let report = report?;
    if json {
        output::json(&report)?;
    } else {
        report.words().iter().try_for_each(output::line)?;
    }
    let sent = report.transactions.sent;
    let is_too_much = arguments.source.is_too_much(sent, report.transactions.rejected);
    Ok(if report.is_complete() && !is_too_much { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lets the load end by itself on Ctrl-C.
async fn end_on_signal<T>(stop: &CancellationToken) -> Result<T> {
    stop_asked().await?;
    stop.cancel();
    std::future::pending().await
}

fn settings(transactions: u64, arguments: &cli::Send, client: &Client, currency: Currency) -> LoadSettings {
    let usual = LoadSettings::new(client.base(), currency, transactions, arguments.rate);
    let flags = &arguments.load;
    LoadSettings {
        api_key: arguments.api_key.clone(),
        endpoint: flags.endpoint.unwrap_or_default(),
        time: flags.seconds.map(Duration::from_secs),
        batch: arguments.batch.unwrap_or(usual.batch),
        connections: flags.connections.map_or(usual.connections, Into::into),
        has_labels: !flags.no_labels,
        seed: arguments.seed,
        decided: flags.decided.map(Into::into),
        ..usual
    }
}

/// A line on stderr while it runs; nothing where that is no terminal.
async fn show(tally: Arc<Tally>, settings: LoadSettings) {
    let bar = ProgressBar::new(settings.scheduled());
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {percent:>3} %  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    let (mut before, mut shown) = (0, Instant::now());
    loop {
        tokio::time::sleep(SHOW_EVERY).await;
        let counts = tally.counts();
        let accepted = counts.transactions.accepted;
        let rate = (accepted - before) as f64 / shown.elapsed().as_secs_f64();
        (before, shown) = (accepted, Instant::now());
        let (p50, p99, errors) = (counts.answered.at(0.5), counts.answered.at(0.99), counts.errors);
        bar.set_position(counts.transactions.sent);
        bar.set_message(format!(
            "{rate:.0}/s  p50 {p50:.1} ms  p99 {p99:.1} ms  {} busy, {} failed",
            errors.busy,
            errors.server + errors.timeouts + errors.broken + errors.refused
        ));
    }
}
