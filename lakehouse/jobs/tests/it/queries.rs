//! Queries over what the jobs made.

use weir_sql::{Format, SqlError};

use crate::events::transactions;
use crate::home::Home;
use crate::{commit, silver};

async fn filled() -> Home {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=5));
    commit(&home).await;
    silver(&home).await;
    home
}

#[tokio::test]
async fn results_are_readable_in_every_format() {
    let home = filled().await;
    let query = "SELECT transaction_id, amount_minor FROM silver.transactions ORDER BY amount_minor";
    let table = home.answer(query, Format::Table).await.unwrap();
    let expected = "transaction_id  amount_minor
──────────────  ────────────
order-1                  100
order-2                  200
order-3                  300
… and 2 more rows; add LIMIT, or write all with --format csv, json or parquet
";
    assert_eq!(table, expected);
    let json =
        home.answer("SELECT 9007199254740993 AS id, 2 AS n, NULL AS gone", Format::Json).await.unwrap();
    assert_eq!(json, "[{\"id\":\"9007199254740993\",\"n\":2,\"gone\":null}]\n");
    let times = home.ask("SELECT occurred_at FROM silver.transactions ORDER BY 1 LIMIT 1").await;
    assert_eq!(times, "1970-01-01T06:00:00Z");
    let none = home.answer("SELECT 1 AS n WHERE false", Format::Json).await.unwrap();
    assert_eq!(none, "[]\n");
}

#[tokio::test]
async fn tables_can_be_listed_described_and_explained() {
    let home = filled().await;
    let tables = "SELECT table_schema || '.' || table_name FROM information_schema.tables \
                  WHERE table_schema <> 'information_schema' ORDER BY 1";
    let expected = "bronze.labels\nbronze.transactions\nsilver.decisions\nsilver.label_effects\nsilver.labels\n\
                    silver.transactions";
    assert_eq!(home.ask(tables).await, expected);
    for query in [
        "SHOW TABLES",
        "DESCRIBE silver.transactions",
        "EXPLAIN SELECT 1",
        "WITH a AS (SELECT 1) SELECT * FROM a",
    ] {
        home.answer(query, Format::Table).await.unwrap();
    }
}

#[tokio::test]
async fn statements_that_do_not_only_read_are_refused() {
    let home = filled().await;
    for query in [
        "DROP TABLE silver.transactions",
        "CREATE TABLE x AS SELECT 1",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "INSERT INTO silver.labels SELECT * FROM silver.labels",
        "DELETE FROM silver.labels",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "SET datafusion.execution.batch_size = 1",
        "EXPLAIN ANALYZE INSERT INTO silver.labels SELECT * FROM silver.labels",
    ] {
        let refused = home.answer(query, Format::Csv).await;
        assert!(matches!(refused, Err(SqlError::Refused { .. } | SqlError::Plan { .. })), "{query}");
    }
    let rows = home.ask("SELECT count(*) FROM silver.transactions").await;
    assert_eq!(rows, "5");
}

#[tokio::test]
async fn a_wrong_name_is_answered_with_the_names_there_are() {
    let home = filled().await;
    let error = home.answer("SELECT * FROM silver.orders", Format::Table).await.unwrap_err();
    assert!(error.to_string().contains("`silver.transactions`"), "{error}");
}

#[tokio::test]
async fn an_empty_lake_says_how_to_fill_it() {
    let error = Home::new().answer("SELECT 1", Format::Table).await.unwrap_err();
    assert!(matches!(error, SqlError::Empty));
    assert!(error.to_string().contains("weir demo"));
}
