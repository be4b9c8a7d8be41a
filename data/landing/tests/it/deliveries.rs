//! Whatever a stream delivers, and however it is grouped into plans, each position is committed once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use weir_landing::{LandingFile, LandingPath, Limits, Plan, Watermarks, covered};

use crate::{file, plan};

/// Deliveries of one shard: each begins at or before the record after the newest one so far.
fn deliveries() -> impl Strategy<Value = Vec<(u64, u64)>> {
    proptest::collection::vec((0u64..12, 1u64..15), 1..25).prop_map(|steps| {
        let mut newest = 0;
        let mut files = Vec::new();
        for (back, length) in steps {
            let first = (newest + 1u64).saturating_sub(back).max(1);
            let last = first + length - 1;
            newest = newest.max(last);
            files.push((first, last));
        }
        files
    })
}

/// The order in which the shards' deliveries arrive, and after which of them a plan is made.
fn arrivals() -> impl Strategy<Value = Vec<(LandingFile, bool)>> {
    let shards = proptest::collection::vec(deliveries(), 1..4);
    (shards, proptest::collection::vec(any::<(prop::sample::Index, bool)>(), 100)).prop_map(
        |(shards, turns)| {
            let mut queues = shards.into_iter().map(Vec::into_iter).enumerate().collect::<Vec<_>>();
            let mut arrived = Vec::new();
            for (turn, plans_now) in turns {
                let number = turn.index(queues.len());
                let (shard, queue) = &mut queues[number];
                if let Some((first, last)) = queue.next() {
                    arrived.push((file(&shard.to_string(), first, last), plans_now));
                }
            }
            arrived
        },
    )
}

fn commit(plan: &Plan, committed: &mut BTreeMap<(String, u64), u32>) {
    for planned in &plan.files {
        let path = planned.path.parse::<LandingPath>().unwrap();
        let number = |text: &str| text.parse::<u64>().unwrap();
        for sequence in number(path.first().as_str())..=number(path.last().as_str()) {
            if planned.counts(&sequence.into()) {
                *committed.entry((planned.shard.clone(), sequence)).or_default() += 1;
            }
        }
    }
}

proptest! {
    #[test]
    fn each_position_is_committed_exactly_once(
        arrived in arrivals(), most_files in 1usize..6, cleans_up in any::<bool>(),
    ) {
        let limits = Limits { files: most_files, bytes: 400 };
        let mut watermarks = Watermarks::new();
        let (mut listing, mut committed, mut number) = (Vec::new(), BTreeMap::new(), 0);
        let mut expected = BTreeMap::new();
        let ends = arrived.len();
        for (position, (landed, plans_now)) in arrived.into_iter().enumerate() {
            for sequence in landed.path.first().as_str().parse::<u64>().unwrap()
                ..=landed.path.last().as_str().parse::<u64>().unwrap()
            {
                expected.insert((landed.path.shard().to_owned(), sequence), 1);
            }
            if !listing.contains(&landed) {
                listing.push(landed);
            }
            if !plans_now && position + 1 < ends {
                continue;
            }
            while let Some(made) = plan(number + 1, &listing, &watermarks, limits) {
                number += 1;
                prop_assert!(made.files.len() <= most_files);
                commit(&made, &mut committed);
                watermarks = made.watermarks;
                if cleans_up {
                    let gone = covered(&listing, &watermarks).into_iter().cloned().collect::<Vec<_>>();
                    listing.retain(|kept| !gone.contains(kept));
                }
            }
        }
        prop_assert_eq!(committed, expected);
    }
}
