//! A system under live load: what the sender measures, what `/metrics` counts, what the doctor says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Running, succeed, weir};

const README: &str = include_str!("../../README.md");

/// Name and kind of each metric in the table of the README.
fn documented() -> BTreeMap<&'static str, &'static str> {
    let (_, rest) = README.split_once("<!-- metrics -->").unwrap();
    let (table, _) = rest.split_once("<!-- end of metrics -->").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(str::trim);
        (cells.next().unwrap().trim_matches('`'), cells.next().unwrap())
    })
    .collect()
}

/// Name and kind of each metric on a page, and its samples' names with their label texts.
fn on(page: &str) -> (BTreeMap<&str, &str>, Vec<&str>) {
    let kinds = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let samples = page.lines().filter(|line| !line.starts_with('#'));
    (kinds.collect(), samples.collect())
}

fn number(samples: &[&str], series: &str) -> f64 {
    let line = samples.iter().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no `{series}`")).parse().unwrap()
}

#[tokio::test]
async fn live_load_is_measured_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let running = Running::start(&home, &[]).await;
    let arguments = ["send", "--generate", "900", "--rate", "300", "--decided", "--json"];
    let report: Value = serde_json::from_str(&succeed(&home, &arguments)).unwrap();
    assert_eq!(
        (&report["transactions"]["accepted"], &report["unsent"]),
        (&900.into(), &0.into()),
        "{report}"
    );
    assert!(report["labels"]["accepted"].as_u64().unwrap() > 100, "{report}");
    assert_eq!(report["latency_ms"]["count"], 900, "{report}");
    assert!(report["decided_ms"]["count"].as_u64().unwrap() > 20 && report["undecided"] == 0, "{report}");
    let arguments =
        ["send", "--generate", "40", "--rate", "40", "--endpoint", "score", "--no-labels", "--json"];
    let report: Value = serde_json::from_str(&succeed(&home, &arguments)).unwrap();
    assert_eq!((&report["transactions"]["accepted"], &report["labels"]["sent"]), (&40.into(), &0.into()));

    let page = running.text("/metrics").await;
    let (kinds, samples) = on(&page);
    assert_eq!(kinds, documented(), "the README's table and the page name the same metrics");
    assert_eq!(number(&samples, "weir_transactions_accepted_total"), 940.0);
    assert_eq!(number(&samples, "weir_http_requests_total{route=\"/score\",status=\"200\"}"), 40.0);
    assert_eq!(number(&samples, "weir_decision_seconds_count"), 940.0);
    assert!(number(&samples, "weir_log_syncs_total{stream=\"transactions\"}") > 40.0);
    assert!(number(&samples, "process_resident_memory_bytes") > 1e6);
    // Every metric has a sample by now, but the lake's rows, which come with the first commit, and
    // the requests to services, of which the embedded default makes none.
    let later = ["weir_lake_rows_total", "weir_services_total"];
    for name in kinds.keys().filter(|name| !later.contains(name)) {
        assert!(samples.iter().any(|sample| sample.starts_with(name)), "{name} has no sample");
    }
    let ids = report["id_prefix"].as_str().unwrap();
    assert!(!page.contains("shop.example") && !page.contains(ids), "no personal data, no ids");

    let found: Value = serde_json::from_str(&succeed(&home, &["doctor", "--json"])).unwrap();
    let whats: Vec<&str> =
        found.as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    for what in ["throughput", "latency", "lag", "dead letters", "lake", "sizes"] {
        assert!(whats.contains(&what), "{whats:?}");
    }
    assert!(running.interrupt().success());
}

#[test]
fn flags_of_open_loop_load_mean_nothing_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let output = weir(folder.path(), &["send", "--generate", "10", "--seconds", "5"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--seconds"));
}
