//! `weir features` as a user calls it.

use serde_json::Value;

use crate::support::{sample, succeed, weir};

#[test]
fn feature_vectors_of_a_file_are_written_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let input = sample(folder.path(), "handbook.parquet");
    let output = folder.path().join("f.csv").to_string_lossy().into_owned();
    let arguments = ["features", &input, "--set", "handbook", "--output", &output, "--json"];
    let answer: Value = serde_json::from_str(&succeed(&folder.path().join("home"), &arguments)).unwrap();
    assert_eq!(answer["rows_in"], 1_000);
    assert_eq!(answer["rows_out"], 1_000);
    assert_eq!(answer["rejected"], 0);
    assert_eq!(answer["output"], output);
    assert_eq!(answer["columns"][0], "transaction_id");
    assert_eq!(std::fs::read_to_string(&output).unwrap().lines().count(), 1_001);
    assert!(!folder.path().join("home").exists(), "it needs no home");
}

#[test]
fn too_many_rejects_and_wrong_usage_have_their_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let input = sample(folder.path(), "shop_broken_rows.csv");
    let output = folder.path().join("f.parquet").to_string_lossy().into_owned();
    let run = |rest: &[&str]| {
        let done = weir(&home, &[&["features", input.as_str(), "--output", output.as_str()], rest].concat());
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (code, text) = run(&[]);
    assert_eq!(code, Some(1), "half of the rows is more than a tenth: {text}");
    assert!(text.contains("left out for lack of merchants"), "{text}");
    assert_eq!(run(&["--max-rejected-share", "0.5"]).0, Some(0));
    let (code, text) = run(&["--columns", "customer_count_2d"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("customer_count_2d"), "{text}");
    assert_eq!(run(&["--list"]).0, Some(2), "a file and the list exclude each other");
}
