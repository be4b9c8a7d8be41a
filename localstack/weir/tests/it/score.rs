//! `weir score` as a user calls it.

use std::path::Path;

use serde_json::Value;

use crate::support::{sample, succeed, weir};

/// Path of an output in a folder.
fn output(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

#[test]
fn scores_of_a_file_are_the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let input = sample(folder.path(), "shop_16_columns.csv");
    let score = |threads: &str| {
        let output = output(folder.path(), &format!("{threads}.csv"));
        let arguments =
            ["score", &input, "--currency", "USD", "--threads", threads, "--output", &output, "--json"];
        let answer: Value = serde_json::from_str(&succeed(&home, &arguments)).unwrap();
        assert_eq!(answer["model"]["is_bundled"], true);
        (answer["result"].clone(), std::fs::read_to_string(&output).unwrap())
    };
    let (result, text) = score("1");
    assert_eq!(result["rejected"], 0);
    let count = |name: &str| result[name].as_u64().unwrap();
    assert_eq!(count("approved") + count("reviewed") + count("declined"), count("scored"));
    assert_eq!(text.lines().next(), Some("transaction_id,score,outcome"));
    assert_eq!(text.lines().count() as u64, count("scored") + 1);
    assert_eq!(score("2").1, text);
    assert!(!home.exists(), "it needs no home");
}

#[test]
fn rejected_rows_and_wrong_usage_have_their_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let input = sample(folder.path(), "shop_broken_rows.csv");
    let output = output(folder.path(), "s.csv");
    let run = |rest: &[&str]| {
        let fixed = ["score", input.as_str(), "--currency", "USD", "--output", output.as_str()];
        let done = weir(&home, &[&fixed, rest].concat());
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    assert_eq!(run(&[]).0, Some(1), "half of the rows is more than a tenth");
    assert_eq!(run(&["--max-rejected-share", "0.5"]).0, Some(0));
    assert_eq!(run(&["--max-rejected-share", "2"]).0, Some(2));
    let (code, text) = run(&["--mapping", "no-such.toml"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no-such.toml"), "{text}");
}
