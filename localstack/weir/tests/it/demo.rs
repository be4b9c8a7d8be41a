//! The demo as a script runs it.

use serde_json::Value;

use crate::support::{number, succeed};

#[test]
fn the_demo_ends_with_numbers_that_add_up_and_a_second_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let arguments = [
        "demo",
        "--transactions",
        "1500",
        "--rate",
        "0",
        "--exit",
        "--json",
        "--explain",
        "--ingest-listen",
        "127.0.0.1:0",
        "--page-listen",
        "127.0.0.1:0",
    ];
    for run in 1..=2 {
        let result: Value = serde_json::from_str(&succeed(&home, &arguments)).unwrap();
        for (name, expected) in [
            ("sent", 1_500),
            ("accepted", 1_500),
            ("rejected", 0),
            ("decided", 1_500),
            ("in_lake", 1_500),
            ("lost", 0),
            ("decided_twice", 0),
            ("dead_letters", 0),
        ] {
            assert_eq!(result[name], expected, "{name} in {result}");
        }
        assert!(result["explanation"]["frauds"].as_u64().unwrap() > 0, "{result}");
        assert!(!result["explanation"]["cases"].as_array().unwrap().is_empty());
        assert_eq!(number(&home, "SELECT count(*) FROM silver.decisions"), run * 1_500);
    }
    let sizes: Value = serde_json::from_str(&succeed(&home, &["doctor", "--states", "--json"])).unwrap();
    for kind in sizes.as_array().unwrap() {
        assert!(kind["head"]["max"].as_u64().unwrap() <= 4_096, "{kind}");
        assert!(kind["states"].as_u64().unwrap() > 0, "{kind}");
    }
}
