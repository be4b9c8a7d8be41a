//! Resources of a deployment.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Stack {
    /// Make what is missing and change what differs; doing it again does nothing
    Apply(Declared),
    /// What the deployment with these settings is made of, by its whole names
    Show(Declared),
    /// What is missing or different; exit 1 if anything is
    Diff(Declared),
}

#[derive(Debug, Args)]
pub(crate) struct Declared {
    /// Declaration of the resources (default: infra/stack.json as this program was built with)
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}
