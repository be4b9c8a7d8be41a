//! `weir stack`: streams, tables, buckets and queues of a deployment.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli;
use crate::output;
use crate::settings::Settings;
use crate::stack::{self, Found, Stack, State};

pub(crate) async fn run(arguments: &cli::Stack, global: &cli::Global) -> Result<ExitCode> {
    let settings = Settings::load(global.config.as_deref())?.backing;
    let (cli::Stack::Apply(declared) | cli::Stack::Show(declared) | cli::Stack::Diff(declared)) = arguments;
    let declaration = Stack::read(declared.file.as_deref())?;
    let resources = stack::resources(&declaration, &settings).await?;
    match arguments {
        cli::Stack::Show(_) => {
            let rows: Vec<_> =
                resources.iter().map(|resource| vec![resource.kind().to_owned(), resource.name()]).collect();
            if global.json {
                output::json(&declaration)?;
            } else {
                output::table(&["kind", "name"], &rows)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        cli::Stack::Diff(_) => {
            let found = stack::compare(&resources).await?;
            tell(&found, global.json, words)?;
            let is_equal = found.iter().all(|found| found.state == State::Equal);
            Ok(if is_equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        cli::Stack::Apply(_) => {
            let found = stack::apply(&resources).await?;
            tell(&found, global.json, done)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn tell(found: &[Found], json: bool, words: fn(&State) -> String) -> Result<()> {
    if json {
        return output::json(&found);
    }
    let rows: Vec<_> = found
        .iter()
        .map(|found| vec![found.kind.to_owned(), found.name.clone(), words(&found.state)])
        .collect();
    output::table(&["kind", "name", "state"], &rows)
}

fn words(state: &State) -> String {
    match state {
        State::Equal => "as declared".to_owned(),
        State::Missing => "missing".to_owned(),
        State::Differs { what } => format!("has {what}"),
        State::Fixed { what } => format!("has {what}, which cannot be changed"),
    }
}

fn done(state: &State) -> String {
    match state {
        State::Equal => "was there".to_owned(),
        State::Missing => "made".to_owned(),
        State::Differs { what } | State::Fixed { what } => format!("changed: had {what}"),
    }
}
