//! Files of others through the whole system, on the committed samples.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Running, number, succeed, wait_for};

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/samples").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_file_and_a_payments_file_arrive_once_with_their_labels() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let system = Running::start(&home, &[("WEIR_CURRENCY", "USD")]).await;
    let mut transactions = 0;
    let mut labels = 0;
    for name in ["shop_16_columns.csv", "handbook.parquet"] {
        let file = folder.path().join(name);
        std::fs::copy(sample(name), &file).unwrap();
        let text = succeed(&home, &["send", file.to_str().unwrap(), "--json", "--label-delay-days", "7"]);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["unreadable"], 0, "{answer}");
        assert_eq!(answer["result"]["accepted"], answer["rows"], "{answer}");
        assert_eq!(answer["result"]["labels"], answer["rows"], "{answer}");
        transactions += answer["result"]["accepted"].as_u64().unwrap();
        labels += answer["result"]["labels"].as_u64().unwrap();
    }
    wait_for(&home, "SELECT count(*) FROM silver.decisions", transactions).await;
    wait_for(&home, "SELECT count(*) FROM silver.transactions", transactions).await;
    wait_for(&home, "SELECT count(*) FROM silver.labels", labels).await;
    let delay = "SELECT count(*) FROM silver.labels l JOIN silver.transactions t \
                 ON l.transaction_id = t.transaction_id WHERE l.known_at = t.occurred_at + INTERVAL '7 days'";
    assert_eq!(number(&home, delay), labels);
    assert_eq!(number(&home, "SELECT count(DISTINCT transaction_id) FROM silver.transactions"), transactions);
    assert!(system.interrupt().success());
}
