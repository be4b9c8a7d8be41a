//! Entities whose older events lie beside their heads.

use std::sync::Arc;

use weir_events::{EntityKind, RawRecord};
use weir_score::{BatchResult, Context, handle_labels, handle_transactions, state_sizes};
use weir_store::contract::Kept;
use weir_store::{Changes, EmbeddedStore, MemoryStore, PartKey};

use crate::support::{Deployment, label, label_record, order};

const EVENTS: u64 = 260;

struct Told {
    records: Vec<RawRecord>,
    labels: Vec<RawRecord>,
    sealed: Vec<weir_events::SealedTransaction>,
}

/// Orders of three customers at one shop, some hours apart; some late, some labelled.
async fn told(deployment: &Deployment) -> Told {
    let mut told = Told { records: Vec::new(), labels: Vec::new(), sealed: Vec::new() };
    for sequence in 1..=EVENTS {
        let id = format!("order-{sequence}");
        let late = if sequence % 13 == 0 { 300 } else { 0 };
        let minute = (EVENTS - sequence) as i64 * 4 + late;
        let placed = order(&id, &format!("customer-{}", sequence % 3), "shop", minute, 5_000);
        told.sealed.push(deployment.sealed(placed.clone()).await);
        told.records.push(deployment.record(sequence, placed).await);
        if sequence % 4 == 0 {
            told.labels.push(label_record(sequence, &label(&id, true, 1)));
        }
    }
    told
}

async fn deliver(context: &Context, told: &Told, size: usize) {
    for batch in told.records.chunks(size) {
        assert_eq!(handle_transactions(batch, context).await, BatchResult::default());
    }
    for batch in told.labels.chunks(size) {
        assert_eq!(handle_labels(batch, context).await, BatchResult::default());
    }
}

#[tokio::test]
async fn batches_of_any_size_over_any_store_leave_the_same_decisions_and_pieces_that_heads_name() {
    let home = tempfile::tempdir().unwrap();
    let embedded = EmbeddedStore::open(home.path(), weir_store::Durability::Process).unwrap();
    let stores: [(usize, Arc<dyn Kept>); 3] =
        [(1, Arc::new(MemoryStore::new())), (50, Arc::new(MemoryStore::new())), (7, Arc::new(embedded))];
    for (size, store) in stores {
        let deployment = Deployment::over(store);
        let context = deployment.context();
        let told = told(&deployment).await;
        deliver(&context, &told, size).await;
        let (decisions, effects) = deployment.outbox().await;
        assert_eq!((decisions.len(), effects.len()), (EVENTS as usize, told.labels.len()));
        let total = EVENTS as usize + told.labels.len();
        assert_eq!(crate::refold::check(&told.sealed, &decisions, &effects), total);
        let sizes = state_sizes(deployment.store.as_ref()).await.unwrap();
        let merchants = sizes.iter().find(|sizes| sizes.kind == "merchant").unwrap();
        assert!(merchants.parts > 0 && merchants.part.max < 8_192, "{merchants:?}");
        assert!(merchants.head.max < 4_096 && merchants.whole.max > merchants.head.max, "{merchants:?}");
        assert_eq!(merchants.bytes, merchants.whole.max, "there is one shop");
    }
}

#[tokio::test]
async fn a_piece_that_the_store_has_lost_is_said_to_be_lost() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let told = told(&deployment).await;
    deliver(&context, &told, 50).await;
    let (merchant, stored) =
        deployment.store.list_states(EntityKind::Merchant, None, 1).await.unwrap().remove(0);
    let numbers = weir_features::EntityState::read(&stored.bytes).unwrap().part_numbers();
    let write = weir_store::StateWrite {
        entity: merchant,
        expected: stored.version,
        bytes: stored.bytes,
        parts: Vec::new(),
        removed: numbers.clone(),
    };
    deployment.store.commit(Changes { states: vec![write], ..Changes::default() }).await.unwrap();
    let asked = PartKey { entity: merchant, number: numbers[0] };
    assert_eq!(deployment.store.parts(&[asked]).await.unwrap(), [None]);
    let next = deployment.record(EVENTS + 1, order("next", "customer-1", "shop", 0, 5_000)).await;
    let error = weir_score::decide(&context, next).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("not there"), "{source}");
}
