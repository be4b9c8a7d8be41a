//! A clock that jumps back and forth: at the door, on the stream and where it is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use weir_events::{Decision, Timestamp, Transaction};
use weir_keyring::seal_transactions;
use weir_score::{BatchResult, Context, handle_transactions};
use weir_streams::{MemoryStreams, NewRecord, Streams};

use crate::support::{Deployment, START, order};

/// Hours that the clock is off, one look after the other: years ahead, months back, before 1970 and right again.
const OFF_HOURS: [i64; 8] = [0, 30_000, -900, 1, -600_000, 0, 24, -24];
const ORDERS: usize = 64;

/// The streams' clock is a plain function, so it looks here.
static STREAM_LOOKS: AtomicI64 = AtomicI64::new(0);

fn off(look: usize) -> Timestamp {
    Timestamp::from_seconds(START + OFF_HOURS[look % OFF_HOURS.len()] * 3_600 + look as i64)
}

fn stream_clock() -> Timestamp {
    off(STREAM_LOOKS.fetch_add(1, Ordering::Relaxed) as usize)
}

fn jumping(deployment: &Deployment) -> Context {
    let mut parts = deployment.parts();
    let looks = AtomicUsize::new(0);
    parts.clock = Arc::new(move || off(looks.fetch_add(3, Ordering::Relaxed)));
    Context::new(parts)
}

/// Ordinals by entity, of the entries that were folded.
fn ordinals(decisions: &[Decision]) -> BTreeMap<String, Vec<u64>> {
    let mut taken: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for read in decisions.iter().flat_map(|decision| &decision.ordinals).filter(|read| read.folded) {
        taken.entry(read.entity.to_string()).or_default().push(read.ordinal);
    }
    taken.values_mut().for_each(|ordinals| ordinals.sort_unstable());
    taken
}

#[tokio::test]
async fn nothing_is_lost_or_decided_twice_and_sequences_go_on() {
    let mut deployment = Deployment::new();
    deployment.streams =
        Arc::new(MemoryStreams::new([("transactions", 1), ("labels", 1), ("dead-letters", 2)], stream_clock));
    for number in 0..ORDERS {
        let placed =
            order(&format!("order-{number}"), &format!("customer-{}", number % 5), "shop", 10, 5_000);
        let transaction = Transaction::from_json(placed.to_string().as_bytes()).unwrap();
        // What the door's clock says of the arrival is as wrong as the rest.
        let sealed =
            seal_transactions(deployment.keyring.as_ref(), vec![(transaction, off(number * 5))]).await;
        let sealed = sealed.unwrap().remove(0);
        let record =
            NewRecord { key: sealed.entities.customer.to_string(), bytes: sealed.to_json().unwrap() };
        deployment.streams.publish("transactions", vec![record]).await.unwrap();
    }
    let records = deployment.streams.read("transactions", "0", None, 1_000, Duration::ZERO).await.unwrap();
    let sequences: Vec<u64> =
        records.iter().map(|record| record.position.sequence.as_str().parse().unwrap()).collect();
    assert_eq!(sequences, (1..=ORDERS as u64).collect::<Vec<_>>());
    assert!(!records.is_sorted_by_key(|record| record.arrived_at), "the clock did jump");

    // Three processes, each begins some records before where the one before it ended.
    for (first, last) in [(0, 30), (20, 50), (35, ORDERS)] {
        let context = jumping(&deployment);
        for batch in records[first..last].chunks(7) {
            assert_eq!(handle_transactions(batch, &context).await, BatchResult::default());
        }
    }
    let (decisions, _) = deployment.outbox().await;
    let ids: BTreeSet<&str> = decisions.iter().map(|decision| &*decision.transaction_id).collect();
    assert_eq!((decisions.len(), ids.len()), (ORDERS, ORDERS));
    assert!(!decisions.is_sorted_by_key(|decision| decision.decided_at), "decided by the jumping clock");
    for (entity, found) in ordinals(&decisions) {
        assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "ordinals of {entity}");
    }
    assert!(ordinals(&decisions).len() > 5, "some were near enough to their arrival to be folded");
    assert_eq!(deployment.dead_letter_records().await, 0);
}
