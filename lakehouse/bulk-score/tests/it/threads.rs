//! The number of threads changes nothing but the time.

use weir_keyring::Pseudonyms;

use crate::support::{events, request, run, scores, write_events};

#[test]
fn any_number_of_threads_writes_the_same_bytes_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    // Several pieces of the file.
    write_events(&events(3_000), &file);
    for ending in ["csv", "ndjson", "parquet"] {
        let output = folder.path().join(format!("scores.{ending}"));
        let mut bytes = Vec::new();
        for threads in [1, 2, 3, 8] {
            let mut request = request(&file, &output, Pseudonyms::for_one_process());
            (request.threads, request.with_reasons) = (threads, true);
            let summary = run(&request);
            assert_eq!((summary.rows, summary.rejected), (3_000, 0));
            bytes.push(std::fs::read(&output).unwrap());
        }
        assert!(bytes.windows(2).all(|pair| pair[0] == pair[1]), "{ending}");
    }
}

#[test]
fn reasons_stand_beside_review_and_decline_only() {
    let folder = tempfile::tempdir().unwrap();
    let (file, output) = (folder.path().join("events.ndjson"), folder.path().join("scores.ndjson"));
    write_events(&events(300), &file);
    let mut request = request(&file, &output, Pseudonyms::for_one_process());
    let without = {
        run(&request);
        scores(&output)
    };
    request.with_reasons = true;
    run(&request);
    assert_eq!(scores(&output), without);
    for line in std::fs::read_to_string(&output).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let is_approved = line["outcome"] == "approve";
        assert_eq!(line["reasons"].as_array().unwrap().is_empty(), is_approved, "{line}");
    }
}
