//! Everything that imports and jobs make is the same in a bucket as on a disk, row by row.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use weir_e2e::{Weir, command, sql};

use crate::bucket::{bucket, service, settle};

/// Columns that differ from run to run: its number, its times, what is random in it, what it wrote to the disk.
const OF_THE_RUN: [&str; 13] = [
    "run_id",
    "started_at",
    "ended_at",
    "imported_at",
    "compared_at",
    "arrived_at",
    "arrival_dates",
    "versions_read",
    "versions_written",
    "bytes_written",
    "sealed_nonce",
    "sealed_ciphertext",
    "sealed_key_id",
];

/// Every job that reads or writes tables, in an order in which each finds something to do.
const JOBS: [&str; 8] = ["commit", "silver", "label", "star", "metrics", "reconcile", "maintain", "check"];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/samples").join(name)
}

fn weir(home: &Path, arguments: &[&str]) {
    let output = command(home).env("WEIR_CURRENCY", "USD").args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} on {}: {error}", home.display());
}

/// Tables of what comes by the stream, which is nothing here; in `bucket` something does.
const OF_THE_STREAM: [&str; 4] =
    ["bronze.transactions", "bronze.labels", "silver.decisions", "silver.label_effects"];

/// Jobs that the running system does by itself; here each is asked for.
const BY_ITSELF: [(&str, &str); 5] = [
    ("WEIR_LABEL_SECONDS", "0"),
    ("WEIR_STAR_SECONDS", "0"),
    ("WEIR_METRICS_SECONDS", "0"),
    ("WEIR_RECONCILE_SECONDS", "0"),
    ("WEIR_MAINTAIN_SECONDS", "0"),
];

/// Two imports and all jobs after each, so that the second time repairs what the first has made.
async fn fill(home: &Path) {
    // The running system makes the bucket.
    let mut system = Weir::spawn(home, &BY_ITSELF);
    system.ready().await;
    assert!(system.interrupt().success());
    for file in ["shop_13_columns.csv", "handbook.parquet"] {
        weir(home, &["import", sample(file).to_str().unwrap()]);
        for job in JOBS {
            weir(home, &["job", job]);
        }
    }
}

/// Rows of every table, sorted, as texts of the columns that do not differ from run to run.
fn tables(home: &Path) -> BTreeMap<String, Vec<String>> {
    let mut columns = BTreeMap::<String, Vec<String>>::new();
    let query = "SELECT table_schema || '.' || table_name AS name, column_name FROM information_schema.columns \
                 WHERE table_schema IN ('bronze', 'silver', 'gold', 'system') ORDER BY 1, ordinal_position";
    for row in sql(home, query) {
        let (name, column) = (row["name"].as_str().unwrap(), row["column_name"].as_str().unwrap());
        let kept = columns.entry(name.to_owned()).or_default();
        if !OF_THE_RUN.contains(&column) {
            kept.push(column.to_owned());
        }
    }
    let rows = |name: &str, columns: &[String]| {
        let rows = sql(home, &format!("SELECT {} FROM {name}", columns.join(", ")));
        let mut rows = rows.iter().map(ToString::to_string).collect::<Vec<_>>();
        rows.sort();
        rows
    };
    columns.into_iter().map(|(name, columns)| (name.clone(), rows(&name, &columns))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_and_all_jobs_make_the_same_tables_on_a_disk_and_on_minio() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, minio) = (folder.path().join("disk"), folder.path().join("minio"));
    fill(&disk).await;
    settle(&minio, &bucket("tables"), service("AWS_ENDPOINT_URL_S3"));
    // With the same keys, a customer has the same pseudonym.
    let copied =
        std::process::Command::new("cp").arg("-r").arg(disk.join("keys")).arg(&minio).status().unwrap();
    assert!(copied.success());
    fill(&minio).await;
    assert!(!minio.join("lake/tables").exists(), "the lake is where it was asked for");
    let (expected, found) = (tables(&disk), tables(&minio));
    assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    assert!(expected.len() >= 13, "{:?}", expected.keys());
    for (name, rows) in &expected {
        let different = rows.iter().zip(&found[name]).find(|(one, other)| one != other);
        assert_eq!(rows.len(), found[name].len(), "{name}");
        assert_eq!(different, None, "{name}");
        assert_eq!(rows.is_empty(), OF_THE_STREAM.contains(&name.as_str()), "{name}");
    }
}
