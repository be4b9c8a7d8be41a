//! What goes to stdout: results, as text for people or JSON for programs.

use std::io::Write;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Prints one line of a result; a closed pipe ends the program quietly, as filters expect.
pub(crate) fn line(text: impl AsRef<str>) -> Result<()> {
    let written = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => Ok(other?),
    }
}

/// Prints a result as one JSON document.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    line(serde_json::to_string(value)?)
}

/// A bar for long work on a file, on stderr; nothing is drawn where that is no terminal.
pub(crate) fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// Prints a table with a header, columns as wide as they need to be.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(header.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let render = |cells: Vec<&str>| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            text.push_str(&format!("{cell:<width$}  "));
        }
        text.trim_end().to_owned()
    };
    line(render(header.to_vec()))?;
    line(render(widths.iter().map(|_| "").collect()))?;
    for row in rows {
        line(render(row.iter().map(String::as_str).collect()))?;
    }
    Ok(())
}
