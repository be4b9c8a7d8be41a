//! `weir features`: feature vectors of a file, and the feature dictionary.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use weir_bulk::{BulkError, Progress, Request, Set, Stage, Summary};
use weir_features::FeatureSet;

use crate::cli;
use crate::output;
use crate::settings::SettingsError;
use crate::source::wrong_mapping;

/// How many columns that were left out for one reason are named to people.
const NAMED: usize = 4;

pub(crate) fn run(arguments: &cli::Features, json: bool) -> Result<ExitCode> {
    let (Some(file), Some(output)) = (&arguments.file, &arguments.output) else {
        list(arguments, json)?;
        return Ok(ExitCode::SUCCESS);
    };
    let request = request(file, output, arguments)?;
    let bar = output::progress();
    let summary = weir_bulk::features(&request, &mut |progress| show(&bar, progress));
    bar.finish_and_clear();
    let summary = summary.map_err(wrong).with_context(|| format!("no features of `{}`", file.display()))?;
    report(&request, &summary, json)?;
    let is_too_much = arguments.source.is_too_much(summary.rows_in, summary.rejected);
    Ok(if is_too_much { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn request(file: &Path, output: &Path, arguments: &cli::Features) -> Result<Request> {
    let options = arguments.source.options(weir_datasets::Options::default().currency)?;
    let mut request = Request::new(file, output);
    request.set = if arguments.set == "handbook" { Set::Handbook } else { Set::Full };
    request.columns = arguments.columns.clone();
    request.label_delay_days = arguments.label_delay_days;
    request.limit = options.limit;
    request.mapping = options.mapping;
    request.threads = arguments.threads.map(usize::from);
    request.currency = arguments.source.currency()?;
    Ok(request)
}

/// A wrong request is wrong usage.
fn wrong(error: BulkError) -> anyhow::Error {
    match error {
        BulkError::Setting { key, .. } => SettingsError::new(format!("--{key}"), error.to_string()).into(),
        BulkError::Read(error) => wrong_mapping(error),
        other => other.into(),
    }
}

fn report(request: &Request, summary: &Summary, json: bool) -> Result<()> {
    let mut lacking: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for left_out in &summary.left_out {
        lacking.entry(&left_out.input).or_default().push(&left_out.column);
    }
    for (input, columns) in &lacking {
        let named = columns.get(..NAMED).unwrap_or(columns).join(", ");
        let rest = match columns.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more, which --json names"),
        };
        tracing::warn!("left out for lack of {input}: {named}{rest}");
    }
    if summary.degraded > 0 {
        tracing::warn!(
            "{} rows are of entities with more events than a state keeps: their windows are not complete",
            summary.degraded
        );
    }
    if let Some(rejects) = &summary.rejects {
        tracing::warn!("{} rows were rejected; {} says which and why", summary.rejected, rejects.display());
    }
    if json {
        return output::json(&serde_json::json!({
            "rows_in": summary.rows_in,
            "rows_out": summary.rows_out,
            "rejected": summary.rejected,
            "degraded": summary.degraded,
            "columns": summary.columns,
            "left_out": summary.left_out.iter().map(|left_out| &left_out.column).collect::<Vec<_>>(),
            "rejects_file": summary.rejects,
            "output": request.output,
        }));
    }
    output::line(format!(
        "wrote {} rows of {} columns to {}",
        summary.rows_out,
        summary.columns.len(),
        request.output.display()
    ))
}

fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
    bar.set_message(match progress.stage {
        Stage::Reading => "reading",
        Stage::Writing => "folding and writing",
    });
}

fn list(arguments: &cli::Features, json: bool) -> Result<()> {
    let set = if arguments.set == "handbook" { FeatureSet::handbook() } else { FeatureSet::full() };
    if json {
        let rows: Vec<_> = set.features().iter().map(row_json).collect();
        return output::json(&serde_json::json!({ "feature_set": set.version(), "features": rows }));
    }
    let rows: Vec<Vec<String>> = set
        .features()
        .iter()
        .map(|feature| {
            vec![feature.name.clone(), feature.unit.to_owned(), feature.id.clone(), feature.meaning.clone()]
        })
        .collect();
    output::table(&["name", "unit", "id", "meaning"], &rows)?;
    output::line(format!("\n{} features in {}", rows.len(), set.version()))
}

fn row_json(feature: &weir_features::Feature) -> serde_json::Value {
    serde_json::json!({
        "name": feature.name, "unit": feature.unit, "meaning": feature.meaning, "id": feature.id,
    })
}
