//! Power cuts at random moments under load: nothing acknowledged is lost, nothing is decided twice.

use std::time::Duration;

use weir_e2e::{Load, Shop, Weir, wait_for, whole_and_once};
use weir_powercut::{Model, Mounted};

/// Milliseconds after the start of the process at which the power goes; starting takes some of them, so the first few
/// fall into recovery.
const MOMENTS_MS: [u64; 9] = [900, 60, 1_500, 250, 700, 2_400, 450, 1_100, 3_300];

/// A moment nearby that only the seed knows.
fn jitter(seed: u64, moment: u64) -> Duration {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    Duration::from_millis(moment / 2 + mixed % moment)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_power_cuts() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Mounted::new(folder.path(), Model::Strict).unwrap();
    let home = folder.path().join("home");
    let shop = Shop::new(4_000, 25);
    let load = Load::new(shop.requests);

    for (seed, moment) in (0_u64..).zip(MOMENTS_MS) {
        let mut system = Weir::spawn(&home, &[]);
        let survivors = (seed % 3 != 0).then_some(seed);
        tokio::select! {
            () = tokio::time::sleep(jitter(seed, moment)) => {}
            () = async {
                system.ready().await;
                load.send(&system, 6).await;
                std::future::pending::<()>().await;
            } => {}
        }
        disk.switch().cut(survivors);
        system.kill();
        println!(
            "cut {seed}: {} acknowledged, {} requests left",
            load.tally().acknowledged.len(),
            load.left()
        );
        disk.switch().power_on();
    }
    let mut system = Weir::spawn(&home, &[]);
    system.ready().await;
    load.send(&system, 6).await;
    assert_eq!(load.left(), 0);
    let labels = system.post("/labels", "application/x-ndjson", shop.labels.clone()).await.unwrap();
    assert_eq!(labels.0, 202, "{}", labels.1);

    let tally = load.tally();
    println!("{:?} {:?}\n{}", tally.statuses, tally.failures, disk.switch().counters());
    for table in ["silver.transactions", "silver.decisions"] {
        wait_for(&home, &format!("SELECT count(*) FROM {table}"), tally.acknowledged.len() as u64).await;
    }
    for (id, outcome) in tally.decided.iter().take(40) {
        let (status, found) = system.get(&format!("/decisions/{id}")).await.unwrap();
        assert_eq!((status, &found["decision"]["outcome"]), (200, outcome), "{found}");
    }
    assert!(system.interrupt().success());
    whole_and_once(&home, &tally.acknowledged);
}
