//! How a file of transactions is read, and how much of it may be wrong.

use std::sync::Arc;

use anyhow::Result;
use weir_datasets::{Mapping, Options, ReadError};
use weir_events::Currency;

use crate::cli::Source;
use crate::settings::SettingsError;

/// What became of the rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Rows that were read, rejected ones included.
    pub(crate) rows: u64,
    /// Rows that were rejected.
    pub(crate) rejected: u64,
    /// Where these were written, with what is wrong with them.
    pub(crate) rejects_file: Option<std::path::PathBuf>,
}

impl Source {
    /// The options of the reader; files that name no currency are in this one unless a flag says another.
    pub(crate) fn options(&self, currency: Currency) -> Result<Options> {
        let currency = self.currency()?.unwrap_or(currency);
        let mapping = match &self.mapping {
            None => None,
            Some(file) => Some(Arc::new(Mapping::open(file).map_err(wrong_mapping)?)),
        };
        self.share()?;
        Ok(Options { currency, mapping, limit: self.limit })
    }

    /// Refuses a mapping where there is no file that it could explain.
    pub(crate) fn without_file(&self) -> Result<()> {
        match self.mapping {
            None => Ok(()),
            Some(_) => {
                Err(SettingsError::new("--mapping", "expected a file beside it, not `--generate`").into())
            }
        }
    }

    /// The currency that the flag says.
    pub(crate) fn currency(&self) -> Result<Option<Currency>> {
        self.currency.as_deref().map(parse_currency).transpose()
    }

    /// Whether more rows are rejected than may be.
    pub(crate) fn is_too_much(&self, rows: u64, rejected: u64) -> bool {
        is_too_much(rows, rejected, self.max_rejected_share)
    }

    fn share(&self) -> Result<()> {
        check_share(self.max_rejected_share)
    }
}

/// The one rule: more rejected rows than this share of all rows.
pub(crate) fn is_too_much(rows: u64, rejected: u64, max_share: f64) -> bool {
    rejected as f64 > max_share * rows as f64
}

/// Refuses a share that is none.
pub(crate) fn check_share(share: f64) -> Result<()> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(SettingsError::new("--max-rejected-share", format!("expected a share from 0 to 1, found `{share}`"))
        .into())
}

pub(crate) fn parse_currency(code: &str) -> Result<Currency> {
    let currency = code.parse();
    Ok(currency
        .map_err(|error: weir_events::CurrencyError| SettingsError::new("--currency", error.to_string()))?)
}

/// A mapping that is wrong, or does not fit its file, is wrong usage and not a failure.
pub(crate) fn wrong_mapping(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::Mapping(error) => SettingsError::new("--mapping", error.to_string()).into(),
        other => other.into(),
    }
}
