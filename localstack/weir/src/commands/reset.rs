//! `weir reset`: empty the home.

use std::io::{IsTerminal, Write};

use anyhow::{Result, bail};

use crate::cli;
use crate::home::{self, Home};
use crate::output;

pub(crate) fn run(arguments: &cli::Reset, home: &Home, json: bool) -> Result<()> {
    if !home.exists() {
        return report(home, 0, json);
    }
    if !home::is_home(home.root()) {
        bail!("`{}` is not a home of Weir (it has no lock file); nothing was removed", home.root().display());
    }
    let mut held = home.hold()?;
    if !arguments.yes && !confirm(home)? {
        bail!("nothing was removed; `weir reset --yes` does it without asking");
    }
    let removed = held.empty()?;
    report(home, removed, json)
}

fn confirm(home: &Home) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let mut error = std::io::stderr();
    write!(error, "Remove all data, keys and tables under {}? [y/N] ", home.root().display())?;
    error.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn report(home: &Home, removed: usize, json: bool) -> Result<()> {
    if json {
        return output::json(&serde_json::json!({ "home": home.root(), "removed": removed }));
    }
    match removed {
        0 => output::line(format!("{} is empty already", home.root().display())),
        _ => output::line(format!("{} is empty now", home.root().display())),
    }
}
