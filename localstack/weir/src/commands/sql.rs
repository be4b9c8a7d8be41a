//! `weir sql`: one query over the lake.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use weir_sql::{Format, QUERIES};

use crate::backing::existing_lake;
use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::Settings;

pub(crate) async fn run(arguments: &cli::Sql, global: &cli::Global, home: &Home) -> Result<()> {
    if arguments.list {
        return list(global.json);
    }
    let query = query(arguments)?;
    let format = match arguments.format {
        cli::Format::Table if global.json => Format::Json,
        cli::Format::Table => Format::Table,
        cli::Format::Csv => Format::Csv,
        cli::Format::Json => Format::Json,
        cli::Format::Parquet => Format::Parquet,
    };
    if format == Format::Parquet && arguments.output.is_none() && std::io::stdout().is_terminal() {
        bail!("Parquet is not for a terminal; say where to write it with --output FILE");
    }
    let Some(lake) = existing_lake(home, &Settings::load(global.config.as_deref())?).await? else {
        bail!(
            "there is no lake in {} yet: run `weir demo --exit`, or choose another with --home",
            home.root().display()
        );
    };
    let mut output: Box<dyn Write + Send> = match &arguments.output {
        Some(path) => Box::new(BufWriter::new(
            File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?,
        )),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let most_rows = if arguments.max_rows == 0 { usize::MAX } else { arguments.max_rows };
    let summary = Box::pin(weir_sql::run(&lake, &query, format, most_rows, output.as_mut())).await?;
    output.flush()?;
    if std::io::stderr().is_terminal() {
        let rows = summary.rows;
        let noun = if rows == 1 { "row" } else { "rows" };
        writeln!(std::io::stderr(), "{rows} {noun} in {:.2} s", summary.elapsed.as_secs_f64())?;
    }
    Ok(())
}

/// The statement: given, of a file, or one that comes with the program.
fn query(arguments: &cli::Sql) -> Result<String> {
    let Some(file) = &arguments.file else { return Ok(arguments.query.clone().unwrap_or_default()) };
    if let Some(shipped) = QUERIES.iter().find(|query| query.name == file) {
        return Ok(shipped.text.to_owned());
    }
    std::fs::read_to_string(file).with_context(|| {
        format!("cannot read `{file}`, and no query that comes with the program has this name; `weir sql --list` says which do")
    })
}

fn list(json: bool) -> Result<()> {
    if json {
        let row = |query: &weir_sql::Shipped| serde_json::json!({ "name": query.name, "purpose": query.purpose(), "query": query.text });
        return output::json(&QUERIES.iter().map(row).collect::<Vec<_>>());
    }
    let rows = QUERIES.iter().map(|query| vec![query.name.to_owned(), query.purpose().to_owned()]);
    output::table(&["name", "what it is for"], &rows.collect::<Vec<_>>())
}
