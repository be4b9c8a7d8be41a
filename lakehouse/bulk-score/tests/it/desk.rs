//! One by one gives what the whole file gives.

use weir_bulk_score::{Desk, Rulebook};
use weir_generator::EventKind;
use weir_keyring::Pseudonyms;

use crate::support::{events, policy, request, run, scorer, scores, write_events};

#[test]
fn one_by_one_gives_the_scores_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, output) = (folder.path().join("events.ndjson"), folder.path().join("scores.ndjson"));
    let mut shop = events(800);
    shop.retain(|event| matches!(event.kind, EventKind::Transaction { .. }));
    write_events(&shop, &file);
    run(&request(&file, &output, Pseudonyms::for_one_process()));
    let expected = scores(&output);
    let rulebook =
        Rulebook::new(scorer(), policy(), Pseudonyms::for_one_process(), "EUR".parse().unwrap()).unwrap();
    let mut desk = Desk::new(&rulebook);
    for event in &shop {
        let EventKind::Transaction { transaction, .. } = &event.kind else { continue };
        let judged = desk.judge(transaction).unwrap().unwrap();
        let (bits, outcome) = expected[&transaction.order.transaction_id];
        assert_eq!((judged.score.to_bits(), judged.outcome), (bits, outcome));
        assert_eq!(desk.judge(transaction).unwrap(), None);
    }
}
