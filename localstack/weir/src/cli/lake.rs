//! Commands that bring the lake up to date.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Source;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Shop CSV, Handbook Parquet, NDJSON of transactions, or any CSV with --mapping
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// A file's labels become known this many days after their transactions, unless the mapping says when
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) label_delay_days: u32,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// Rows that become visible together: more take more memory, fewer make smaller files
    #[arg(long, default_value = "300000", value_name = "N")]
    pub(crate) block_rows: std::num::NonZeroUsize,
}

/// One day, or some in a row.
#[derive(Debug, Args)]
pub(crate) struct Days {
    /// This UTC day alone
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "to"])]
    pub(crate) date: Option<String>,
    /// The days from this one on
    #[arg(long, value_name = "YYYY-MM-DD", requires = "to")]
    pub(crate) from: Option<String>,
    /// … up to this one
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("dates").required(true).args(["date", "from"]))]
pub(crate) struct Extract {
    /// TOML file that says where the data is: `extract.toml` of lakehouse/extract/README.md
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    #[command(flatten)]
    pub(crate) days: Days,
    /// Print what would be fetched; objects are listed, no page is asked for, nothing is imported
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Begin anew: forget what an earlier run fetched and did not import
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Keep what was fetched, readable, instead of deleting it once it is imported
    #[arg(long)]
    pub(crate) keep: bool,
    /// Exit 1 if more than this share of the rows is rejected, from 0 to 1
    #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
    pub(crate) max_rejected_share: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Job {
    /// Which one; `weir jobs` lists them
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) days: Days,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Days for which `maintain` keeps versions [default: `lake.jobs.retention_days`, 400]
    #[arg(long, value_name = "DAYS")]
    pub(crate) retention_days: Option<u32>,
    /// After how long `reconcile` calls a transaction without a decision lost [default: `lake.jobs.waiting_seconds`, 900]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) waiting_seconds: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// Runs shown
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) last: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Pins {
    /// Every pinned version, by whom and why
    List,
    /// Have a version stay
    Add(PinOf),
    /// Let a version go
    Remove(UnpinOf),
}

#[derive(Debug, Args)]
pub(crate) struct PinOf {
    /// The table, `silver.labelled_transactions` for example
    pub(crate) table: String,
    /// Its version [default: the newest]
    pub(crate) version: Option<u64>,
    /// Who refers to it: the name of a model, for example
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// What for
    #[arg(long, value_name = "TEXT", default_value = "no reason given")]
    pub(crate) why: String,
}

#[derive(Debug, Args)]
pub(crate) struct UnpinOf {
    /// The table
    pub(crate) table: String,
    /// Its version
    pub(crate) version: u64,
    /// Who referred to it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
}
