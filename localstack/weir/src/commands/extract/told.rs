//! What is said of a day.

use std::process::ExitCode;

use anyhow::Result;
use chrono::NaiveDate;
use serde_json::{Value, json};
use weir_extract::Fetch;
use weir_import::Summary;

use super::Done;
use crate::output;

/// What would be fetched, one line a request.
pub(super) async fn plan(fetch: &Fetch<'_>, dates: &[NaiveDate], is_json: bool) -> Result<ExitCode> {
    let mut plans: Vec<Value> = Vec::new();
    for date in dates {
        let planned = fetch.plan(*date).await?;
        if !is_json {
            for request in &planned.requests {
                output::line(format!("{date}: would fetch {request}"))?;
            }
            for note in &planned.notes {
                output::line(format!("  {note}"))?;
            }
            if planned.staged_pages > 0 {
                output::line(format!("  {} pages are there from an earlier run", planned.staged_pages))?;
            }
        }
        plans.push(json!({ "date": date, "planned": planned }));
    }
    if is_json {
        output::json(&plans)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What became of a day.
pub(super) fn tell(date: NaiveDate, done: &Done) -> Result<()> {
    let Done { fetched, imported, .. } = done;
    let sum = |of: fn(&Summary) -> u64| imported.iter().map(of).sum::<u64>();
    let came = match (fetched.is_staged, fetched.resumed_pages) {
        (true, _) => "fetched by an earlier run; the same command again asks for what came since".to_owned(),
        (false, 0) => format!("{} pages", fetched.pages),
        (false, resumed) => format!("{} pages, {resumed} of them by an earlier run", fetched.pages),
    };
    let (transactions, labels) = (sum(|summary| summary.transactions), sum(|summary| summary.labels));
    if fetched.files.is_empty() {
        return output::line(format!("{date}: there is nothing ({came})"));
    }
    if imported.iter().all(|summary| summary.is_repeated) {
        return output::line(format!("{date}: was imported before, nothing was added ({came})"));
    }
    output::line(format!(
        "{date}: {transactions} transactions and {labels} labels added, {} rows repeated, {} rejected ({came})",
        sum(|summary| summary.repeated),
        sum(|summary| summary.rejected),
    ))?;
    if let Some(kept) = &done.kept {
        let rejects = imported.iter().filter_map(|summary| summary.rejects_file.as_ref());
        for name in rejects.filter_map(|rejects| rejects.file_name()) {
            output::line(format!("  `{}` says which rows were rejected and why", name.display()))?;
        }
        output::line(format!("  {} keeps what was fetched, readable, for seven days", kept.display()))?;
    }
    Ok(())
}
