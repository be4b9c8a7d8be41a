//! Commands that ask about what was decided, or change it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    #[arg(required_unless_present_any = ["file", "list"])]
    pub(crate) query: Option<String>,
    /// Read the statement from a file, or take one that comes with the program by its name
    #[arg(long, short, value_name = "FILE|NAME", conflicts_with = "query")]
    pub(crate) file: Option<String>,
    /// List the queries that come with the program
    #[arg(long, conflicts_with_all = ["query", "file"])]
    pub(crate) list: bool,
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
pub(crate) struct Erase {
    /// The customer's key, as in `customer_key`
    pub(crate) customer_key: String,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}
