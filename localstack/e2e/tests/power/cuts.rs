//! The power goes at random moments under load: nothing acknowledged is lost, nothing is decided twice.

use std::path::Path;

use weir_e2e::{KeptOnFailure, Lives, Load, Shop, Weir, arrived, whole_and_once};
use weir_powercut::{Model, Mounted};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_power_cuts() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Mounted::new(folder.path(), Model::Strict).unwrap();
    let home = folder.path().join("home");
    let lives = Lives::usually(9);
    let shop = Shop::new(lives.count * 450, 25);
    let load = Load::new(shop.requests);

    let cut = |life: u64, system: Weir| {
        // Now and then nothing survives that was not synced; else chance says what.
        disk.switch().cut((!life.is_multiple_of(3)).then_some(lives.seed * 1_000 + life));
        system.kill();
        disk.switch().power_on();
    };
    lives.live(&home, &[], &load, cut).await;
    let system = Lives::last(&home, &[], &load).await;
    let labels = system.post("/labels", "application/x-ndjson", shop.labels.clone()).await.unwrap();
    assert_eq!(labels.0, 202, "{}", labels.1);
    println!("{:?}\n{}", load.tally().statuses, disk.switch().counters());
    finish(&home, system, &load).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn durable_for_the_process_is_kill_proof_and_not_more() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Mounted::new(folder.path(), Model::Strict).unwrap();
    let home = folder.path().join("home");
    let process = [("WEIR_DURABILITY", "process")];
    let load = Load::new(Shop::new(1_800, 25).requests);
    Lives { count: 4, seed: Lives::usually(0).seed }
        .live(&home, &process, &load, |_, system| system.kill())
        .await;
    let system = Lives::last(&home, &process, &load).await;
    finish(&home, system, &load).await;

    // The disk does what it is there for: without syncs the log is not what it was.
    let before = log_bytes(&home);
    disk.switch().cut(None);
    disk.switch().power_on();
    assert!(log_bytes(&home) < before, "a power cut took nothing of {before} bytes that were never synced");
}

/// Everything is decided and in the lake, once.
pub(crate) async fn finish(home: &Path, system: Weir, load: &Load) {
    let _kept = KeptOnFailure(home.to_owned());
    let tally = load.tally();
    arrived(home, tally.acknowledged.len() as u64).await;
    for (id, outcome) in tally.decided.iter().take(40) {
        let (status, found) = system.get(&format!("/decisions/{id}")).await.unwrap();
        assert_eq!((status, &found["decision"]["outcome"]), (200, outcome), "{found}");
    }
    assert!(system.interrupt().success());
    whole_and_once(home, &tally.acknowledged);
}

/// Bytes in the segments of the transactions' stream.
fn log_bytes(home: &Path) -> u64 {
    let shards = ["0", "1"].map(|shard| home.join("log/streams/transactions").join(shard));
    let files = shards.iter().filter_map(|shard| std::fs::read_dir(shard).ok()).flatten();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}
