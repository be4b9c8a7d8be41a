//! Several writers on the same entities.

use std::sync::Arc;

use weir_events::RawRecord;
use weir_score::{BatchResult, Context, decide, handle_labels, handle_transactions};

use crate::support::{Deployment, label, label_record, order};

/// Handles records in batches of `size`, each again until it is done.
async fn consume(context: Arc<Context>, records: Vec<RawRecord>, size: usize, is_labels: bool) {
    for batch in records.chunks(size) {
        loop {
            let result = if is_labels {
                handle_labels(batch, &context).await
            } else {
                handle_transactions(batch, &context).await
            };
            if result == BatchResult::default() {
                break;
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Two processes decide, a third one labels, a fourth decides one by one what the first two decide as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_that_share_entities_leave_ordinals_without_a_gap_and_vectors_that_refold() {
    let deployment = Deployment::new();
    let (mut records, mut sealed, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for sequence in 1..=240_u64 {
        let (customer, merchant) = (format!("customer-{}", sequence % 7), format!("shop-{}", sequence % 2));
        let placed =
            order(&format!("order-{sequence}"), &customer, &merchant, (sequence * 37 % 600) as i64, 5_000);
        sealed.push(deployment.sealed(placed.clone()).await);
        records.push(deployment.record(sequence, placed).await);
        if sequence % 3 == 0 {
            labels.push(label_record(sequence, &label(&format!("order-{sequence}"), true, 1)));
        }
    }
    let context = || {
        let mut parts = deployment.parts();
        parts.settings.attempts = 100;
        Arc::new(Context::new(parts))
    };
    let (even, odd): (Vec<_>, Vec<_>) =
        records.iter().cloned().enumerate().partition(|(index, _)| index % 2 == 0);
    let plain = |numbered: Vec<(usize, RawRecord)>| numbered.into_iter().map(|(_, record)| record).collect();
    let one_by_one: Vec<_> = records.iter().step_by(5).cloned().collect();
    let contexts = [context(), context(), context(), context()];
    let waiting = Arc::clone(&contexts[3]);
    let tasks = [
        tokio::spawn(consume(Arc::clone(&contexts[0]), plain(even), 9, false)),
        tokio::spawn(consume(Arc::clone(&contexts[1]), plain(odd), 5, false)),
        tokio::spawn(consume(Arc::clone(&contexts[2]), labels, 4, true)),
        tokio::spawn(async move {
            for record in one_by_one {
                decide(&waiting, record).await.unwrap();
            }
        }),
    ];
    for task in tasks {
        task.await.unwrap();
    }
    let (decisions, effects) = deployment.outbox().await;
    assert_eq!((decisions.len(), effects.len()), (240, 80));
    assert_eq!(crate::refold::check(&sealed, &decisions, &effects), 320);
    let conflicts: u64 = contexts.iter().map(|context| context.metrics().counted().conflicts).sum();
    assert!(conflicts > 0, "this test is about conflicts and saw none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn within_one_process_writers_take_turns_and_nothing_is_folded_in_vain() {
    let deployment = Deployment::new();
    let context = Arc::new(deployment.context());
    let mut tasks = Vec::new();
    for sequence in 1..=60_u64 {
        let placed = order(&format!("order-{sequence}"), "customer-1", "shop", sequence as i64, 5_000);
        let record = deployment.record(sequence, placed).await;
        let context = Arc::clone(&context);
        tasks.push(tokio::spawn(async move { decide(&context, record).await.unwrap() }));
    }
    for task in tasks {
        assert!(!task.await.unwrap().repeated);
    }
    assert_eq!(context.metrics().counted().conflicts, 0);
    assert_eq!(deployment.outbox().await.0.len(), 60);
}
