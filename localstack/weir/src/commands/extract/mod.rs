//! `weir extract`: days from a source into the lake.

mod told;
mod wrong;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use serde_json::json;
use weir_datasets::{Mapping, Options};
use weir_engine::Lake;
use weir_extract::{Description, Fetch, Fetched};
use weir_import::{Request, Summary};
use weir_keyring::{FileKeyring, Keyring};

use self::told::{plan, tell};
use self::wrong::{is_of_settings, settings_error, settled};
use super::import;
use crate::backing;
use crate::cli;
use crate::fault::fault;
use crate::home::Home;
use crate::output;
use crate::settings::{Settings, SettingsError};
use crate::source::{check_share, is_too_much, parse_currency, wrong_mapping};

/// What was fetched and never imported is readable: it is not kept longer than this.
const KEPT: std::time::Duration = std::time::Duration::from_secs(7 * 86_400);

pub(crate) async fn run(arguments: &cli::Extract, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    check_share(arguments.max_rejected_share)?;
    let settings = Settings::load(global.config.as_deref())?;
    let dates = dates(&arguments.days)?;
    let description = Description::open(&arguments.source).map_err(settings_error)?;
    let (options, label_delay_days) = options(&description, &settings)?;
    let objects = match description.store_root() {
        Some(root) => Some(backing::objects(root, &settings).await?),
        None => None,
    };
    let staging = home.extracts();
    let fetch = Fetch {
        description: &description,
        staging: &staging,
        objects: objects.as_ref(),
        environment: &|name| std::env::var(name).ok(),
    };
    if arguments.dry_run {
        return plan(&fetch, &dates, global.json).await;
    }
    let _held = home.hold()?;
    weir_extract::sweep(&staging, KEPT)?;
    let (keyring, _) = FileKeyring::open(home.keys())?;
    let work = Work {
        fetch,
        keyring: Arc::new(keyring),
        lake: Box::pin(backing::lake(home, &settings)).await?,
        options,
        label_delay_days,
        arguments,
    };
    Box::pin(work.all(&dates, global.json)).await
}

/// What is the same for every date.
struct Work<'a> {
    fetch: Fetch<'a>,
    keyring: Arc<dyn Keyring>,
    lake: Lake,
    options: Options,
    label_delay_days: u32,
    arguments: &'a cli::Extract,
}

/// What became of one date.
struct Done {
    fetched: Fetched,
    imported: Vec<Summary>,
    /// Where it was put to be looked at.
    kept: Option<PathBuf>,
}

impl Work<'_> {
    /// Every date, whatever became of the ones before; but what no date can do without is missed only once.
    async fn all(&self, dates: &[NaiveDate], is_json: bool) -> Result<ExitCode> {
        let (mut results, mut is_good) = (Vec::new(), true);
        for date in dates {
            match Box::pin(self.date(*date)).await {
                Ok(done) => {
                    let rows = done.imported.iter().map(|summary| summary.rows).sum();
                    let rejected = done.imported.iter().map(|summary| summary.rejected).sum();
                    is_good &= !is_too_much(rows, rejected, self.arguments.max_rejected_share);
                    if !is_json {
                        tell(*date, &done)?;
                    }
                    results.push(json!({ "date": date, "fetched": done.fetched, "imported": done.imported, "kept": done.kept }));
                }
                Err(error) if dates.len() == 1 || is_of_settings(&error) => {
                    if is_json && !results.is_empty() {
                        output::json(&results)?;
                    }
                    return Err(settled(error));
                }
                Err(error) => {
                    is_good = false;
                    #[expect(
                        clippy::print_stderr,
                        reason = "the other dates go on, and this is told beside them"
                    )]
                    {
                        eprintln!("weir: {error:#}");
                    }
                    results.push(json!({ "date": date, "error": format!("{error:#}") }));
                }
            }
        }
        if is_json {
            output::json(&results)?;
        }
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn date(&self, date: NaiveDate) -> Result<Done> {
        if self.arguments.fresh {
            self.fetch.forget(date)?;
        }
        let bar = output::progress();
        let mut show = |progress: weir_extract::Progress| {
            bar.set_length(progress.total.unwrap_or(progress.done));
            bar.set_position(progress.done);
            bar.set_message(format!("{date}: {} pages, {} bytes", progress.done, progress.bytes));
        };
        let fetched = Box::pin(self.fetch.date(date, &mut show)).await;
        bar.finish_and_clear();
        let fetched = fetched?;
        let mut imported = Vec::new();
        for file in &fetched.files {
            imported.push(self.import(date, file).await?);
        }
        let has_rejects = imported.iter().any(|summary| summary.rejects_file.is_some());
        let kept = match !fetched.files.is_empty() && (self.arguments.keep || has_rejects) {
            true => Some(self.fetch.keep(date)?),
            false => {
                self.fetch.forget(date)?;
                None
            }
        };
        Ok(Done { fetched, imported, kept })
    }

    async fn import(&self, date: NaiveDate, file: &std::path::Path) -> Result<Summary> {
        let mut request = Request::new(file.to_owned(), self.options.clone());
        request.label_delay_days = self.label_delay_days;
        request.fault = fault()?;
        let bar = output::progress();
        let mut show = |progress: weir_import::Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(format!("{} rows of {date}", progress.rows));
        };
        let keyring = Arc::clone(&self.keyring);
        let done = Box::pin(weir_import::run(&self.lake, keyring, &request, &mut show)).await;
        bar.finish_and_clear();
        done.map_err(import::wrong).with_context(|| format!("{date}: not imported"))
    }
}

fn options(description: &Description, settings: &Settings) -> Result<(Options, u32)> {
    let currency = description.currency().map(parse_currency).transpose()?.unwrap_or(settings.currency);
    if currency != settings.currency {
        let problem = format!(
            "this deployment counts in {}; a deployment has one currency, set it as `currency` in weir.toml",
            settings.currency
        );
        return Err(SettingsError::new("import.currency", problem).into());
    }
    let mapping = description.mapping().map(Mapping::open).transpose().map_err(wrong_mapping)?;
    let options = Options { currency, mapping: mapping.map(Arc::new), limit: None };
    Ok((options, description.label_delay_days().unwrap_or(7)))
}

fn dates(days: &cli::Days) -> Result<Vec<NaiveDate>> {
    let parsed = |flag: &str, text: &str| -> Result<NaiveDate> {
        let expected = || format!("expected a day such as `2026-11-22`, found `{text}`");
        Ok(text.parse().map_err(|_| SettingsError::new(flag, expected()))?)
    };
    let (from, to) = match (&days.date, &days.from, &days.to) {
        (Some(date), _, _) => (parsed("--date", date)?, parsed("--date", date)?),
        (None, Some(from), Some(to)) => (parsed("--from", from)?, parsed("--to", to)?),
        _ => return Err(SettingsError::new("--date", "expected a day such as `2026-11-22`").into()),
    };
    if from > to {
        return Err(SettingsError::new("--to", format!("expected `{from}` or later, found `{to}`")).into());
    }
    Ok(from.iter_days().take_while(|date| *date <= to).collect())
}
