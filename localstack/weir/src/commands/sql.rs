//! `weir sql`: one query over the lake.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use weir_sql::Format;

use crate::backing::existing_lake;
use crate::cli;
use crate::home::Home;
use crate::settings::Settings;

pub(crate) async fn run(arguments: &cli::Sql, global: &cli::Global, home: &Home) -> Result<()> {
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
    let summary =
        Box::pin(weir_sql::run(&lake, &arguments.query, format, most_rows, output.as_mut())).await?;
    output.flush()?;
    if std::io::stderr().is_terminal() {
        let rows = summary.rows;
        let noun = if rows == 1 { "row" } else { "rows" };
        writeln!(std::io::stderr(), "{rows} {noun} in {:.2} s", summary.elapsed.as_secs_f64())?;
    }
    Ok(())
}
