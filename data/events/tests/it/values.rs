//! Small values: moments, sequences, keys.

use proptest::prelude::*;
use weir_events::{EntityKey, EntityKind, Position, Sequence, Timestamp};

#[test]
fn a_moment_is_written_in_utc_with_microseconds() {
    for (text, written) in [
        ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00.000000Z"),
        ("2026-01-31T08:00:00.123456789+01:00", "2026-01-31T07:00:00.123456Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2099-12-31t00:00:00z", "2099-12-31T00:00:00.000000Z"),
    ] {
        assert_eq!(text.parse::<Timestamp>().expect("a moment").to_string(), written);
    }
    for text in ["", "2026-01-31", "2026-01-31T08:00:00", "2026-02-30T08:00:00Z", "1769846400"] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn days_and_seconds_round_towards_the_past() {
    let moment = Timestamp::from_micros(-1);
    assert_eq!((moment.epoch_day(), moment.second_of_day()), (-1, 86_399));
    assert!(!"1899-12-31T23:59:59.999999Z".parse::<Timestamp>().expect("a moment").is_in_range());
    assert!("1900-01-01T00:00:00Z".parse::<Timestamp>().expect("a moment").is_in_range());
}

#[test]
fn sequences_are_ordered_as_numbers_of_any_length() {
    let long = "49590338271490256608559692538361571095921575989136588898";
    let sequences = ["0", "9", "10", "99", "100", long].map(Sequence::new);
    assert!(sequences.is_sorted());
    assert_eq!(Sequence::new("007"), Sequence::from(7));
    assert_eq!(serde_json::from_str::<Sequence>("\"007\"").expect("reads"), Sequence::from(7));
    assert_eq!(Sequence::new(""), Sequence::from(0));
}

#[test]
fn a_position_is_a_line_of_text() {
    let position =
        Position { stream: "labels".into(), shard: "3".into(), sequence: Sequence::from(12), sub: 0 };
    assert_eq!(position.to_string(), "labels/3/12.0");
}

proptest! {
    #[test]
    fn moments_come_back(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
        let moment = Timestamp::from_micros(micros);
        prop_assert_eq!(moment.to_string().parse::<Timestamp>().ok(), Some(moment));
    }

    #[test]
    fn sequences_of_numbers_are_ordered_like_the_numbers(left in any::<u64>(), right in any::<u64>()) {
        prop_assert_eq!(Sequence::from(left).cmp(&Sequence::from(right)), left.cmp(&right));
    }

    #[test]
    fn keys_come_back(kind in 0..6_usize, key_id in any::<u16>(), digest in any::<[u8; 16]>()) {
        let key = EntityKey { kind: EntityKind::ALL[kind], key_id, digest };
        prop_assert_eq!(key.to_string().parse::<EntityKey>().ok(), Some(key));
    }

    #[test]
    fn no_text_makes_parsing_panic(text in ".*") {
        let _ = text.parse::<Timestamp>();
        let _ = text.parse::<EntityKey>();
        let _ = Sequence::new(&text);
    }
}
