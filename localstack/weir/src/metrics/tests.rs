//! The list of metrics agrees with its documentation.

use super::metric::{Kind, Metric};
use super::names;

const README: &str = include_str!("../../README.md");

/// Every metric, in the order of the page.
const ALL: [&Metric; 55] = [
    &names::BUILD,
    &names::HTTP_REQUESTS,
    &names::HTTP_SECONDS,
    &names::HTTP_SENT_AWAY,
    &names::HTTP_IN_FLIGHT,
    &names::HTTP_IN_FLIGHT_LIMIT,
    &names::TRANSACTIONS,
    &names::TRANSACTIONS_REJECTED,
    &names::LABELS,
    &names::LABELS_REJECTED,
    &names::DECISIONS,
    &names::DECISION_SECONDS,
    &names::REPEATED,
    &names::DEAD_LETTERS,
    &names::LABELS_STORED,
    &names::LABEL_EFFECTS,
    &names::CONFLICTS,
    &names::FAILED_BATCHES,
    &names::LAG,
    &names::AGE,
    &names::CONSUMED,
    &names::CALLS,
    &names::FAILURES,
    &names::GAPS,
    &names::GIVEN_UP,
    &names::LOG_RECORDS,
    &names::LOG_WRITTEN,
    &names::LOG_SYNCS,
    &names::LOG_SYNC_SECONDS,
    &names::LOG_LONGEST_SYNC,
    &names::LOG_REMOVED,
    &names::LOG_QUEUE,
    &names::STORE_COMMITS,
    &names::STORE_WRITES,
    &names::STORE_WRITE_SECONDS,
    &names::STORE_LONGEST_WRITE,
    &names::STORE_QUEUE,
    &names::STORE_DECISIONS,
    &names::STORE_LABELS,
    &names::STORE_STATES,
    &names::OUTBOX,
    &names::STORE_BYTES,
    &names::SERVICES,
    &names::LAKE_PASSES,
    &names::LAKE_PASS_SECONDS,
    &names::LAKE_LAST_PASS,
    &names::LAKE_LAG,
    &names::LAKE_COMMITS,
    &names::LAKE_ROWS,
    &names::HOME_BYTES,
    &names::MEMORY,
    &names::PROCESSOR,
    &names::FILES,
    &names::FILES_LIMIT,
    &names::STARTED,
];

fn unit(name: &str) -> &'static str {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let units = ["seconds", "bytes", "records", "entries", "requests", "commits"];
    units.into_iter().find(|unit| name.ends_with(&format!("_{unit}"))).unwrap_or("count")
}

fn table() -> String {
    let rows = ALL.iter().map(|metric| {
        let labels = metric.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let (name, kind, unit) = (metric.name, metric.kind.name(), unit(metric.name));
        format!("| `{name}` | {kind} | {unit} | {labels} | {} |\n", metric.meaning)
    });
    format!(
        "| metric | kind | unit | labels | meaning |\n|---|---|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

#[test]
fn the_readme_lists_every_metric_as_it_is() {
    let (_, rest) = README.split_once("<!-- metrics -->\n").unwrap();
    let (documented, _) = rest.split_once("<!-- end of metrics -->").unwrap();
    assert_eq!(documented, table(), "put this between the markers:\n{}", table());
}

#[test]
fn names_follow_the_rules_of_prometheus() {
    for metric in ALL {
        let is_total = metric.name.ends_with("_total");
        assert_eq!(is_total, metric.kind == Kind::Counter, "{}", metric.name);
        assert!(metric.name.starts_with("weir_") || metric.name.starts_with("process_"), "{}", metric.name);
        assert!(metric.meaning.ends_with('.') && !metric.meaning.contains('\n'), "{}", metric.name);
    }
    let names: std::collections::BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), ALL.len(), "no name twice");
}
