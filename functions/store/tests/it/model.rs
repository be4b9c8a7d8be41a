//! The embedded store does what the memory store does, whatever it is asked.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use weir_events::{EntityKind, Outcome, Sequence};
use weir_store::contract::{
    Kept, decision, effect, entity, item_write, label, state_write, state_write_with,
};
use weir_store::{
    Changes, Durability, EmbeddedStore, ItemWrite, MemoryStore, Outbox, PartKey, SINGLE_SHARD, Store,
};

const IDS: [&str; 4] = ["a", "b", "c", "d"];

#[derive(Clone, Debug)]
enum Step {
    Commit(Changes),
    Trim(u64),
    Reopen,
}

fn changes() -> impl Strategy<Value = Changes> {
    let state = (0..4_u32, 0..3_u64, any::<u64>()).prop_map(|(number, expected, bytes)| {
        // The next piece comes, the one before goes.
        let write = state_write(entity(EntityKind::Card, number), expected, bytes);
        state_write_with(write, &[expected + 1], &[expected])
    });
    let item = (0..IDS.len(), 0..3_u64, any::<bool>(), proptest::option::of(any::<bool>())).prop_map(
        |(index, expected, is_decided, flag)| ItemWrite {
            decision: is_decided.then(|| decision(IDS[index], Outcome::Review, expected).into()),
            label: flag.map(|is_fraud| label(IDS[index], is_fraud)),
            ..item_write(IDS[index], expected)
        },
    );
    let effect = (0..IDS.len(), 1..9_u64).prop_map(|(index, ordinal)| effect(IDS[index], ordinal));

    (vec(state, 0..3), vec(item, 0..3), vec(effect, 0..2)).prop_map(|(states, items, mut effects)| {
        effects.retain(|effect| items.iter().any(|item| item.transaction_id == effect.transaction_id));
        Changes { states, items, effects }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![12 => changes().prop_map(Step::Commit), 1 => (0..20_u64).prop_map(Step::Trim), 1 => Just(Step::Reopen)]
}

async fn everything(store: &dyn Kept) -> String {
    let cards: Vec<_> = (0..4).map(|number| entity(EntityKind::Card, number)).collect();
    let parts = cards.iter().flat_map(|card| (0..4).map(|number| PartKey { entity: *card, number }));
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store.states(&cards).await.unwrap(),
        store.parts(&parts.collect::<Vec<_>>()).await.unwrap(),
        store.items(&IDS).await.unwrap(),
        store.read(SINGLE_SHARD, None, 1000, Duration::ZERO).await.unwrap(),
        store.counts().await.unwrap(),
        store.list_states(EntityKind::Card, None, 1000).await.unwrap(),
        store.list_items(None, 1000).await.unwrap(),
    )
}

async fn same(steps: Vec<Step>) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("store");
    let model = MemoryStore::new();
    let mut store = EmbeddedStore::open(&path, Durability::Process).unwrap();
    for step in steps {
        match step {
            Step::Commit(changes) => {
                let expected = model.commit(changes.clone()).await.map_err(|error| error.kind());
                assert_eq!(store.commit(changes).await.map_err(|error| error.kind()), expected);
            }
            Step::Trim(number) => {
                let sequence = Sequence::from(number);
                model.trim(SINGLE_SHARD, &sequence).await.unwrap();
                store.trim(SINGLE_SHARD, &sequence).await.unwrap();
            }
            Step::Reopen => {
                drop(store);
                store = EmbeddedStore::open(&path, Durability::Process).unwrap();
            }
        }
        assert_eq!(everything(&store).await, everything(&model).await);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn embedded_and_memory_agree(steps in vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(same(steps));
    }
}
