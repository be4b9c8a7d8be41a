use weir_events::Outcome;

use super::*;

#[path = "../tests/it/made_up.rs"]
#[expect(dead_code, reason = "shared with the integration tests and the example")]
mod made_up;

use made_up::{decision, like};

#[test]
fn the_rate_counts_ten_whole_seconds() {
    let board = Board::new();
    for second in 0..20 {
        for _ in 0..=second {
            board.record_at(&decision("a", Outcome::Approve), second);
        }
    }
    let expected = (11..=20).sum::<u64>() as f64 / 10.0;
    assert!((board.snapshot_at(20).decisions_per_second - expected).abs() < 1e-12);
    assert!(board.snapshot_at(40).decisions_per_second.abs() < 1e-12);
}

#[test]
fn a_young_board_divides_by_its_own_age() {
    let board = Board::new();
    (0..6).for_each(|_| board.record_at(&decision("a", Outcome::Approve), 0));
    assert!((board.snapshot_at(2).decisions_per_second - 3.0).abs() < 1e-12);
}

#[test]
fn shares_count_review_and_decline() {
    let board = Board::new();
    assert_eq!(board.snapshot_at(0).alert_share, None);
    for (outcome, times) in [(Outcome::Approve, 7), (Outcome::Review, 2), (Outcome::Decline, 1)] {
        (0..times).for_each(|_| board.record_at(&decision("a", outcome), 5));
    }
    let snapshot = board.snapshot_at(6);
    assert_eq!(snapshot.alert_share, Some(0.3));
    assert_eq!(snapshot.alert_share_last_minute, Some(0.3));
    assert_eq!(board.snapshot_at(600).alert_share_last_minute, None);
    assert_eq!(board.snapshot_at(600).outcomes, Outcomes { approve: 7, review: 2, decline: 1 });
}

#[test]
fn latency_is_of_the_last_minute_and_else_of_everything() {
    let board = Board::new();
    for latency_micros in 1..=100 {
        let mut slow = decision("a", Outcome::Approve);
        slow.arrived_at = slow.decided_at.plus_micros(-latency_micros * 1_000);
        board.record_at(&slow, 1);
    }
    let recent = board.snapshot_at(2).latency.unwrap();
    assert!(recent.is_last_minute && recent.count == 100);
    assert!((recent.p50_ms - 50.0).abs() < 1.7 && (recent.p99_ms - 99.0).abs() < 3.2, "{recent:?}");
    assert!(!board.snapshot_at(500).latency.unwrap().is_last_minute);
}

#[test]
fn a_clock_that_went_back_counts_as_no_time() {
    let board = Board::new();
    let mut early = decision("a", Outcome::Approve);
    early.arrived_at = early.decided_at.plus_micros(5_000_000);
    board.record_at(&early, 0);
    assert_eq!(board.snapshot_at(1).latency.unwrap().p99_ms, 0.0);
}

#[test]
fn the_latest_fifty_alerts_are_kept_newest_first() {
    let board = Board::new();
    for index in 0..60_u64 {
        let id = format!("t{index}");
        let decided_at = weir_events::Timestamp::from_seconds(1_790_000_000);
        let made =
            made_up::Like { id: &id, outcome: Outcome::Review, decided_at, latency_micros: 1, seed: index };
        board.record_at(&like(&made), 1);
        board.record_at(&decision("quiet", Outcome::Approve), 1);
    }
    let alerts = board.alerts();
    assert_eq!(alerts.len(), KEPT_ALERTS);
    assert_eq!((alerts[0].transaction_id.as_str(), alerts[0].sequence), ("t59", 60));
    assert_eq!(alerts[49].transaction_id, "t10");
    assert_eq!(board.snapshot_at(1).alert_sequence, 60);
}

#[test]
fn an_alert_shows_a_shortened_pseudonym() {
    let board = Board::new();
    let decision = decision("a", Outcome::Decline);
    board.record_at(&decision, 0);
    let shown = serde_json::to_string(&board.alerts()).unwrap();
    assert!(!shown.contains(&decision.customer_key.to_string()));
    assert!(shown.contains(&format!("customer {:08x}…", decision.customer_key.short())));
}

#[test]
fn an_alert_of_an_earlier_run_is_listed_and_not_counted() {
    let board = Board::new();
    board.restore_alert(&decision("before", Outcome::Review));
    let snapshot = board.snapshot_at(1);
    assert_eq!((board.alerts().len(), snapshot.alert_sequence), (1, 1));
    assert_eq!((snapshot.outcomes.total(), snapshot.latency), (0, None));
}
