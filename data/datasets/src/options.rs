//! How to read a file.

use std::sync::Arc;

use weir_events::Currency;

use crate::Mapping;

/// How to read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Currency of amounts in files that do not say it; the public shop dataset is in US dollars.
    pub currency: Currency,
    /// What the columns of a CSV file mean; `None` if the file is in a known format.
    pub mapping: Option<Arc<Mapping>>,
    /// Rows to read at most, rejected ones included; `None` for all.
    pub limit: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { currency: dollar(), mapping: None, limit: None }
    }
}

#[expect(clippy::expect_used, reason = "`USD` is a currency code")]
fn dollar() -> Currency {
    "USD".parse().expect("`USD` is a currency code")
}
