//! A lake in a bucket: the same tables as on a disk, and nothing lost while the bucket is away, slow or contended.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use weir_e2e::{Load, Shop, Weir, arrived, sql, whole_and_once};

use crate::proxy::{Mode, Proxy};

/// Orders of each test.
const ORDERS: u64 = 400;

/// How long each fault lasts.
const FAULT: Duration = Duration::from_secs(20);

/// A service from the lines of `localstack/up --export`.
pub(crate) fn service(variable: &str) -> SocketAddr {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set; see localstack/up --export"));
    url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
}

/// Settings of a home whose lake is in a bucket of its own.
pub(crate) fn settle(home: &Path, bucket: &str, endpoint: SocketAddr) {
    std::fs::create_dir_all(home).unwrap();
    let text = format!(
        "[lake]\nurl = \"s3://{bucket}/some/folder\"\n[aws]\nlocal_credentials = true\n\
         endpoint_url_s3 = \"http://{endpoint}\"\n"
    );
    std::fs::write(home.join("weir.toml"), text).unwrap();
}

/// A name that no earlier run has used.
pub(crate) fn bucket(name: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("weir-{name}-{}", now.as_millis())
}

async fn run(home: &Path, shop: Shop, disturb: impl AsyncFn(&Load, &Weir)) {
    let mut weir = Weir::spawn(home, &[]);
    weir.ready().await;
    let load = Load::new(shop.requests);
    disturb(&load, &weir).await;
    load.send(&weir, 4).await;
    assert_eq!(load.left(), 0);
    arrived(home, ORDERS).await;
    assert!(weir.interrupt().success());
    whole_and_once(home, &load.tally().acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_tables_on_a_disk_on_minio_and_on_localstack() {
    let query = "SELECT d.transaction_id, d.amount_minor, d.currency, d.occurred_at, t.payment_method, t.merchant_id \
                 FROM silver.decisions d JOIN silver.transactions t ON t.transaction_id = d.transaction_id \
                 ORDER BY 1";
    let mut answers = Vec::new();
    for place in [None, Some("AWS_ENDPOINT_URL_S3"), Some("LOCALSTACK_S3")] {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        if let Some(variable) = place {
            settle(&home, &bucket("same"), service(variable));
        }
        // One sender and one after the other, so that every run folds in the same order.
        let mut weir = Weir::spawn(&home, &[]);
        weir.ready().await;
        let load = Load::new(Shop::new(ORDERS, 20).requests);
        load.send(&weir, 1).await;
        arrived(&home, ORDERS).await;
        assert!(weir.interrupt().success());
        whole_and_once(&home, &load.tally().acknowledged);
        assert_eq!(home.join("lake/tables").exists(), place.is_none(), "the lake is where it was asked for");
        answers.push(sql(&home, query));
    }
    assert_eq!(answers[0].len() as u64, ORDERS);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bucket_is_away_slow_or_unavailable_the_stream_waits_and_nothing_is_skipped() {
    let proxy = Proxy::start(service("AWS_ENDPOINT_URL_S3")).await;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    settle(&home, &bucket("away"), proxy.address);
    run(&home, Shop::new(ORDERS, 10), async |load, weir| {
        for mode in [Mode::Away, Mode::Unavailable, Mode::Slow(Duration::from_secs(2))] {
            proxy.set(mode);
            let sent = tokio::time::timeout(Duration::from_secs(1), load.send(weir, 1)).await;
            assert!(sent.is_err() || load.left() == 0);
            // Scoring does not wait for the bucket.
            assert_eq!(weir.get("/ready").await.unwrap().0, 200, "{mode:?}");
            tokio::time::sleep(FAULT).await;
        }
        proxy.set(Mode::Pass);
    })
    .await;
    assert!(proxy.disturbed.load(Ordering::Relaxed) > 3, "the faults were met");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_meets_another_one_under_way_is_tried_again() {
    let proxy = Proxy::start(service("AWS_ENDPOINT_URL_S3")).await;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    settle(&home, &bucket("contended"), proxy.address);
    run(&home, Shop::new(ORDERS, 10), async |load, weir| {
        for _ in 0..5 {
            proxy.set(Mode::Contended);
            let _some_are_left = tokio::time::timeout(Duration::from_millis(300), load.send(weir, 1)).await;
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            proxy.set(Mode::Pass);
            tokio::time::sleep(Duration::from_millis(1_000)).await;
        }
    })
    .await;
    assert!(proxy.disturbed.load(Ordering::Relaxed) > 3, "the conflicts were met");
}
