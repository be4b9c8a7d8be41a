//! Which statements are allowed.

use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;

use crate::SqlError;

/// Refuses a plan that does anything but read.
pub(crate) fn check(plan: &LogicalPlan) -> Result<(), SqlError> {
    if let Some(statement) = writing(plan) {
        return Err(SqlError::Refused { statement });
    }
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    options.verify_plan(plan).map_err(|_| SqlError::Refused { statement: "a statement within it" })
}

fn writing(plan: &LogicalPlan) -> Option<&'static str> {
    match plan {
        LogicalPlan::Ddl(_) => Some("CREATE, DROP or ALTER"),
        LogicalPlan::Dml(_) => Some("INSERT, UPDATE or DELETE"),
        LogicalPlan::Copy(_) => Some("COPY"),
        LogicalPlan::Statement(_) => Some("SET, PREPARE or a transaction"),
        _ => None,
    }
}
