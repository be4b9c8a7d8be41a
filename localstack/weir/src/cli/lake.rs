//! Commands that bring the lake up to date.

use std::path::PathBuf;

use clap::Args;

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

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("dates").required(true).args(["date", "from"]))]
pub(crate) struct Extract {
    /// TOML file that says where the data is: `extract.toml` of lakehouse/extract/README.md
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    /// Fetch this day
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "to")]
    pub(crate) date: Option<String>,
    /// Fetch the days from this one on
    #[arg(long, value_name = "YYYY-MM-DD", requires = "to")]
    pub(crate) from: Option<String>,
    /// … up to this one
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
    pub(crate) to: Option<String>,
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
    /// Do this UTC day again, whatever has changed
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "to"])]
    pub(crate) date: Option<String>,
    /// Do the days from this one on again
    #[arg(long, value_name = "YYYY-MM-DD", requires = "to")]
    pub(crate) from: Option<String>,
    /// … up to this one
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
    pub(crate) to: Option<String>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Days for which `maintain` keeps versions
    #[arg(long, default_value_t = 400, value_name = "DAYS")]
    pub(crate) retention_days: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// Runs shown
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) last: usize,
}
