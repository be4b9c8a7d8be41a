//! A lake in a folder of its own, and files to import.

use std::path::PathBuf;
use std::sync::Arc;

use weir_datasets::Options;
use weir_engine::{EngineSettings, Lake};
use weir_import::{Request, Summary, run};
use weir_jobs::{Fault, JobOptions, run_job};
use weir_keyring::MemoryKeyring;
use weir_sql::Format;

use crate::watched::Watched;

pub(crate) const HEADER: &str = "Transaction ID,Customer ID,Transaction Amount,Transaction Date,Payment Method,\
    Customer Location,Customer Age,Is Fraudulent";

pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) lake: Lake,
    keyring: Arc<MemoryKeyring>,
}

/// A row of the shop's file: day of January 2024, number, customer, location.
pub(crate) fn row(day: u32, number: u32, customer: u32, location: &str) -> String {
    let (hour, fraud) = (number % 24, u32::from(number.is_multiple_of(20)));
    format!("t-{number},c-{customer},{number}.25,2024-01-{day:02} {hour:02}:00:00,card,{location},33,{fraud}")
}

/// A file of so many rows, spread over ten days.
pub(crate) fn rows(numbers: std::ops::Range<u32>) -> String {
    let rows = numbers.map(|number| row(1 + number % 10, number, number % 7, "North"));
    std::iter::once(HEADER.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(&folder.path().join("lake"), EngineSettings::default()).unwrap();
        Self::with(folder, lake)
    }

    /// A lake that lies in another store.
    pub(crate) fn remote(store: &Arc<Watched>) -> Self {
        let shared = || Arc::<Watched>::clone(store);
        let root = "s3://lake".parse().unwrap();
        let lake = Lake::remote(&root, shared(), shared(), EngineSettings::default()).unwrap();
        Self::with(tempfile::tempdir().unwrap(), lake)
    }

    fn with(folder: tempfile::TempDir, lake: Lake) -> Self {
        Self { folder, lake, keyring: Arc::new(MemoryKeyring::new().unwrap()) }
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) async fn import(&self, file: &str, content: impl AsRef<[u8]>) -> anyhow::Result<Summary> {
        self.import_up_to(file, content, Fault::None).await
    }

    pub(crate) async fn import_up_to(
        &self,
        file: &str,
        content: impl AsRef<[u8]>,
        fault: Fault,
    ) -> anyhow::Result<Summary> {
        let mut request = Request::new(self.file(file, content), Options::default());
        (request.block_rows, request.fault) = (100, fault);
        run(&self.lake, Arc::<MemoryKeyring>::clone(&self.keyring), &request, &mut |_| ()).await
    }

    pub(crate) async fn job(&self, name: &str, fault: Fault) -> anyhow::Result<weir_jobs::Report> {
        let options = JobOptions { fault, ..JobOptions::default() };
        Ok(run_job(&self.lake, name, &options, &mut |_| ()).await?.report)
    }

    /// Brings everything up to date and checks it.
    pub(crate) async fn settle(&self) {
        for job in ["label", "star", "metrics", "check", "reconcile"] {
            self.job(job, Fault::None).await.unwrap();
        }
    }

    /// Result of a query as CSV without its header.
    pub(crate) async fn ask(&self, query: &str) -> String {
        let mut output = Vec::new();
        weir_sql::run(&self.lake, query, Format::Csv, usize::MAX, &mut output).await.unwrap();
        let text = String::from_utf8(output).unwrap();
        text.split_once('\n').unwrap().1.trim_end().to_owned()
    }
}
