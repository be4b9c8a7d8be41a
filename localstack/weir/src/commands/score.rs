//! `weir score`: scores of a file in bulk.

use std::num::NonZeroUsize;
use std::process::ExitCode;

use anyhow::{Context, Result};
use weir_bulk_score::{BulkScoreError, Progress, Request, Summary, score};
use weir_features::FeatureSet;
use weir_keyring::Pseudonyms;

use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::Settings;
use crate::source::wrong_mapping;
use crate::system::{champion, policy};

pub(crate) fn run(arguments: &cli::Score, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    let settings = settings(arguments, global)?;
    let request = request(arguments, &settings, home)?;
    let bar = output::progress();
    let show = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(format!("{} scored", progress.scored));
    };
    let summary = score(&request, &show)
        .map_err(wrong)
        .with_context(|| format!("cannot score `{}`", arguments.file.display()))?;
    bar.finish_and_clear();
    let bundled = if settings.model.is_none() { "bundled " } else { "" };
    report(arguments, &summary, &request, bundled, global.json)?;
    let is_too_much = arguments.source.is_too_much(summary.rows, summary.rejected);
    Ok(if is_too_much { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A mapping that does not fit its file is wrong usage.
fn wrong(error: BulkScoreError) -> anyhow::Error {
    match error {
        BulkScoreError::Read(error) => wrong_mapping(error),
        other => other.into(),
    }
}

/// The deployment's settings, with what the command line says.
fn settings(arguments: &cli::Score, global: &cli::Global) -> Result<Settings> {
    let mut settings = Settings::load(global.config.as_deref())?;
    if arguments.model.is_some() {
        // A policy in the settings belongs to the model in the settings.
        (settings.model, settings.policy) = (arguments.model.clone(), None);
    }
    if arguments.policy.is_some() {
        settings.policy.clone_from(&arguments.policy);
    }
    settings.currency = arguments.source.currency()?.unwrap_or(settings.currency);
    Ok(settings)
}

fn request(arguments: &cli::Score, settings: &Settings, home: &Home) -> Result<Request> {
    let set = FeatureSet::full();
    let options = arguments.source.options(settings.currency)?;
    // Without a home nothing was ever told apart by its keys.
    let pseudonyms = Pseudonyms::read(&home.keys())?.unwrap_or_else(Pseudonyms::for_one_process);
    let threads = arguments.threads.or_else(|| std::thread::available_parallelism().ok());
    Ok(Request {
        file: arguments.file.clone(),
        output: arguments.output.clone(),
        with_reasons: arguments.reasons,
        scorer: champion(settings, &set)?,
        policy: policy(settings, &set)?,
        pseudonyms,
        currency: options.currency,
        mapping: options.mapping,
        label_delay_days: arguments.label_delay_days,
        limit: options.limit,
        threads: threads.map_or(1, NonZeroUsize::get),
    })
}

fn report(
    arguments: &cli::Score,
    summary: &Summary,
    request: &Request,
    bundled: &str,
    json: bool,
) -> Result<()> {
    let (model, policy) = (request.scorer.model(), &request.policy);
    if json {
        return output::json(&serde_json::json!({
            "file": arguments.file,
            "output": arguments.output,
            "model": { "name": model.name(), "digest": model.digest(), "is_bundled": !bundled.is_empty() },
            "policy": policy.version(),
            "result": summary,
        }));
    }
    output::line(format!(
        "scored {} of {} rows with the {bundled}model `{}`: {} approved, {} reviewed, {} declined",
        summary.scored,
        summary.rows,
        model.name(),
        summary.approved,
        summary.reviewed,
        summary.declined
    ))?;
    if summary.late > 0 {
        output::line(format!(
            "{} rows came more than a day after later ones and were not folded; sort the file by time",
            summary.late
        ))?;
    }
    if let Some(file) = &summary.rejects_file {
        let (rejected, repeated) = (summary.rejected, summary.repeated);
        output::line(format!(
            "{rejected} rows were rejected, {repeated} of them for an id that came before; {} says which and why",
            file.display()
        ))?;
    }
    output::line(format!("wrote {}", arguments.output.display()))
}
