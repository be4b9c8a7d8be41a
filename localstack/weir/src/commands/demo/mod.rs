//! `weir demo`: everything in one process on generated traffic.

mod cases;
mod chaos;
mod progress;
mod tally;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use weir_generator::{EventKind, Generator};

use self::cases::Planted;
use self::progress::Progress;
use crate::cli;
use crate::client::Client;
use crate::commands::run::{banner, stop, stop_asked};
use crate::home::Home;
use crate::output;
use crate::replay::{Event, generated};
use crate::sender::Sender;
use crate::settings::Settings;
use crate::system::System;

/// Transactions a request when there is no pace.
const BATCH: usize = 200;

/// The demo's lake is committed more often, so that a reader finds rows soon.
const COMMIT_INTERVAL_MS: u64 = 3_000;

/// And its tables to query are made more often.
const TABLES_SECONDS: u64 = 60;

/// How long the end of the demo waits for the last row to arrive.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) async fn run(arguments: &cli::Demo, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    if arguments.chaos {
        return Box::pin(chaos::run(arguments, global, home)).await;
    }
    let mut settings = Settings::load(global.config.as_deref())?.with_listen(&arguments.listen);
    settings.commit_interval_ms = settings.commit_interval_ms.min(COMMIT_INTERVAL_MS);
    settings.jobs = settings.jobs.at_least_every(TABLES_SECONDS);
    let system = Box::pin(System::start(home.hold()?, settings)).await?;
    let say = |line: String| if global.json { Ok(()) } else { output::line(line) };
    for line in banner(&system) {
        say(line)?;
    }
    let progress = Progress::begin(home, arguments)?;
    say(format!("traffic   {}", progress.words(arguments)))?;
    say(String::new())?;

    let mut show =
        Show { arguments, system: &system, planted: Planted::default(), progress, is_json: global.json };
    let ended = tokio::select! {
        ended = Box::pin(show.play()) => Some(ended),
        signal = stop_asked() => { signal?; None }
        fault = system.fault() => Some(Err(fault)),
    };
    let code = match ended {
        Some(Ok(code)) => code,
        Some(Err(error)) => {
            stop(system).await?;
            return Err(error);
        }
        None => ExitCode::SUCCESS,
    };
    stop(system).await?;
    Ok(code)
}

/// One run of the demo.
struct Show<'a> {
    arguments: &'a cli::Demo,
    system: &'a System,
    planted: Planted,
    progress: Progress,
    is_json: bool,
}

impl Show<'_> {
    /// Sends everything, counts, and with `--exit` ends; else stays until Ctrl-C.
    async fn play(&mut self) -> Result<ExitCode> {
        let client =
            Client::find(self.system.home(), Some(&format!("http://{}", self.system.ingest_address)), None)?;
        let mut sender = Sender::new(client, BATCH, self.arguments.rate);
        self.send(&mut sender).await?;
        let tally = self.count(&sender).await?;
        self.progress.finish(self.system.home())?;
        let cases =
            if self.arguments.explain { Some(self.planted.explain(self.system).await?) } else { None };
        if self.is_json {
            output::json(&tally.json(cases.as_ref()))?;
        } else {
            tally.words().iter().try_for_each(output::line)?;
            if let Some(cases) = &cases {
                cases.words().iter().try_for_each(output::line)?;
            }
        }
        self.system.make_tables().await;
        if self.arguments.exit {
            return Ok(if tally.adds_up() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        if !self.is_json {
            output::line("\neverything is sent; the page and the API stay up until Ctrl-C")?;
        }
        stop_asked().await?;
        Ok(ExitCode::SUCCESS)
    }

    /// Waits until everything sent has come to its end, and counts.
    async fn count(&self, sender: &Sender) -> Result<tally::Tally> {
        let started = Instant::now();
        if !self.system.drain(PATIENCE).await? {
            bail!("after {} s not everything sent was in the lake; the log says why", PATIENCE.as_secs());
        }
        let (parts, score) = (&self.system.parts, &self.system.score);
        tally::count(parts, score, &sender.sent, self.planted.transactions(), started.elapsed()).await
    }

    async fn send(&mut self, sender: &mut Sender) -> Result<()> {
        let currency = self.system.settings.currency;
        let settings = generated(self.arguments.transactions, self.progress.seed(), currency);
        let mut generator = Generator::new(settings)?;
        let bar = self.bar();
        let mut has_hinted = false;
        for event in generator.by_ref() {
            let event = match event.kind {
                EventKind::Transaction { transaction, case, is_fraud } => {
                    self.planted.note(&transaction.order.transaction_id, case, is_fraud);
                    Event::Transaction(transaction)
                }
                EventKind::Label(label) => Event::Label(label),
            };
            sender.push(event).await?;
            if !has_hinted && sender.sent.accepted > 0 {
                has_hinted = true;
                self.hint()?;
            }
            let counted = self.system.score.metrics().counted();
            bar.set_position(sender.sent.sent);
            bar.set_message(format!(
                "{} decided: {} approved, {} in review, {} declined",
                counted.decided, counted.approved, counted.reviewed, counted.declined
            ));
        }
        sender.flush().await?;
        bar.finish_and_clear();
        self.planted.cases = generator.cases();
        Ok(())
    }

    /// What to try while it runs.
    fn hint(&self) -> Result<()> {
        if self.is_json {
            return Ok(());
        }
        let api = format!("http://{}", self.system.ingest_address);
        let known = self.planted.first().unwrap_or_default();
        let home = self.system.home().root().display();
        let currency = self.system.settings.currency;
        let now = crate::clock::now();
        let lines = [
            "try, in another terminal:".to_owned(),
            format!(
                "  curl -s {api}/score -H 'content-type: application/json' -d '{{\"transaction_id\":\"try-1\",\
                 \"customer_id\":\"me\",\"occurred_at\":\"{now}\",\"amount_minor\":129900,\"currency\":\"{currency}\",\
                 \"device_id\":\"my-laptop\",\"payment_method\":\"credit card\"}}'"
            ),
            format!(
                "  curl -s {api}/labels -H 'content-type: application/json' -d '{{\"transaction_id\":\"{known}\",\
                 \"is_fraud\":true,\"known_at\":\"{now}\"}}'"
            ),
            format!("  weir --home {home} decision {known}"),
            format!(
                "  weir --home {home} sql \"SELECT outcome, count(*) AS orders FROM silver.decisions GROUP BY outcome\""
            ),
            format!("  weir --home {home} dead-letters list"),
            String::new(),
        ];
        lines.iter().try_for_each(output::line)
    }

    fn bar(&self) -> ProgressBar {
        if self.is_json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(self.arguments.transactions);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len}  {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar
    }
}
