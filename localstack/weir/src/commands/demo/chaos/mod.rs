//! `weir demo --chaos`: traffic for a system whose page kills it, and a supervisor that brings it back.
//!
//! This process sends, counts what was acknowledged and starts `weir run --chaos` whenever it ends. At the end it
//! asks store and lake for every id that it sent.

mod account;
mod keeper;
mod screen;
mod telling;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, bail};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::keeper::{Lives, keep};
use self::screen::Screen;
use self::telling::{heard, tell};
use super::{COMMIT_INTERVAL_MS, PATIENCE};
use crate::cli;
use crate::commands::run::stop_asked;
use crate::home::Home;
use crate::load::{Load, LoadReport, LoadSettings, Tally};
use crate::settings::{Settings, SettingsError};
use crate::supervised::{Launch, Supervised, with_port};
use crate::system::Answered;

/// What the parts of the show share.
struct Show<'a> {
    arguments: &'a cli::Demo,
    settings: Settings,
    screen: Screen,
    lives: watch::Sender<Lives>,
    answered: watch::Sender<Option<Answered>>,
    sent: OnceLock<Arc<Tally>>,
}

pub(super) async fn run(arguments: &cli::Demo, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    if arguments.rate == 0 {
        let expected = "expected 1 or more with --chaos: its traffic goes on at a rate, whatever is killed";
        return Err(SettingsError::new("--rate", expected).into());
    }
    let mut settings = Settings::load(global.config.as_deref())?.with_listen(&arguments.listen);
    settings.check()?;
    settings.ingest_listen = with_port(settings.ingest_listen)?;
    settings.page_listen = with_port(settings.page_listen)?;
    begin(home)?;
    let show = Show {
        arguments,
        settings,
        screen: Screen::new(global.json, arguments.transactions),
        lives: watch::Sender::default(),
        answered: watch::Sender::default(),
        sent: OnceLock::new(),
    };
    let mut system = Supervised::start(show.launch(global, home)).await?;
    show.banner(home)?;
    let Some(report) = Box::pin(show.run(&mut system)).await? else { return Ok(ExitCode::FAILURE) };
    show.screen.end();
    Box::pin(show.account(&mut system, home, &report, global.json)).await
}

/// Takes the home for a moment, to be told if somebody has it, and forgets the show before.
fn begin(home: &Home) -> Result<()> {
    let _held = home.hold()?;
    match std::fs::remove_file(home.chaos_notes()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", home.chaos_notes().display()))
        }
        _ => Ok(()),
    }
}

impl Show<'_> {
    fn launch(&self, global: &cli::Global, home: &Home) -> Launch {
        let mut arguments = vec!["--chaos".into()];
        let files = [("--config", &global.config), ("--model", &self.settings.model)];
        for (flag, file) in files.into_iter().chain([("--policy", &self.settings.policy)]) {
            if let Some(file) = file {
                arguments.extend([flag.into(), file.clone().into_os_string()]);
            }
        }
        let interval = self.settings.commit_interval_ms.min(COMMIT_INTERVAL_MS);
        Launch {
            arguments,
            environment: vec![("WEIR_COMMIT_INTERVAL_MS", interval.to_string())],
            log: "warn",
            ..Launch::new(home, self.settings.ingest_listen, self.settings.page_listen)
        }
    }

    fn banner(&self, home: &Home) -> Result<()> {
        let cli::Demo { transactions, rate, seed, .. } = self.arguments;
        let lines = [
            format!("home      {}", home.root().display()),
            format!("api       http://{}", self.settings.ingest_listen),
            format!("page      http://{}  (its buttons kill what runs)", self.settings.page_listen),
            format!(
                "traffic   {transactions} transactions of a generated shop, {rate} a second, seed {seed}"
            ),
            String::new(),
        ];
        lines.iter().try_for_each(|line| self.screen.line(line))
    }

    fn acknowledged(&self) -> u64 {
        self.sent.get().map_or(0, |tally| tally.counts().transactions.accepted)
    }

    /// Until everything is sent and decided, or Ctrl-C; nothing if a second Ctrl-C did not want to wait.
    async fn run(&self, system: &mut Supervised) -> Result<Option<LoadReport>> {
        let stop = CancellationToken::new();
        let page = format!("http://{}", self.settings.page_listen);
        let twice_asked = async {
            stop_asked().await?;
            stop.cancel();
            stop_asked().await
        };
        tokio::select! {
            report = Box::pin(self.play(system.base(), &stop)) => report.map(Some),
            hopeless = keep(system, &self.lives, &self.screen) => hopeless.map(|never| match never {}),
            failed = tell(self, &page) => failed.map(|never| match never {}),
            asked = twice_asked => asked.map(|()| None),
        }
    }

    async fn play(&self, base: String, stop: &CancellationToken) -> Result<LoadReport> {
        heard(&self.answered, |answer| answer.has_begun).await?;
        let cli::Demo { transactions, rate, seed, exit, .. } = *self.arguments;
        let usual = LoadSettings::new(base, self.settings.currency, transactions, rate);
        let load = Load::start(LoadSettings { seed, patience: PATIENCE, ..usual }, stop).await?;
        let _set_once = self.sent.set(Arc::clone(load.tally()));
        let report = load.finish().await?;
        if !exit && !stop.is_cancelled() {
            self.screen.line("everything is sent; the page stays up until Ctrl-C")?;
            stop.cancelled().await;
        }
        let acknowledged = Some(report.transactions.accepted);
        let is_decided = |answer: &Answered| answer.acknowledged == acknowledged && answer.waiting == 0;
        if tokio::time::timeout(PATIENCE, heard(&self.answered, is_decided)).await.is_err() {
            bail!("after {} s not everything sent was decided; the log says why", PATIENCE.as_secs());
        }
        Ok(report)
    }
}
