//! The demo that is broken on purpose: buttons kill its parts, nothing is lost or there twice.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{PATIENCE, Running, command, number};

const HEADER: (&str, &str) = ("weir-chaos", "test");

/// Presses a button; the status, or nothing if nobody answers.
async fn press(http: &reqwest::Client, page: &str, part: &str) -> Option<u16> {
    let request = http.post(format!("{page}/chaos/{part}")).header(HEADER.0, HEADER.1);
    Some(request.send().await.ok()?.status().as_u16())
}

/// Where the page of the running child is, once it says so; each life says it again.
async fn page(home: &Path, show: &mut Child) -> String {
    let started = Instant::now();
    loop {
        let lock = std::fs::read(home.join("lock")).unwrap_or_default();
        let holder: Value = serde_json::from_slice(&lock).unwrap_or_default();
        if let Some(address) = holder["page"].as_str() {
            return format!("http://{address}");
        }
        assert!(show.try_wait().unwrap().is_none(), "the show ended while it started");
        assert!(started.elapsed() < PATIENCE, "the show did not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The first snapshot of the page's stream of events.
async fn snapshot(http: &reqwest::Client, page: &str) -> Option<Value> {
    let mut events = http.get(format!("{page}/live")).send().await.ok()?;
    let event = events.chunk().await.ok()??;
    serde_json::from_slice(event.strip_prefix(b"data: ")?).ok()
}

/// Waits until the page shows so much of something.
async fn wait_for(http: &reqwest::Client, page: &str, pointer: &str, least: u64) -> Value {
    let started = Instant::now();
    loop {
        let shown = snapshot(http, page).await.unwrap_or_default();
        if shown.pointer(pointer).and_then(Value::as_u64).is_some_and(|shown| shown >= least) {
            return shown;
        }
        assert!(started.elapsed() < PATIENCE, "`{pointer}` does not reach {least}: {shown}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_that_is_broken_again_and_again_loses_nothing_and_has_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let arguments = ["demo", "--chaos", "--transactions", "4000", "--rate", "200", "--exit", "--json"];
    let mut show = command(&home)
        .args(arguments)
        .args(["--ingest-listen", "127.0.0.1:0", "--page-listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let page = page(&home, &mut show).await;
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    wait_for(&http, &page, "/chaos/acknowledged", 100).await;

    let unasked = http.post(format!("{page}/chaos/process")).send().await.unwrap();
    assert_eq!(unasked.status(), 403, "without its header a kill is refused");
    assert_eq!(press(&http, &page, "everything").await, Some(404));

    assert_eq!(press(&http, &page, "scorer").await, Some(202));
    wait_for(&http, &page, "/chaos/kills/scorer", 1).await;
    assert_eq!(press(&http, &page, "archiver").await, Some(202));
    wait_for(&http, &page, "/chaos/kills/archiver", 1).await;
    wait_for(&http, &page, "/chaos/acknowledged", 600).await;
    assert_eq!(press(&http, &page, "process").await, Some(202));
    let shown = wait_for(&http, &page, "/chaos/kills/process", 1).await;
    assert_eq!(shown["chaos"]["kills"]["scorer"], 1, "kills outlive the process: {shown}");
    wait_for(&http, &page, "/chaos/last_restart/away_ms", 1).await;
    wait_for(&http, &page, "/chaos/acknowledged", 1_200).await;
    // The scorer dies, and before it is back the process with it.
    assert_eq!(press(&http, &page, "scorer").await, Some(202));
    assert_eq!(press(&http, &page, "process").await, Some(202));
    let shown = wait_for(&http, &page, "/chaos/kills/process", 2).await;
    assert_eq!(shown["chaos"]["lost"], 0, "{shown}");

    let ended = tokio::task::spawn_blocking(move || show.wait_with_output().unwrap()).await.unwrap();
    let result: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert!(ended.status.success(), "{result}");
    for (name, expected) in [
        ("/sent", 4_000),
        ("/accepted", 4_000),
        ("/decided", 4_000),
        ("/in_lake", 4_000),
        ("/lost", 0),
        ("/decided_twice", 0),
        ("/dead_letters", 0),
        ("/kills/scorer", 2),
        ("/kills/archiver", 1),
        ("/kills/process", 2),
    ] {
        assert_eq!(result.pointer(name), Some(&expected.into()), "{name} in {result}");
    }
    for table in ["silver.transactions", "silver.decisions"] {
        let once = format!("SELECT count(*) - count(DISTINCT transaction_id) FROM {table}");
        assert_eq!(number(&home, &once), 0, "{table}");
        assert_eq!(number(&home, &format!("SELECT count(*) FROM {table}")), 4_000, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_flag_nothing_of_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let system = Running::start(&folder.path().join("home"), &[]).await;
    let http = reqwest::Client::new();
    for part in ["scorer", "archiver", "process", "supervisor"] {
        assert_eq!(press(&http, &system.page, part).await, Some(404), "{part}");
    }
    let index = http.get(&system.page).send().await.unwrap().text().await.unwrap();
    assert!(!index.contains("chaos") && !index.contains("section -->"), "{index}");
    assert_eq!(snapshot(&http, &system.page).await.unwrap().get("chaos"), None);
    assert!(system.interrupt().success());
}
