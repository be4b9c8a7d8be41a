//! What must be true at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{PATIENCE, command};

/// Rows of a query on the lake, or what the program said instead.
fn ask(home: &Path, query: &str) -> Result<Vec<Value>, String> {
    let output = command(home).args(["sql", "--format", "json", query]).output().unwrap();
    if output.status.success() {
        return Ok(serde_json::from_slice(&output.stdout).unwrap());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Rows of a query that must succeed.
pub fn sql(home: &Path, query: &str) -> Vec<Value> {
    ask(home, query).unwrap_or_else(|error| panic!("`{query}`: {error}"))
}

/// The one number that a query answers.
pub fn number(home: &Path, query: &str) -> u64 {
    let rows = sql(home, query);
    whole(rows[0].as_object().unwrap().values().next().unwrap())
}

/// Waits until a query answers a number, and fails with what it answered last.
pub async fn wait_for(home: &Path, query: &str, expected: u64) {
    let started = Instant::now();
    loop {
        let found = ask(home, query).map(|rows| whole(rows[0].as_object().unwrap().values().next().unwrap()));
        if found == Ok(expected) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "`{query}` answers {found:?}, expected {expected}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Waits until so many transactions and decisions are in the lake.
pub async fn arrived(home: &Path, expected: u64) {
    for table in ["silver.transactions", "silver.decisions"] {
        wait_for(home, &format!("SELECT count(*) FROM {table}"), expected).await;
    }
}

/// Every transaction is in the lake once with one decision, no position twice, and every entity's ordinals are 1..n.
pub fn whole_and_once(home: &Path, acknowledged: &BTreeSet<String>) {
    let expected = acknowledged.len() as u64;
    for table in ["silver.transactions", "silver.decisions"] {
        let ids = sql(home, &format!("SELECT transaction_id FROM {table}"));
        let distinct: BTreeSet<String> =
            ids.iter().map(|row| row["transaction_id"].as_str().unwrap().to_owned()).collect();
        let lost: Vec<_> = acknowledged.difference(&distinct).take(5).collect();
        assert!(lost.is_empty(), "{table} lacks acknowledged transactions: {lost:?} …");
        assert_eq!((ids.len() as u64, distinct.len() as u64), (expected, expected), "{table}");
    }
    let positions =
        "SELECT count(*) - count(DISTINCT stream || shard || '/' || sequence || '/' || CAST(sub AS VARCHAR))";
    assert_eq!(number(home, &format!("{positions} FROM bronze.transactions")), 0, "a position landed twice");
    let ordinals = ordinals(home);
    assert!(ordinals.len() > 50, "only {} entities", ordinals.len());
    for (entity, found) in ordinals {
        let sequence: Vec<u64> = found.iter().copied().collect();
        assert_eq!(sequence, (1..=found.len() as u64).collect::<Vec<_>>(), "ordinals of {entity}");
    }
}

/// Every ordinal that a decision or a label effect took, by entity; a second use of one is an error.
fn ordinals(home: &Path) -> BTreeMap<String, BTreeSet<u64>> {
    let mut taken: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut take = |entity: &Value, ordinal: &Value| {
        let entity = entity.as_str().unwrap();
        let ordinal = whole(ordinal);
        assert!(taken.entry(entity.to_owned()).or_default().insert(ordinal), "{entity} has {ordinal} twice");
    };
    for row in sql(home, "SELECT ordinals FROM silver.decisions") {
        let ordinals = match &row["ordinals"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            list => list.clone(),
        };
        for read in ordinals.as_array().unwrap() {
            assert_eq!(read["folded"], true, "an entry was not folded");
            take(&read["entity"], &read["ordinal"]);
        }
    }
    if number(home, "SELECT count(*) FROM bronze.labels") > 0 {
        for row in sql(home, "SELECT entity, ordinal FROM silver.label_effects") {
            take(&row["entity"], &row["ordinal"]);
        }
    }
    taken
}

/// A whole number, written as such or as text.
fn whole(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap()
}
