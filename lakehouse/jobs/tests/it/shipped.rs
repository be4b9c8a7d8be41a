//! The queries that come with the program, on a lake of which every number can be checked by hand.

use weir_sql::QUERIES;

use crate::shop::shop;

/// In the form of sqllogictest: `query`, the statement, `----`, rows with blanks between their cells. The statement is
/// `@` and the name of a file of `lakehouse/sql/queries`.
const SNAPSHOTS: &str = include_str!("shipped.slt");

/// Names of queries with their rows.
fn records() -> Vec<(&'static str, String)> {
    let is_text = |line: &&str| !line.starts_with('#') && !line.is_empty();
    let record = |block: &'static str| {
        let lines = block.lines().filter(is_text).collect::<Vec<_>>();
        let ["query", statement, "----", rows @ ..] = lines.as_slice() else { return None };
        Some((statement.strip_prefix('@')?, rows.join("\n")))
    };
    SNAPSHOTS.split("\n\n").filter_map(record).collect()
}

/// A row of CSV as sqllogictest writes it.
fn row(line: &str) -> String {
    let cells = line.split(',').map(|cell| if matches!(cell, "" | "\"\"") { "NULL" } else { cell });
    cells.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_query_answers_what_its_snapshot_says() {
    let home = shop().await;
    let records = records();
    let names: Vec<_> = records.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, QUERIES.iter().map(|query| query.name).collect::<Vec<_>>());
    let mut different = String::new();
    for (query, (name, expected)) in QUERIES.iter().zip(records) {
        let found = home.ask(query.text).await.lines().map(row).collect::<Vec<_>>().join("\n");
        if found != expected {
            different.push_str(&format!("query\n@{name}\n----\n{found}\n\n"));
        }
    }
    assert!(different.is_empty(), "these answer otherwise:\n{different}");
}
