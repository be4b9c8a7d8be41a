//! The list of metrics agrees with its documentation.

use super::metric::Kind;
use super::names::ALL;

const README: &str = include_str!("../../README.md");

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
