//! `weir jobs`: the jobs and their last runs.

use anyhow::Result;
use weir_jobs::{JOBS, Run, last_runs};

use crate::backing::existing_lake;
use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::Settings;

pub(crate) async fn run(arguments: &cli::Jobs, global: &cli::Global, home: &Home) -> Result<()> {
    let runs = match Box::pin(existing_lake(home, &Settings::load(global.config.as_deref())?)).await? {
        Some(lake) => Box::pin(last_runs(&lake, arguments.last)).await?,
        None => Vec::new(),
    };
    if global.json {
        let job = |(name, what): &(&str, &str)| serde_json::json!({ "name": name, "what": what });
        let jobs = JOBS.iter().map(job).collect::<Vec<_>>();
        return output::json(&serde_json::json!({ "jobs": jobs, "runs": runs }));
    }
    let rows = JOBS.iter().map(|(name, what)| {
        let last = runs.iter().find(|run| run.job == *name);
        // These two run every few seconds and leave no row then.
        let never = if matches!(*name, "commit" | "silver") { "in each pass of `weir run`" } else { "never" };
        let last = last.map_or_else(|| never.to_owned(), |run| format!("{} {}", run.status, run.started_at));
        vec![(*name).to_owned(), (*what).to_owned(), last]
    });
    output::table(&["job", "what it does", "last run"], &rows.collect::<Vec<_>>())?;
    if !runs.is_empty() {
        output::line("")?;
        let header = ["started", "job", "status", "seconds", "rows", "dates", "error"];
        output::table(&header, &runs.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn row(run: &Run) -> Vec<String> {
    vec![
        run.started_at.clone(),
        run.job.clone(),
        run.status.clone(),
        run.seconds.to_string(),
        run.rows_written.map_or_else(String::new, |rows| rows.to_string()),
        run.dates.clone().unwrap_or_default(),
        run.error.clone().unwrap_or_default(),
    ]
}
