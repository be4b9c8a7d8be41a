//! The command line: names, flags and help. Nothing here does anything.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Scores a shop's transactions for fraud while they happen and turns the history into an open lakehouse.
#[derive(Debug, Parser)]
#[command(
    name = "weir",
    version,
    max_term_width = 110,
    after_help = "Start here:  weir demo\n\nExit codes: 0 done, 1 failed, 2 wrong usage or bad settings."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command knows.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Folder in which everything is kept
    #[arg(long, global = true, env = "WEIR_HOME", default_value = "./.weir", value_name = "DIR")]
    pub(crate) home: PathBuf,
    /// Settings file (default: weir.toml in the current folder, if there is one)
    #[arg(long, global = true, env = "WEIR_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print the result as JSON on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Everything in one process on generated traffic, with a page to look at
    #[command(
        after_help = "Examples:\n  weir demo\n  weir demo --transactions 5000 --exit --json\n  weir demo --explain --exit"
    )]
    Demo(Demo),
    /// The system: HTTP in, scoring, archiving, the lake's jobs and the page
    #[command(
        after_help = "Examples:\n  weir run\n  weir run --config weir.toml\n  weir run --ingest-listen 127.0.0.1:9001"
    )]
    Run(Run),
    /// Write a commented weir.toml
    Init(Init),
    /// Say what is configured, what answers and what does not
    #[command(after_help = "Examples:\n  weir doctor\n  weir doctor --states")]
    Doctor(Doctor),
    /// Empty the home: data, keys and lake are gone for good
    Reset(Reset),
    /// Replay a file or generated traffic into a running system
    #[command(
        after_help = "Examples:\n  weir send orders.csv\n  weir send payments.parquet --limit 200000 --label-delay-days 7\n  weir send theirs.csv --mapping theirs.toml\n  weir send --generate 10000 --rate 500"
    )]
    Send(Send),
    /// Why a transaction was approved, sent to review or declined
    #[command(after_help = "Example:\n  weir decision d0-000000042")]
    Decision(DecisionOf),
    /// Say what a transaction turned out to be
    #[command(after_help = "Example:\n  weir label d0-000000042 fraud")]
    Label(LabelOf),
    /// What the columns of a CSV file mean
    #[command(subcommand)]
    Mapping(MappingOf),
    /// Train a model on a labelled file
    #[command(
        after_help = "Examples:\n  weir train orders.csv --output model.json\n  weir train --generate --output model.json"
    )]
    Train(Train),
    /// Score a file of transactions: id, score, outcome
    #[command(
        after_help = "Examples:\n  weir score orders.ndjson --output scores.csv\n  weir score payments.parquet --output scores.parquet --model m.json --reasons"
    )]
    Score(Score),
    /// Query the lake
    #[command(
        after_help = "Examples:\n  weir sql \"SELECT outcome, count(*) FROM silver.decisions GROUP BY outcome\"\n  weir sql --format csv \"SELECT * FROM silver.labels\" > labels.csv\n  weir sql --format parquet --output big.parquet \"SELECT * FROM silver.transactions\""
    )]
    Sql(Sql),
    /// Records that could not be used
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Feature vectors of a file; --list prints the feature dictionary
    #[command(
        after_help = "Examples:\n  weir features orders.csv --output features.parquet\n  weir features payments.parquet --set handbook --label-delay-days 7 --output f.parquet\n  weir features orders.csv --columns amount,customer_count_7d --output f.csv\n  weir features --list --json"
    )]
    Features(Features),
    /// Erase a customer: destroy the key of their personal data, for good
    #[command(after_help = "Example:\n  weir erase cus_1_0123456789abcdef0123456789abcdef --yes")]
    Erase(Erase),
    /// Print the data dictionary as Markdown
    #[command(hide = true)]
    Dictionary,
}

/// Where the two servers listen.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Listen {
    /// Address of the HTTP API [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) ingest_listen: Option<SocketAddr>,
    /// Address of the page [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) page_listen: Option<SocketAddr>,
    /// Model file that decides (default: the bundled one)
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Policy file (default: the bundled one)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// How many transactions to generate
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub(crate) transactions: u64,
    /// Transactions sent a second; 0 is as fast as the system takes them
    #[arg(long, default_value_t = 200, value_name = "R")]
    pub(crate) rate: u64,
    /// Seed of the generated shop
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Stop when everything sent is in the lake; exit 1 if the numbers do not add up
    #[arg(long)]
    pub(crate) exit: bool,
    /// At the end, list the planted fraud cases and how many of each were caught
    #[arg(long)]
    pub(crate) explain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// Currency of this deployment, an ISO 4217 code [default: EUR]
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where to write it
    #[arg(default_value = "weir.toml")]
    pub(crate) path: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print how large the stored states are instead, by kind; nothing else may use the home meanwhile
    #[arg(long)]
    pub(crate) states: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["file", "generate"]))]
pub(crate) struct Send {
    /// Shop CSV, Handbook Parquet, NDJSON of transactions, or any CSV with --mapping
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Generate this many transactions instead
    #[arg(long, value_name = "N")]
    pub(crate) generate: Option<u64>,
    /// Seed of the generated shop
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Transactions a second; 0 is as fast as the system takes them
    #[arg(long, default_value_t = 0, value_name = "R")]
    pub(crate) rate: u64,
    /// A file's labels become known this many days after their transactions, unless the mapping says when
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub(crate) label_delay_days: u32,
    /// Transactions a request
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) batch: usize,
    /// Address of the HTTP API [default: of the system running on this home, else port 8081 of this machine]
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,
    /// API key, if the system asks for one
    #[arg(long, env = "WEIR_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
}

/// How a file of transactions is read: the same for every command that takes one.
#[derive(Clone, Debug, Args)]
pub(crate) struct Source {
    /// What the columns of the CSV file mean; `weir mapping guess` writes a first one
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Currency of a file that names none [default: the system's, or USD where there is none]
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
pub(crate) struct DecisionOf {
    /// The transaction's id
    pub(crate) id: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Verdict {
    Fraud,
    Legit,
}

#[derive(Debug, Args)]
pub(crate) struct LabelOf {
    /// The transaction's id
    pub(crate) id: String,
    /// What it turned out to be
    pub(crate) verdict: Verdict,
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Table,
    Csv,
    Json,
    Parquet,
}

#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// One reading statement
    pub(crate) query: String,
    /// How to print the rows
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Write to a file; parquet needs one
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Rows shown in a table; 0 shows all
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) max_rows: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetters {
    /// List them: id, reason, what was expected
    List,
    /// Show one; --open prints its content, which may be personal data
    Show {
        /// Id from the list
        id: String,
        /// Open the sealed content
        #[arg(long)]
        open: bool,
    },
    /// Publish one again to the stream it came from
    Retry {
        /// Id from the list
        id: String,
    },
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

#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The customer's key, as in `customer_key`
    pub(crate) customer_key: String,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}
