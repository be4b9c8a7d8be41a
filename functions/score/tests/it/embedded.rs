//! Scoring over the embedded store, closed and opened again in between.

use std::sync::Arc;

use tempfile::tempdir;
use weir_score::{BatchResult, handle_labels, handle_transactions};
use weir_store::{Durability, EmbeddedStore};

use crate::support::{Deployment, label, label_record, order};

#[tokio::test]
async fn what_was_decided_before_a_restart_stands_after_it_and_the_rest_follows_on() {
    let home = tempdir().unwrap();
    let mut deployment =
        Deployment::over(Arc::new(EmbeddedStore::open(home.path(), Durability::Process).unwrap()));
    let (mut records, mut sealed, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for sequence in 1..=20_u64 {
        let id = format!("order-{sequence}");
        let placed = order(&id, &format!("customer-{}", sequence % 3), "shop", 90 - sequence as i64, 5_000);
        sealed.push(deployment.sealed(placed.clone()).await);
        records.push(deployment.record(sequence, placed).await);
        labels.push(label_record(sequence, &label(&id, true, 1)));
    }
    for (transactions, labelled) in [(8, 14), (13, 17), (20, 20)] {
        let context = deployment.context();
        assert_eq!(handle_labels(&labels[..labelled], &context).await, BatchResult::default());
        assert_eq!(handle_transactions(&records[..transactions], &context).await, BatchResult::default());
        drop(context);
        let Deployment { store, streams, keyring } = deployment;
        drop(store);
        let store = Arc::new(EmbeddedStore::open(home.path(), Durability::Process).unwrap());
        deployment = Deployment { store, streams, keyring };
    }
    let (decisions, effects) = deployment.outbox().await;
    assert_eq!((decisions.len(), effects.len()), (20, 20));
    assert_eq!(crate::refold::check(&sealed, &decisions, &effects), 40);
}
