//! Kill -9 at many moments: nothing lost, nothing twice, ordinals without gap.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use weir_events::Transaction;
use weir_generator::{EventKind, Generator};

use crate::support::{Running, lines, number, sql, wait_for};

/// Moments inside the commit to the lake at which the process ends itself.
const LAKE_MOMENTS: [&str; 4] = ["after_plan", "after_data_files", "after_delta_commit", "before_cleanup"];

/// Pauses before a kill from outside, in milliseconds: somewhere in ingest, scoring and archiving.
const PAUSES_MS: [u64; 8] = [0, 15, 40, 90, 170, 290, 450, 900];

/// Transactions a request.
const REQUEST: usize = 40;

/// The transactions of a small shop within one day, so that none is too late to be folded however long a kill held it
/// up; in requests, and labels for some of them.
pub(crate) struct Shop {
    pub(crate) requests: Vec<Vec<Transaction>>,
    pub(crate) labels: Vec<u8>,
}

pub(crate) fn shop(transactions: u64) -> Shop {
    let settings = weir_generator::Settings { transactions, customers: 60, days: 1, ..Default::default() };
    let mut all = Vec::new();
    let mut labels = Vec::new();
    for event in Generator::new(settings).unwrap() {
        match event.kind {
            EventKind::Transaction { transaction, .. } => all.push(*transaction),
            EventKind::Label(label) => {
                labels.extend(label.to_json());
                labels.push(b'\n');
            }
        }
    }
    Shop { requests: all.chunks(REQUEST).map(<[_]>::to_vec).collect(), labels }
}

/// Sends requests until all are taken or the system is gone; what was not acknowledged stays for the next life.
pub(crate) async fn send(system: &Running, requests: &mut Vec<Vec<Transaction>>, most: usize) {
    for _ in 0..most {
        let Some(request) = requests.last() else { return };
        match system.post("/transactions?replay=true", "application/x-ndjson", lines(request)).await {
            Some((202, answer)) => {
                assert_eq!(answer["accepted"], request.len(), "{answer}");
                requests.pop();
            }
            Some((status, answer)) => panic!("{status}: {answer}"),
            None => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_decided_twice_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut shop = shop(2_400);
    let expected: u64 = shop.requests.iter().map(|request| request.len() as u64).sum();
    shop.requests.reverse();

    for moment in LAKE_MOMENTS {
        let mut system = Running::start(&home, &[("WEIR_FAULT", moment)]).await;
        send(&system, &mut shop.requests, 3).await;
        for _ in 0..1_200 {
            if system.has_ended() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(system.has_ended(), "the process did not reach `{moment}`");
    }
    for pause in PAUSES_MS {
        let system = Running::start(&home, &[]).await;
        tokio::join!(
            send(&system, &mut shop.requests, 5),
            system.post("/labels", "application/x-ndjson", shop.labels.clone()),
            tokio::time::sleep(Duration::from_millis(pause)),
        );
        system.kill();
    }
    let system = Running::start(&home, &[]).await;
    send(&system, &mut shop.requests, usize::MAX).await;
    assert!(shop.requests.is_empty());
    let labels = system.post("/labels", "application/x-ndjson", shop.labels.clone()).await.unwrap();
    assert_eq!(labels.0, 202, "{}", labels.1);

    wait_for(&home, "SELECT count(*) FROM silver.decisions", expected).await;
    wait_for(&home, "SELECT count(*) FROM silver.transactions", expected).await;
    assert!(system.interrupt().success());
    check(&home, expected);
}

fn check(home: &Path, expected: u64) {
    for table in ["silver.transactions", "silver.decisions"] {
        assert_eq!(number(home, &format!("SELECT count(*) FROM {table}")), expected, "{table}");
        let distinct = format!("SELECT count(DISTINCT transaction_id) FROM {table}");
        assert_eq!(number(home, &distinct), expected, "{table}");
    }
    let positions =
        "SELECT count(*) - count(DISTINCT stream || shard || '/' || sequence || '/' || CAST(sub AS VARCHAR))";
    assert_eq!(number(home, &format!("{positions} FROM bronze.transactions")), 0, "a position landed twice");
    let missing = "SELECT count(*) FROM silver.transactions t LEFT JOIN silver.decisions d \
                   ON t.transaction_id = d.transaction_id WHERE d.transaction_id IS NULL";
    assert_eq!(number(home, missing), 0, "a transaction without its decision");
    let ordinals = ordinals(home);
    assert!(ordinals.len() > 100, "only {} entities", ordinals.len());
    for (entity, found) in ordinals {
        let sequence: Vec<u64> = found.iter().copied().collect();
        assert_eq!(sequence, (1..=found.len() as u64).collect::<Vec<_>>(), "ordinals of {entity}");
    }
}

/// Every ordinal that a decision or a label effect took, by entity; a second use of one is an error.
fn ordinals(home: &Path) -> BTreeMap<String, BTreeSet<u64>> {
    let mut taken: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut unfolded = 0;
    let mut take = |entity: &str, ordinal: u64| {
        assert!(taken.entry(entity.to_owned()).or_default().insert(ordinal), "{entity} has {ordinal} twice");
    };
    for row in sql(home, "SELECT ordinals FROM silver.decisions") {
        let ordinals = match &row["ordinals"] {
            serde_json::Value::String(text) => serde_json::from_str(text).unwrap(),
            list => list.clone(),
        };
        for read in ordinals.as_array().unwrap() {
            match read["folded"] == true {
                true => take(read["entity"].as_str().unwrap(), whole(&read["ordinal"])),
                false => unfolded += 1,
            }
        }
    }
    assert_eq!(unfolded, 0, "entries were not folded");
    for row in sql(home, "SELECT entity, ordinal FROM silver.label_effects") {
        take(row["entity"].as_str().unwrap(), whole(&row["ordinal"]));
    }
    taken
}

/// A whole number, written as such or as text.
fn whole(value: &serde_json::Value) -> u64 {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap()
}
