//! `weir mapping`: a first mapping of a CSV file, and how its rows come out of one.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use weir_datasets::{Check, Mapping, Shown};

use crate::cli::MappingOf;
use crate::output;
use crate::source::{check_share, is_too_much, parse_currency, wrong_mapping};

pub(crate) fn run(arguments: &MappingOf, json: bool) -> Result<ExitCode> {
    match arguments {
        MappingOf::Guess { file, output } => guess(file, output.as_deref(), json),
        MappingOf::Check { file, mapping, rows, show, currency, max_rejected_share } => {
            check_share(*max_rejected_share)?;
            let currency = parse_currency(currency)?;
            let mapping = Mapping::open(mapping).map_err(wrong_mapping)?;
            let check =
                weir_datasets::check(file, &mapping, currency, *rows, *show).map_err(wrong_mapping)?;
            if json {
                output::json(&document(&check))?
            } else {
                print(&check)?
            }
            let is_failed = is_too_much(check.rows, check.rows - check.accepted, *max_rejected_share);
            Ok(if is_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}

fn guess(file: &Path, output: Option<&Path>, json: bool) -> Result<ExitCode> {
    let page = weir_datasets::guess(file)?;
    let Some(path) = output else {
        if json {
            output::json(&json!({ "mapping": page }))?
        } else {
            output::line(page.trim_end())?
        }
        return Ok(ExitCode::SUCCESS);
    };
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut made) => {
            made.write_all(page.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("`{}` is there already; choose another name, or delete it first", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("cannot write `{}`", path.display())),
    }
    let confirmations = page.lines().filter(|line| line.starts_with("# CONFIRM")).count();
    let required = page.lines().filter(|line| line.starts_with("# REQUIRED")).count();
    if json {
        output::json(&json!({ "output": path, "to_confirm": confirmations, "to_fill_in": required }))?;
        return Ok(ExitCode::SUCCESS);
    }
    output::line(format!(
        "wrote {}: {confirmations} guesses to confirm, {required} fields to fill in",
        path.display()
    ))?;
    output::line(format!("next: weir mapping check {} --mapping {}", file.display(), path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn document(check: &Check) -> Value {
    let rejected: Vec<Value> = check
        .rejected
        .iter()
        .map(|field| {
            json!({
                "field": field.field, "rows": field.rows, "first_line": field.first.line,
                "expected": field.first.expected, "found": field.first.found,
            })
        })
        .collect();
    let object = |shown: &Shown| -> Value {
        shown
            .0
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect::<Map<_, _>>()
            .into()
    };
    let [fraud, legit, unknown] = check.labels;
    json!({
        "rows": check.rows, "accepted": check.accepted, "rejected": rejected,
        "labels": { "fraud": fraud, "legit": legit, "unknown": unknown },
        "sealed": check.sealed, "unconfirmed": check.unconfirmed,
        "shown": check.shown.iter().map(object).collect::<Vec<_>>(),
    })
}

fn print(check: &Check) -> Result<()> {
    for (index, shown) in check.shown.iter().enumerate() {
        output::line(format!("transaction {} of the file", index + 1))?;
        for (name, value) in &shown.0 {
            output::line(format!("  {name:<24} {value}"))?;
        }
    }
    let [fraud, legit, unknown] = check.labels;
    let rejected = check.rows - check.accepted;
    output::line(format!("{} rows: {} accepted, {rejected} rejected", check.rows, check.accepted))?;
    output::line(format!("labels: {fraud} fraud, {legit} legit, {unknown} unknown"))?;
    for field in &check.rejected {
        let (name, rows, line) = (&field.field, field.rows, field.first.line);
        let (expected, found) = (&field.first.expected, &field.first.found);
        output::line(format!(
            "  {rows} rejected for `{name}`, first line {line}: expected {expected}, found {found}"
        ))?;
    }
    if !check.sealed.is_empty() {
        output::line(format!("sealed under their own names: {}", check.sealed.join(", ")))?;
    }
    match &check.unconfirmed {
        Some(key) => output::line(format!("to confirm: take `{key}` out of the mapping once it is right")),
        None => Ok(()),
    }
}
