//! Killed with -9 at random moments, ten times over one home: nothing acknowledged is lost, nothing is half there.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use weir_events::{EntityKind, Outcome, Sequence};
use weir_store::contract::{decision, entity, item_write, state_write};
use weir_store::{Changes, Durability, EmbeddedStore, ItemWrite, Outbox, SINGLE_SHARD, Store, StoreError};

const HOME: &str = "WEIR_STORE_KILL_HOME";
const CHILD: &str = "kill::the_child_commits_until_it_is_killed";
const KILLS: u32 = 10;
/// The child ends by itself should nobody be left to kill it.
const LIFE: Duration = Duration::from_secs(60);
const TASKS: u32 = 4;
/// Decisions in one commit.
const BATCH: u64 = 3;

/// Runs only as the child of the test below.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child_commits_until_it_is_killed() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let store = Arc::new(EmbeddedStore::open(home, Durability::Power).unwrap());
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(commit_until_killed(Arc::clone(&store), task));
    }
    tasks.join_all().await;
}

/// Each batch adds to a state of this task and to one that all tasks share.
async fn commit_until_killed(store: Arc<EmbeddedStore>, task: u32) {
    let keys = [entity(EntityKind::Customer, task), entity(EntityKind::Merchant, 0)];
    let started = std::time::Instant::now();
    while started.elapsed() < LIFE {
        let states = store.states(&keys).await.unwrap();
        let own = number(&states[0].bytes);
        let items = (own + 1..=own + BATCH).map(|ordinal| {
            let id = format!("{task}-{ordinal}");
            ItemWrite {
                decision: Some(decision(&id, Outcome::Approve, ordinal).into()),
                ..item_write(&id, 0)
            }
        });
        let writes = keys
            .iter()
            .zip(&states)
            .map(|(key, state)| state_write(*key, state.version, number(&state.bytes) + BATCH));
        let changes = Changes { states: writes.collect(), items: items.collect(), effects: Vec::new() };
        match store.commit(changes).await {
            Ok(()) => println!("acknowledged {task} {}", own + BATCH),
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    if bytes.is_empty() { 0 } else { u64::from_be_bytes(bytes.try_into().unwrap()) }
}

#[tokio::test]
async fn a_kill_loses_nothing_acknowledged_and_leaves_nothing_half_done() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("store");
    let mut acknowledged = BTreeMap::new();
    for round in 0..KILLS {
        let pause = Duration::from_micros(RandomState::new().hash_one(round) % 500_000);
        for (task, ordinal) in run_and_kill(&path, pause) {
            acknowledged.insert(task, ordinal);
        }
        verify(&path, &acknowledged).await;
    }
    assert!(!acknowledged.is_empty(), "no child lived long enough to commit");
}

/// Starts the child, kills it after a pause, and answers what it printed: the last ordinal of each task.
fn run_and_kill(path: &Path, pause: Duration) -> Vec<(u32, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([CHILD, "--exact", "--nocapture"])
        .env(HOME, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    std::thread::sleep(pause);
    assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap().unwrap();
    text.split_inclusive('\n').filter_map(acknowledgement).collect()
}

fn acknowledgement(line: &str) -> Option<(u32, u64)> {
    let (_, words) = line.strip_suffix('\n')?.split_once("acknowledged ")?;
    let (task, ordinal) = words.split_once(' ')?;
    Some((task.parse().ok()?, ordinal.parse().ok()?))
}

async fn verify(path: &Path, acknowledged: &BTreeMap<u32, u64>) {
    let store = EmbeddedStore::open(path, Durability::Power).unwrap();
    let mut total = 0;
    for task in 0..TASKS {
        let own = number(&store.states(&[entity(EntityKind::Customer, task)]).await.unwrap()[0].bytes);
        assert!(own >= acknowledged.get(&task).copied().unwrap_or(0), "an acknowledged commit is gone");
        assert_eq!(own % BATCH, 0, "half a batch");
        let ids: Vec<String> = (1..=own + 1).map(|ordinal| format!("{task}-{ordinal}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let items = store.items(&ids).await.unwrap();
        let decided = items.iter().filter(|item| item.decision.is_some()).count() as u64;
        assert_eq!(decided, own, "decisions and state effects differ");
        assert!(items[own as usize].decision.is_none(), "a decision without its state effect");
        total += own;
    }
    let shared = number(&store.states(&[entity(EntityKind::Merchant, 0)]).await.unwrap()[0].bytes);
    assert_eq!(shared, total);
    assert_eq!(store.counts().await.unwrap().decisions, total);
    verify_outbox(&store, total).await;
}

async fn verify_outbox(store: &EmbeddedStore, total: u64) {
    let records = store.read(SINGLE_SHARD, None, usize::MAX, Duration::ZERO).await.unwrap();
    let sequences = records.iter().map(|record| record.sequence.clone());
    assert!(sequences.eq((1..=total).map(Sequence::from)), "a gap in the outbox");
    let ids: std::collections::BTreeSet<String> =
        records.iter().map(|record| record.entry.transaction_id.clone()).collect();
    assert_eq!(ids.len() as u64, total, "an entry twice in the outbox");
}
