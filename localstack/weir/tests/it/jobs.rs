//! The lake's jobs: by themselves in a running system, and `commit` killed at random.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::kill::{send, shop};
use crate::lake::kill;
use crate::support::{Running, number, sql, succeed, wait_for};

/// Every job every second, and one of them turned off.
const OFTEN: [(&str, &str); 4] = [
    ("WEIR_STAR_SECONDS", "1"),
    ("WEIR_METRICS_SECONDS", "1"),
    ("WEIR_RECONCILE_SECONDS", "1"),
    ("WEIR_MAINTAIN_SECONDS", "1"),
];

const KILLS: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_running_system_makes_its_tables_and_leaves_them_alone_when_nothing_comes() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut environment = OFTEN.to_vec();
    environment.push(("WEIR_LABEL_SECONDS", "0"));
    let system = Running::start(&home, &environment).await;
    let mut shop = shop(400);
    let expected: u64 = shop.requests.iter().map(|request| request.len() as u64).sum();
    send(&system, &mut shop.requests, usize::MAX).await;
    system.post("/labels", "application/x-ndjson", shop.labels.clone()).await.unwrap();
    wait_for(&home, "SELECT count(*) FROM gold.fact_transactions WHERE outcome IS NOT NULL", expected).await;
    wait_for(&home, "SELECT sum(transactions) FROM gold.daily_metrics", expected).await;
    wait_for(&home, "SELECT count(DISTINCT to_table) FROM system.reconcile", 4).await;
    wait_for(&home, "SELECT count(DISTINCT job) FROM system.job_runs WHERE status = 'done'", 4).await;

    let runs = "SELECT count(*) FROM system.job_runs WHERE job IN ('star', 'metrics')";
    let mut settled = number(&home, runs);
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let now = number(&home, runs);
        if now == settled {
            settled = 0;
            break;
        }
        settled = now;
    }
    assert_eq!(settled, 0, "the star is made again and again though nothing comes");
    assert!(system.interrupt().success());
    succeed(&home, &["job", "check"]);
    succeed(&home, &["job", "reconcile"]);
    let labelled = sql(
        &home,
        "SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'labelled_transactions'",
    );
    assert_eq!(labelled[0]["n"], 0, "a job that is turned off has run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_is_told_and_tried_again_while_the_system_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let pin = home.join("lake/pins/silver.transactions/7/x.json");
    std::fs::create_dir_all(pin.parent().unwrap()).unwrap();
    std::fs::write(&pin, "{").unwrap();
    let mut system = Running::start(&home, &OFTEN).await;
    let mut shop = shop(80);
    send(&system, &mut shop.requests, usize::MAX).await;
    let count = |status| {
        format!(
            "SELECT least(count(*), 2) FROM system.job_runs WHERE job = 'maintain' AND status = '{status}'"
        )
    };
    wait_for(&home, &count("failed"), 2).await;
    assert!(!system.has_ended());
    std::fs::remove_file(&pin).unwrap();
    wait_for(&home, &count("done"), 2).await;
    assert!(system.interrupt().success());
}

/// Landing files by the first sequence in them, moved out of the way.
fn stash(home: &Path, away: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut files = BTreeMap::new();
    for stream in std::fs::read_dir(home.join("lake/landing")).unwrap() {
        for shard in std::fs::read_dir(stream.unwrap().path()).unwrap() {
            for file in std::fs::read_dir(shard.unwrap().path()).unwrap() {
                let place = file.unwrap().path();
                let name = place.file_stem().unwrap().to_string_lossy().into_owned();
                let first = name.split('-').next().unwrap().parse::<u128>().unwrap_or_default();
                files.insert((first, place.clone()), place);
            }
        }
    }
    let moved = files.into_values().enumerate().map(|(number, place)| {
        let kept = away.join(number.to_string());
        std::fs::rename(&place, &kept).unwrap();
        (kept, place)
    });
    moved.collect()
}

/// Files that have landed, once no more come.
async fn landed(home: &Path) -> usize {
    let count = || {
        let mut found = 0;
        for stream in std::fs::read_dir(home.join("lake/landing")).into_iter().flatten() {
            for shard in std::fs::read_dir(stream.unwrap().path()).unwrap() {
                found += std::fs::read_dir(shard.unwrap().path()).unwrap().count();
            }
        }
        found
    };
    let mut last = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let now = count();
        if now > 0 && now == last {
            return now;
        }
        last = now;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_killed_commits_each_record_once() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut shop = shop(1_600);
    let expected: u64 = shop.requests.iter().map(|request| request.len() as u64).sum();
    // Everything lands, nothing is committed.
    let system = Running::start(&home, &[("WEIR_COMMIT_INTERVAL_MS", "3600000")]).await;
    while !shop.requests.is_empty() {
        send(&system, &mut shop.requests, 2).await;
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    system.post("/labels", "application/x-ndjson", shop.labels.clone()).await.unwrap();
    let files = landed(&home).await;
    system.kill();
    assert!(files > 20, "only {files} files landed");

    let away = folder.path().join("away");
    std::fs::create_dir(&away).unwrap();
    let stashed = stash(&home, &away);
    let mut killed = 0;
    for (round, part) in (0..KILLS).zip(stashed.chunks(stashed.len().div_ceil(KILLS as usize))) {
        for (kept, place) in part {
            std::fs::rename(kept, place).unwrap();
        }
        killed += u64::from(kill(&home, &["job", "commit"], Duration::from_millis(20 + 25 * (round % 10))));
    }
    assert!(killed >= 5, "only {killed} commits were killed");
    for (kept, place) in stashed.iter().filter(|(kept, _)| kept.exists()) {
        std::fs::rename(kept, place).unwrap();
    }
    succeed(&home, &["job", "commit"]);
    succeed(&home, &["job", "silver"]);
    let system = Running::start(&home, &[]).await;
    wait_for(&home, "SELECT count(*) FROM silver.decisions", expected).await;
    wait_for(&home, "SELECT count(*) FROM silver.transactions", expected).await;
    assert!(system.interrupt().success());
    let twice = "SELECT count(*) - count(DISTINCT shard || '/' || sequence || '/' || CAST(sub AS VARCHAR)) FROM bronze.transactions";
    assert_eq!(number(&home, twice), 0);
    assert_eq!(number(&home, "SELECT count(DISTINCT transaction_id) FROM silver.decisions"), expected);
    for job in ["star", "check", "reconcile"] {
        succeed(&home, &["job", job]);
    }
}
