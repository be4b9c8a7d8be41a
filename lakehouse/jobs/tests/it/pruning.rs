//! What a query does not have to read, it does not: files read, from the plan's own counts.

use weir_sql::Format;

use crate::home::Home;
use crate::shop::shop;

/// Files and bytes that a query read of a table with this condition.
async fn read(home: &Home, table: &str, condition: &str) -> (u64, u64) {
    let query = format!("EXPLAIN ANALYZE SELECT count(transaction_id) FROM {table} WHERE {condition}");
    let plan = home.answer(&query, Format::Json).await.unwrap();
    let files = count(&plan, "count_files_scanned=");
    assert_eq!(files, count(&plan, "files_opened="), "{plan}");
    (files, plan.matches(".zstd.parquet").count() as u64)
}

fn count(plan: &str, metric: &str) -> u64 {
    let rest = plan.split_once(metric).unwrap_or_else(|| unreachable!("no {metric} in {plan}")).1;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[tokio::test]
async fn a_date_reads_its_partition_alone() {
    let home = shop().await;
    for table in ["gold.fact_transactions", "silver.transactions"] {
        assert_eq!(read(&home, table, "true").await, (3, 3), "{table}");
        assert_eq!(read(&home, table, "event_date = DATE '2026-02-11'").await, (1, 1), "{table}");
        let from = "event_date >= DATE '2026-02-01' AND event_date < DATE '2026-04-01'";
        assert_eq!(read(&home, table, from).await, (2, 2), "{table}");
        let moment = "occurred_at >= TIMESTAMP '2026-03-01T00:00:00Z'";
        assert_eq!(read(&home, table, moment).await, (1, 1), "{table}: by the files' bounds");
    }
}

#[tokio::test]
async fn a_customer_reads_the_files_whose_bounds_allow_for_them() {
    let home = shop().await;
    // The customers of March are others than those before; whoever has the least key is not within the bounds of both.
    let least = home.ask("SELECT min(customer_key) FROM gold.fact_transactions").await;
    let condition = format!("customer_key = {least}");
    let with_them =
        format!("SELECT count(DISTINCT event_date) FROM gold.fact_transactions WHERE {condition}");
    let files = home.ask(&with_them).await.parse().unwrap();
    assert!(files < 3);
    assert_eq!(read(&home, "gold.fact_transactions", &condition).await, (files, files));
}
