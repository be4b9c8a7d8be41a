//! The command line: names, flags and help. Nothing here does anything.

mod asked;
mod files;
mod lake;
mod stack;
mod system;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use asked::{DeadLetters, DecisionOf, Erase, Format, LabelOf, Sql, Verdict};
pub(crate) use files::{Features, MappingOf, OpenLoop, Score, Send, Source, Train};
pub(crate) use lake::{Days, Extract, Import, Job, Jobs, Pins};
pub(crate) use stack::Stack;
pub(crate) use system::{Demo, Doctor, Init, Prove, Reset, Run};

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
        after_help = "Examples:\n  weir demo\n  weir demo --transactions 5000 --exit --json\n  weir demo --explain --exit\n  weir demo --chaos"
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
    /// Show on this machine that nothing is lost or decided twice: load, kills, and a table of what came of it
    #[command(
        after_help = "Examples:\n  weir prove\n  weir prove --minutes 10 --rate 2000\n  weir prove --json > proof.json\n\nIt starts the system in a temporary home, sends open-loop load, kills it with -9 at random moments, and then counts,\nfolds every vector again from the lake and searches every file for personal values. Exit 1 if a promise is broken."
    )]
    Prove(Prove),
    /// Replay a file or generated traffic into a running system
    #[command(
        after_help = "Examples:\n  weir send orders.csv\n  weir send payments.parquet --limit 200000 --label-delay-days 7\n  weir send theirs.csv --mapping theirs.toml\n  weir send --generate 100000\n  weir send --generate 10000 --rate 500 --decided\n  weir send --generate 1000000 --rate 1000 --seconds 60 --endpoint score\n\nWithout --rate, --generate sends thirty days of history in order of time, each request after the answer to the one\nbefore. With it transactions occur now, at the rate: a request is due when its last transaction has occurred, leaves\nthen or, if it cannot, late, and is sent again on 429, 5xx and lost connections; ids are new in every run."
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
        after_help = "Examples:\n  weir sql \"SELECT outcome, count(*) FROM silver.decisions GROUP BY outcome\"\n  weir sql --list\n  weir sql --file fraud_by_hour\n  weir sql \"SELECT count(*) FROM at_version('gold.fact_transactions', 3)\"\n  weir sql \"SELECT count(*) FROM at_time('silver.labels', '2026-01-31T08:00:00Z')\"\n  weir sql --format csv \"SELECT * FROM silver.labels\" > labels.csv\n  weir sql --format parquet --output big.parquet \"SELECT * FROM silver.transactions\""
    )]
    Sql(Sql),
    /// Bring files of transactions and labels into the lake in bulk
    #[command(
        after_help = "Examples:\n  weir import orders.csv\n  weir import 2024.csv 2025.csv\n  weir import payments.parquet --label-delay-days 7\n  weir import theirs.csv --mapping theirs.toml\n\nPersonal data is sealed as it is on the stream. Nothing is scored: that is `weir send`. The same file again adds\nnothing; an import that was stopped goes on where it was. Then: weir job star"
    )]
    Import(Import),
    /// Fetch a day from an HTTP source or a bucket, and import it
    #[command(
        after_help = "Examples:\n  weir extract shop.toml --date 2026-11-22\n  weir extract shop.toml --from 2026-11-01 --to 2026-11-22\n  weir extract shop.toml --date 2026-11-22 --dry-run\n\nA description, shop.toml:\n  [source]\n  kind = \"http\"\n  url = \"https://shop.example/api/orders\"\n  query = { day = \"{date}\" }\n  format = \"json\"\n  records = \"/data\"\n  pages = { next = \"/links/next\" }\n  [source.headers]\n  Authorization = { environment = \"SHOP_TOKEN\", prefix = \"Bearer \" }\n  [import]\n  mapping = \"theirs.toml\"\n\nor:\n  [source]\n  kind = \"objects\"\n  url = \"s3://bucket/orders/{date}/\"\n\nThe same day again adds what is new, and says so if nothing is. What was stopped or failed is gone on from by the\nsame command. Values of headers come from the environment alone."
    )]
    Extract(Extract),
    /// Run one of the lake's jobs
    #[command(
        after_help = "Examples:\n  weir job star\n  weir job star --date 2026-01-31\n  weir job metrics --from 2026-01-01 --to 2026-01-31\n  weir job maintain --dry-run\n\nWithout dates a job does what has changed since its last run. `weir jobs` lists them."
    )]
    Job(Job),
    /// The lake's jobs, and how their last runs ended
    Jobs(Jobs),
    /// Versions of tables that stay however old they are, since a model or a report refers to them
    #[command(
        subcommand,
        after_help = "Examples:\n  weir pins add silver.labelled_transactions --by model-2026-01 --why \"trained from it\"\n  weir pins remove silver.labelled_transactions 12 --by model-2026-01\n\n`weir job maintain` keeps what they are read by, and prints them."
    )]
    Pins(Pins),
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
    /// Streams, tables, buckets and queues of a deployment on services
    #[command(
        subcommand,
        after_help = "Examples:\n  weir stack apply --config localstack/kafka.toml\n  weir stack diff --config weir.toml --json"
    )]
    Stack(Stack),
    /// Print the data dictionary as Markdown
    #[command(hide = true)]
    Dictionary,
    /// Print the lake's tables with their columns as Markdown
    #[command(hide = true)]
    Tables,
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
