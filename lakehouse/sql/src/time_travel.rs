//! Tables as they were: `at_version('gold.fact_transactions', 3)` and `at_time('silver.labels', '2026-01-31T08:00:00Z')`.

use std::sync::Arc;

use datafusion::catalog::{TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;
use weir_engine::Lake;
use weir_events::Timestamp;
use weir_tables::{LakeTable, TableName};

/// How a version is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// By its number.
    Version,
    /// By a moment at which it was the newest.
    Time,
}

/// A table function that gives a table as it was.
pub(crate) struct TimeTravel {
    lake: Lake,
    session: SessionContext,
    moment: Moment,
}

impl std::fmt::Debug for TimeTravel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "TimeTravel({:?})", self.moment)
    }
}

impl TimeTravel {
    pub(crate) fn new(lake: &Lake, session: &SessionContext, moment: Moment) -> Self {
        // A context of its own over the same engine: one that holds its own functions would never be freed.
        let session = SessionContext::new_with_config_rt(session.copied_config(), session.runtime_env());
        Self { lake: lake.clone(), session, moment }
    }

    async fn open(&self, name: TableName, asked: &ScalarValue) -> Result<Arc<dyn TableProvider>> {
        let wrong = |error: weir_tables::TablesError| DataFusionError::Plan(error.to_string());
        let found = match (self.moment, asked) {
            (Moment::Version, ScalarValue::Int64(Some(version))) if *version >= 0 => {
                Box::pin(LakeTable::open_version(&self.lake, name, version.unsigned_abs())).await
            }
            (Moment::Time, ScalarValue::Utf8(Some(text))) => match text.parse::<Timestamp>() {
                Ok(moment) => {
                    Box::pin(LakeTable::open_moment(&self.lake, name, moment.micros().div_euclid(1_000)))
                        .await
                }
                Err(_) => return plan_err!("`{text}` is no time; write it as `2026-01-31T08:00:00Z`"),
            },
            _ => return plan_err!("at_version takes a table and a number, at_time a table and a time"),
        };
        let Some(table) = found.map_err(wrong)? else { return plan_err!("there is no table `{name}` yet") };
        Box::pin(table.provider(&self.session)).await.map_err(wrong)
    }
}

impl TableFunctionImpl for TimeTravel {
    fn call(&self, arguments: &[Expr]) -> Result<Arc<dyn TableProvider>> {
        let [Expr::Literal(ScalarValue::Utf8(Some(table)), _), Expr::Literal(asked, _)] = arguments else {
            return plan_err!(
                "write at_version('gold.fact_transactions', 3) or at_time('silver.labels', '2026-01-31T08:00:00Z')"
            );
        };
        let name: TableName = table
            .parse()
            .map_err(|error: weir_tables::UnknownTable| DataFusionError::Plan(error.to_string()))?;
        // The planner asks here without waiting; opening a table waits for the store, so it does so on a thread of its
        // own, whatever runtime this one belongs to.
        std::thread::scope(|threads| {
            let opening = threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.map_err(DataFusionError::from)?.block_on(self.open(name, asked))
            });
            opening.join().unwrap_or_else(|_| plan_err!("`{name}` could not be opened"))
        })
    }
}
