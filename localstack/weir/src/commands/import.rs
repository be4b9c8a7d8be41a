//! `weir import`: files into the lake, in bulk.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use weir_import::{Request, Summary};
use weir_keyring::{FileKeyring, Keyring};

use crate::backing;
use crate::cli;
use crate::fault::fault;
use crate::home::Home;
use crate::output;
use crate::settings::{Settings, SettingsError};
use crate::source::wrong_mapping;

pub(crate) async fn run(arguments: &cli::Import, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    let settings = Settings::load(global.config.as_deref())?;
    let options = arguments.source.options(settings.currency)?;
    if options.currency != settings.currency {
        let problem = format!(
            "this deployment counts in {}; a deployment has one currency, set it as `currency` in weir.toml",
            settings.currency
        );
        return Err(SettingsError::new("--currency", problem).into());
    }
    let _held = home.hold()?;
    let (keyring, _) = FileKeyring::open(home.keys())?;
    let keyring: Arc<dyn Keyring> = Arc::new(keyring);
    let lake = Box::pin(backing::lake(home, &settings)).await?;
    let (mut rows, mut rejected, mut summaries) = (0, 0, Vec::new());
    for file in &arguments.files {
        let mut request = Request::new(file.clone(), options.clone());
        request.label_delay_days = arguments.label_delay_days;
        request.threads = arguments.threads.map_or(request.threads, std::num::NonZeroUsize::get);
        request.block_rows = arguments.block_rows.get();
        request.fault = fault()?;
        let bar = output::progress();
        let mut show = |progress: weir_import::Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(format!("{} rows of {}", progress.rows, file.display()));
        };
        let done = Box::pin(weir_import::run(&lake, Arc::clone(&keyring), &request, &mut show)).await;
        bar.finish_and_clear();
        let summary = done.map_err(wrong)?;
        rows += summary.rows;
        rejected += summary.rejected;
        if !global.json {
            tell(file, &summary)?;
        }
        summaries.push(serde_json::json!({ "file": file, "result": summary }));
    }
    if global.json {
        output::json(&summaries)?;
    }
    let is_too_much = arguments.source.is_too_much(rows, rejected);
    Ok(if is_too_much { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A mapping that does not fit is wrong usage.
pub(super) fn wrong(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<weir_datasets::ReadError>() {
        Ok(error) => wrong_mapping(error),
        Err(other) => other,
    }
}

fn tell(file: &Path, summary: &Summary) -> Result<()> {
    let file = file.display();
    if summary.is_repeated {
        return output::line(format!("{file}: was imported before, nothing was added"));
    }
    if summary.resumed_after > 0 {
        output::line(format!("{file}: went on after row {}", summary.resumed_after))?;
    }
    output::line(format!(
        "{file}: {} transactions and {} labels added, {} rows repeated, {} rejected, in {:.1} s",
        summary.transactions,
        summary.labels,
        summary.repeated,
        summary.rejected,
        summary.elapsed.as_secs_f64()
    ))?;
    if let Some(rejects) = &summary.rejects_file {
        output::line(format!("  {} says which rows were rejected and why", rejects.display()))?;
    }
    Ok(())
}
