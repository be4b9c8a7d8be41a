//! Commands that take files.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::load::Endpoint;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["file", "generate"]))]
pub(crate) struct Send {
    /// Shop CSV, Handbook Parquet, NDJSON of transactions, or any CSV with --mapping
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Generate this many transactions instead: without --rate thirty days of history, with it live traffic
    #[arg(long, value_name = "N")]
    pub(crate) generate: Option<u64>,
    /// Seed of the generated shop
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Transactions a second; 0 is as fast as the system takes them. With --generate the load is open-loop: requests
    /// leave when they are due, whatever the system answers, and latency counts from the moment they were due
    #[arg(long, default_value_t = 0, value_name = "R")]
    pub(crate) rate: u64,
    /// A file's labels become known this many days after their transactions, unless the mapping says when
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) label_delay_days: u32,
    /// Transactions a request [default: 200; with --generate and --rate 100, fewer below 2,000 a second]
    #[arg(long, value_name = "N")]
    pub(crate) batch: Option<usize>,
    #[command(flatten)]
    pub(crate) load: OpenLoop,
    /// Address of the HTTP API [default: of the system running on this home, else port 8081 of this machine]
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,
    /// API key, if the system asks for one
    #[arg(long, env = "WEIR_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
}

/// Flags of `--generate N --rate R` alone.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Open-loop load (--generate N --rate R)")]
pub(crate) struct OpenLoop {
    /// Begin nothing new after so many seconds
    #[arg(long, value_name = "S")]
    pub(crate) seconds: Option<u64>,
    /// Where transactions go; `score` is one a request, answered with its decision
    #[arg(long, value_enum, value_name = "PATH")]
    pub(crate) endpoint: Option<Endpoint>,
    /// Requests in flight at once [default: 32]
    #[arg(long, value_name = "C")]
    pub(crate) connections: Option<std::num::NonZeroUsize>,
    /// Send no labels; else they are sent as they become known, the shop's thirty days in the time of the run
    #[arg(long)]
    pub(crate) no_labels: bool,
    /// Measure the time to the committed decision too, on so many transactions a second
    #[arg(long, value_name = "A_SECOND", num_args = 0..=1, default_missing_value = "20")]
    pub(crate) decided: Option<std::num::NonZeroU32>,
}

/// How a file of transactions is read: the same for every command that takes one.
#[derive(Clone, Debug, Args)]
pub(crate) struct Source {
    /// What the columns of the CSV file mean; `weir mapping guess` writes a first one
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Currency of a file that names none [default: the system's; where no system takes part (train, features) USD]
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// Only the first N rows
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Exit 1 if more than this share of the rows is rejected, from 0 to 1
    #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
    pub(crate) max_rejected_share: f64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MappingOf {
    /// Write a first mapping of a CSV file, with comments that say why
    #[command(after_help = "Example:\n  weir mapping guess theirs.csv --output theirs.toml")]
    Guess {
        /// The CSV file
        file: PathBuf,
        /// Where to write it, unless something is there already [default: stdout]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show how the first rows come out of a mapping, personal values hidden
    #[command(after_help = "Example:\n  weir mapping check theirs.csv --mapping theirs.toml --rows 5000")]
    Check {
        /// The CSV file
        file: PathBuf,
        /// The mapping
        #[arg(long, value_name = "FILE")]
        mapping: PathBuf,
        /// How many rows to read
        #[arg(long, default_value_t = 1_000, value_name = "N")]
        rows: u64,
        /// How many of them to show
        #[arg(long, default_value_t = 3, value_name = "N")]
        show: usize,
        /// Currency of a file that names none
        #[arg(long, default_value = "USD", value_name = "CODE")]
        currency: String,
        /// Exit 1 if more than this share of the rows is rejected, from 0 to 1
        #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
        max_rejected_share: f64,
    },
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("rows").required(true).args(["file", "generate"]))]
pub(crate) struct Train {
    /// Labelled shop CSV, Handbook Parquet, NDJSON of events, or any labelled CSV with --mapping
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Train the bundled demo model from the generator instead
    #[arg(long)]
    pub(crate) generate: bool,
    /// Where to write the model; the policy goes beside it as NAME.policy.json
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// A file's labels become known this many days after their transactions, unless the mapping says when
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) label_delay_days: u32,
    /// Trees, 1 to 2,000
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) trees: usize,
    /// Splits from root to leaf, 1 to 16
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) depth: usize,
    /// Days at the start of a file that only fill the states
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) warm_up_days: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Score {
    /// NDJSON of transactions, events or shop columns; shop CSV; Handbook Parquet; in order of time
    pub(crate) file: PathBuf,
    /// Where scores go: a name that ends in .csv, .ndjson or .parquet
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Say why for every transaction that is reviewed or declined
    #[arg(long)]
    pub(crate) reasons: bool,
    /// Model file [default: the system's, else the bundled one]
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Policy file [default: the one beside the model]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Threads to use; the output does not depend on it [default: all cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// A file's labels become known this many days after their transactions, unless the mapping says when; for models
    /// that read labels
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) label_delay_days: u32,
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["file", "list"]))]
pub(crate) struct Features {
    /// Shop CSV, Handbook Parquet, or NDJSON of transactions or events
    #[arg(requires = "output")]
    pub(crate) file: Option<PathBuf>,
    /// Where to write the vectors: a name that ends in .parquet or .csv
    #[arg(long, short, value_name = "FILE", conflicts_with = "list")]
    pub(crate) output: Option<PathBuf>,
    /// Print the dictionary: name, unit, meaning, id
    #[arg(long)]
    pub(crate) list: bool,
    /// Which set
    #[arg(long, default_value = "full", value_parser = ["full", "handbook"])]
    pub(crate) set: String,
    /// Features to write, in this order [default: all whose inputs the file has]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", conflicts_with = "list")]
    pub(crate) columns: Option<Vec<String>>,
    /// A file's labels become known this many days after their transactions, unless the mapping says when
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) label_delay_days: u32,
    /// Threads; the output does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) source: Source,
}
