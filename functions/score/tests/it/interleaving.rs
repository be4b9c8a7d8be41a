//! Any order of deliveries comes to the same end.

use proptest::prelude::*;
use weir_events::RawRecord;
use weir_score::{BatchResult, Context, handle_labels, handle_transactions};

use crate::support::{Deployment, label, label_record, order};

const EVENTS: usize = 12;

/// One batch of one of the two streams: from a record, this many.
#[derive(Clone, Debug)]
struct Delivery {
    is_labels: bool,
    first: usize,
    size: usize,
}

fn delivery() -> impl Strategy<Value = Delivery> {
    (any::<bool>(), 0..EVENTS, 1..EVENTS).prop_map(|(is_labels, first, size)| Delivery {
        is_labels,
        first,
        size,
    })
}

async fn deliver(context: &Context, records: &[RawRecord], is_labels: bool) {
    let result = if is_labels {
        handle_labels(records, context).await
    } else {
        handle_transactions(records, context).await
    };
    assert_eq!(result, BatchResult::default());
}

/// Delivers as told, then everything once more from the start; checks what has to be true after any of it.
async fn run(deliveries: Vec<Delivery>, commit_size: usize) {
    let deployment = Deployment::new();
    let mut parts = deployment.parts();
    parts.settings.commit_size = commit_size;
    let context = Context::new(parts);
    let (mut records, mut sealed, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for sequence in 1..=EVENTS as u64 {
        let id = format!("order-{sequence}");
        let placed =
            order(&id, &format!("customer-{}", sequence % 2), "shop", (sequence * 7 % 12) as i64, 5_000);
        sealed.push(deployment.sealed(placed.clone()).await);
        records.push(deployment.record(sequence, placed).await);
        labels.push(label_record(sequence, &label(&id, sequence % 3 != 0, 1)));
    }
    for Delivery { is_labels, first, size } in deliveries {
        let source = if is_labels { &labels } else { &records };
        deliver(&context, &source[first..(first + size).min(EVENTS)], is_labels).await;
    }
    deliver(&context, &records, false).await;
    deliver(&context, &labels, true).await;
    let (decisions, effects) = deployment.outbox().await;
    assert_eq!((decisions.len(), effects.len()), (EVENTS, EVENTS - EVENTS / 3));
    assert_eq!(crate::refold::check(&sealed, &decisions, &effects), decisions.len() + effects.len());
    assert_eq!(deployment.dead_letter_records().await, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deliveries_in_any_order_with_any_ends_decide_and_label_everything_once(
        deliveries in prop::collection::vec(delivery(), 0..8),
        commit_size in 1..15_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(deliveries, commit_size));
    }
}
