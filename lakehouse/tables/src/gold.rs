//! Columns of the tables that jobs make: the star schema, daily sums, and what the system says of itself.

use arrow::datatypes::{DataType, Field, TimeUnit};

use crate::TableName;

/// A column: name and type.
type Column = (&'static str, DataType);

/// Columns of a made table, the partition column left out; empty for tables that are not made by jobs over others.
pub(crate) fn fields(name: TableName) -> Vec<Field> {
    columns(name).into_iter().map(|(name, data_type)| Field::new(name, data_type, true)).collect()
}

/// Columns with statistics, by which queries skip files.
pub(crate) const fn statistics(name: TableName) -> &'static [&'static str] {
    match name {
        TableName::BronzeImports => &["imported_at"],
        TableName::SilverLabelledTransactions => &["transaction_id", "occurred_at", "known_from"],
        TableName::FactTransactions => &["occurred_at", "time_key", "customer_key", "is_fraud"],
        TableName::DimCustomers => &["customer_key", "valid_from"],
        TableName::JobRuns => &["started_at", "job"],
        TableName::Reconcile => &["compared_at", "event_date"],
        _ => &[],
    }
}

fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn columns(name: TableName) -> Vec<Column> {
    use DataType::{Boolean, Date32, Float64, Int32, Int64, Utf8};
    match name {
        TableName::BronzeImports => vec![
            ("file_hash", Utf8),
            ("file_name", Utf8),
            ("file_bytes", Int64),
            ("format", Utf8),
            ("first_row", Int64),
            ("last_row", Int64),
            ("transactions_added", Int64),
            ("labels_added", Int64),
            ("repeated", Int64),
            ("rejected", Int64),
            ("is_last", Boolean),
            ("imported_at", moment()),
        ],
        TableName::SilverLabelledTransactions => vec![
            ("transaction_id", Utf8),
            ("occurred_at", moment()),
            ("known_from", moment()),
            ("known_until", moment()),
            ("is_fraud", Boolean),
            ("source", Utf8),
        ],
        TableName::DimCustomers => vec![
            ("customer_key", Int64),
            ("customer_version_key", Int64),
            ("customer", Utf8),
            ("age_group", Utf8),
            ("location", Utf8),
            ("valid_from", moment()),
            ("valid_to", moment()),
            ("is_current", Boolean),
        ],
        TableName::DimPaymentMethods => vec![("payment_method_key", Int64), ("payment_method", Utf8)],
        TableName::DimProductCategories => {
            vec![("product_category_key", Int64), ("product_category", Utf8)]
        }
        TableName::DimDevices => vec![("device_key", Int64), ("device_type", Utf8)],
        TableName::DimMerchants => vec![("merchant_key", Int64), ("merchant", Utf8)],
        TableName::DimTime => vec![
            ("time_key", Int64),
            ("hour_start", moment()),
            ("year", Int32),
            ("quarter", Int32),
            ("month", Int32),
            ("day", Int32),
            ("weekday", Int32),
            ("hour", Int32),
            ("is_weekend", Boolean),
        ],
        TableName::FactTransactions => vec![
            ("transaction_id", Utf8),
            ("occurred_at", moment()),
            ("time_key", Int64),
            ("customer_key", Int64),
            ("customer_version_key", Int64),
            ("payment_method_key", Int64),
            ("product_category_key", Int64),
            ("device_key", Int64),
            ("merchant_key", Int64),
            ("device_entity_key", Int64),
            ("amount_minor", Int64),
            ("currency", Utf8),
            ("quantity", Int64),
            ("customer_age", Int32),
            ("age_group", Utf8),
            ("account_age_days", Int32),
            ("is_fraud", Boolean),
            ("label_known_at", moment()),
            ("outcome", Utf8),
            ("score", Float64),
        ],
        TableName::DailyMetrics => vec![
            ("event_date", Date32),
            ("transactions", Int64),
            ("amount_minor", Int64),
            ("currency", Utf8),
            ("customers", Int64),
            ("labelled", Int64),
            ("frauds", Int64),
            ("fraud_amount_minor", Int64),
            ("approved", Int64),
            ("reviewed", Int64),
            ("declined", Int64),
            ("declined_frauds", Int64),
            ("declined_legit", Int64),
        ],
        TableName::JobRuns => vec![
            ("run_id", Utf8),
            ("job", Utf8),
            ("started_at", moment()),
            ("ended_at", moment()),
            ("status", Utf8),
            ("dates", Utf8),
            ("versions_read", Utf8),
            ("versions_written", Utf8),
            ("rows_read", Int64),
            ("rows_written", Int64),
            ("bytes_written", Int64),
            ("error", Utf8),
        ],
        TableName::Reconcile => vec![
            ("run_id", Utf8),
            ("compared_at", moment()),
            ("event_date", Date32),
            ("from_table", Utf8),
            ("to_table", Utf8),
            ("status", Utf8),
            ("rows_read", Int64),
            ("from_ids", Int64),
            ("to_ids", Int64),
            ("missing", Int64),
            ("waiting", Int64),
            ("surplus", Int64),
            ("from_amounts", Utf8),
            ("to_amounts", Utf8),
            ("arrival_dates", Utf8),
        ],
        _ => Vec::new(),
    }
}
