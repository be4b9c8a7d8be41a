//! `weir pins`: versions of tables that stay.

use anyhow::{Result, bail};
use weir_jobs::{Pin, pin, pins, unpin};
use weir_tables::TableName;

use crate::backing::existing_lake;
use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::{Settings, SettingsError};

pub(crate) async fn run(asked: &cli::Pins, global: &cli::Global, home: &Home) -> Result<()> {
    let Some(lake) = Box::pin(existing_lake(home, &Settings::load(global.config.as_deref())?)).await? else {
        bail!("there is no lake in {} yet; choose another with --home", home.root().display());
    };
    match asked {
        cli::Pins::List => list(&pins(&lake).await?, global.json),
        cli::Pins::Add(asked) => {
            let made =
                Box::pin(pin(&lake, table(&asked.table)?, asked.version, &asked.by, &asked.why)).await?;
            if global.json {
                return output::json(&made);
            }
            output::line(format!("version {} of {} stays for `{}`", made.version, made.table, made.who))
        }
        cli::Pins::Remove(asked) => {
            if !unpin(&lake, table(&asked.table)?, asked.version, &asked.by).await? {
                bail!(
                    "`{}` has not pinned version {} of `{}`; `weir pins list` has all",
                    asked.by,
                    asked.version,
                    asked.table
                );
            }
            if global.json {
                return output::json(&serde_json::json!({ "removed": 1 }));
            }
            output::line(format!(
                "`{}` no longer holds version {} of {}",
                asked.by, asked.version, asked.table
            ))
        }
    }
}

fn table(name: &str) -> Result<TableName, SettingsError> {
    name.parse().map_err(|error: weir_tables::UnknownTable| SettingsError::new("TABLE", error.to_string()))
}

fn list(pins: &[Pin], is_json: bool) -> Result<()> {
    if is_json {
        return output::json(&pins);
    }
    if pins.is_empty() {
        return output::line("no version is pinned");
    }
    let row = |pin: &Pin| {
        vec![
            pin.table.clone(),
            pin.version.to_string(),
            pin.who.clone(),
            pin.why.clone(),
            pin.pinned_at.clone(),
        ]
    };
    output::table(&["table", "version", "by", "why", "since"], &pins.iter().map(row).collect::<Vec<_>>())
}
