//! What the lake holds, asked in SQL.

use anyhow::{Context, Result};
use serde_json::Value;
use weir_engine::Lake;

/// A lake to count in.
pub(super) struct Counted<'a>(pub(super) &'a Lake);

impl Counted<'_> {
    /// The one number that a query answers.
    pub(super) async fn number(&self, query: &str) -> Result<u64> {
        let mut answer = Vec::new();
        Box::pin(weir_sql::run(self.0, query, weir_sql::Format::Json, usize::MAX, &mut answer))
            .await
            .with_context(|| format!("cannot answer `{query}`"))?;
        let rows: Vec<Value> = serde_json::from_slice(&answer)?;
        let value = rows.first().and_then(Value::as_object).and_then(|row| row.values().next());
        let number = value.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        number.with_context(|| format!("`{query}` does not answer a number"))
    }

    /// Ids of a table that begin with a prefix.
    pub(super) async fn ids(&self, table: &str, prefix: &str) -> Result<u64> {
        let ids = "SELECT count(DISTINCT transaction_id)";
        self.number(&format!("{ids} FROM {table} WHERE starts_with(transaction_id, '{prefix}')")).await
    }

    /// Rows of a table beyond one for each transaction.
    pub(super) async fn twice(&self, table: &str) -> Result<u64> {
        self.number(&format!("SELECT count(*) - count(DISTINCT transaction_id) FROM {table}")).await
    }

    /// Stream positions that stand in bronze more than once.
    pub(super) async fn landed_twice(&self) -> Result<u64> {
        let position = "stream || shard || '/' || sequence || '/' || CAST(sub AS VARCHAR)";
        self.number(&format!("SELECT count(*) - count(DISTINCT {position}) FROM bronze.transactions")).await
    }
}
