//! Commands that need no running system.

use serde_json::Value;

use crate::support::{command, succeed, weir};

#[test]
fn every_command_has_help() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    for name in [
        "demo",
        "run",
        "init",
        "doctor",
        "reset",
        "send",
        "decision",
        "label",
        "train",
        "mapping",
        "sql",
        "dead-letters",
        "features",
        "erase",
    ] {
        let text = succeed(&home, &[name, "--help"]);
        assert!(text.contains("Usage: weir"), "{name}: {text}");
    }
    assert!(!home.exists(), "help makes nothing");
}

#[test]
fn init_writes_settings_that_run_accepts_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let path = folder.path().join("weir.toml");
    succeed(&home, &["init", path.to_str().unwrap()]);
    succeed(&home, &["doctor", "--config", path.to_str().unwrap()]);
    assert_eq!(weir(&home, &["init", path.to_str().unwrap()]).status.code(), Some(1));
}

#[test]
fn reset_empties_a_home_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = folder.path().join("stranger");
    std::fs::create_dir(&stranger).unwrap();
    std::fs::write(stranger.join("precious"), "data").unwrap();
    assert_eq!(weir(&stranger, &["reset", "--yes"]).status.code(), Some(1));
    assert!(stranger.join("precious").exists());

    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("lock"), "{\"pid\":1}").unwrap();
    std::fs::write(home.join("anything"), "data").unwrap();
    assert_eq!(weir(&home, &["reset"]).status.code(), Some(1), "it asks, and nobody answers");
    assert!(home.join("anything").exists());
    succeed(&home, &["reset", "--yes"]);
    assert!(!home.join("anything").exists());
}

#[test]
fn the_feature_dictionary_names_every_feature_once() {
    let folder = tempfile::tempdir().unwrap();
    let text = succeed(&folder.path().join("home"), &["features", "--list", "--json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> = answer["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| feature["name"].as_str().unwrap())
        .collect();
    assert!(names.len() > 200, "{} features", names.len());
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    assert!(names.contains(&"customer_count_1h"));
}

#[test]
fn an_empty_lake_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = weir(&folder.path().join("home"), &["sql", "SELECT 1 FROM silver.decisions"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("weir demo"), "{text}");
}

#[test]
fn wrong_usage_exits_2() {
    let folder = tempfile::tempdir().unwrap();
    let output = command(&folder.path().join("home")).args(["send"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_log_setting_that_cannot_be_read_exits_2_and_names_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(&folder.path().join("home"));
    let output = command.args(["features", "--list"]).env("WEIR_LOG", "weir=lowd").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("WEIR_LOG") && text.contains("expected"), "{text}");
}
