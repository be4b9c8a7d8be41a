//! The disk fills up: senders are told to come back, nothing breaks, and it goes on when there is space again.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use weir_e2e::{Lives, Load, PATIENCE, Shop, Weir};
use weir_powercut::{Model, Mounted};

use crate::cuts::finish;

/// Bytes that the system is told to keep free; a small disk would have no more.
const KEPT_FREE: &str = "8388608";

/// What a sender may be told while there is no space.
const PROPER: [u16; 4] = [200, 202, 429, 503];

struct Full {
    _folder: tempfile::TempDir,
    disk: Mounted,
    home: std::path::PathBuf,
    load: Load,
}

const ENVIRONMENT: [(&str, &str); 1] = [("WEIR_MIN_FREE_BYTES", KEPT_FREE)];

impl Full {
    async fn start() -> (Self, Weir) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Mounted::new(folder.path(), Model::Strict).unwrap();
        let home = folder.path().join("home");
        let load = Load::new(Shop::new(4_000, 25).requests);
        let mut system = Weir::spawn(&home, &ENVIRONMENT);
        system.ready().await;
        let full = Self { _folder: folder, disk, home, load };
        full.send_for(&system, Duration::from_millis(700)).await;
        (full, system)
    }

    async fn send_for(&self, system: &Weir, time: Duration) {
        tokio::select! {
            () = self.load.send(system, 6) => {}
            () = tokio::time::sleep(time) => {}
        }
    }

    fn statuses(&self) -> BTreeSet<u16> {
        self.load.tally().statuses.into_keys().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_holds_senders_back_and_it_goes_on_by_itself() {
    let (full, mut system) = Full::start().await;
    full.disk.switch().leave(8_388_608 + 500_000);
    full.send_for(&system, Duration::from_secs(4)).await;
    assert!(full.load.left() > 0 && full.statuses().contains(&503), "{:?}", full.load.tally().statuses);
    let told = full.load.tally().failures;
    assert!(told.iter().any(|message| message.contains("min_free_bytes")), "{told:?}");
    assert!(!system.has_ended());

    full.disk.switch().free();
    tokio::time::sleep(Duration::from_millis(600)).await;
    full.load.send(&system, 6).await;
    assert_eq!(full.load.left(), 0);
    assert!(full.statuses().is_subset(&PROPER.into()), "{:?}", full.load.tally());
    finish(&full.home, system, &full.load).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_once_loses_nothing() {
    let (full, mut system) = Full::start().await;
    full.disk.switch().fill();
    full.send_for(&system, Duration::from_secs(3)).await;
    assert!(!system.has_ended(), "it answers while there is no space");
    assert!(full.statuses().contains(&503), "{:?}", full.load.tally().statuses);
    assert!(full.statuses().is_subset(&PROPER.into()), "{:?}", full.load.tally());

    full.disk.switch().free();
    let mut system = if ends_soon(&mut system).await { started_again(&full.home).await } else { system };
    assert!(!system.has_ended());
    full.load.send(&system, 6).await;
    assert_eq!(full.load.left(), 0);
    finish(&full.home, system, &full.load).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_is_slow_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Mounted::new(folder.path(), Model::Strict).unwrap();
    disk.switch().slow(Duration::from_millis(50));
    let home = folder.path().join("home");
    let load = Load::new(Shop::new(1_000, 25).requests);
    let system = Lives::last(&home, &[], &load).await;
    disk.switch().slow(Duration::from_millis(1));
    assert!(load.tally().statuses.into_keys().all(|status| PROPER.contains(&status)));
    finish(&home, system, &load).await;
}

/// The store opens again only with a new process: whether this one ends by itself to make room for it.
async fn ends_soon(system: &mut Weir) -> bool {
    for _ in 0..300 {
        if system.has_ended() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// What a service manager does.
async fn started_again(home: &Path) -> Weir {
    let mut system = Weir::spawn(home, &ENVIRONMENT);
    tokio::time::timeout(PATIENCE, system.ready()).await.unwrap();
    system
}
