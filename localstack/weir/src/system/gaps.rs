//! Places in the streams that could not be read and were passed, as found since the start.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use weir_bridge::BoxError;
use weir_streams::StreamError;

/// What is wrong with the streams; every consumer meets the same damage, which counts once.
#[derive(Debug, Default)]
pub(crate) struct Gaps(Mutex<BTreeSet<String>>);

impl Gaps {
    /// Where reading goes on behind an error that lasts; remembers it.
    pub(super) fn resume(&self, error: &BoxError) -> Option<String> {
        let resume = error.downcast_ref::<StreamError>()?.resume()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(error.to_string());
        Some(resume.to_string())
    }

    /// What was found, in words.
    pub(super) fn found(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
