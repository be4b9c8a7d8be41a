//! What each table is made of.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use weir_landing as landing;

use crate::columns::{ARRIVAL_DATE, EVENT_DATE, FEATURE_PREFIX, OUTBOX_SEQUENCE, POSITION, position_fields};
use crate::{RETENTION_DAYS, TableName, gold};

/// Columns of a table, how it is partitioned, and where statistics are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The table.
    pub name: TableName,
    /// Its columns, the partition column last.
    pub schema: SchemaRef,
    /// The partition column, a date; `None` for tables that are read as a whole.
    pub partition: Option<&'static str>,
    /// Columns with statistics, by which queries skip files.
    pub statistics: Vec<String>,
}

impl Definition {
    /// Definition of a table. `features` are the names of the feature set's features: `silver.decisions` has a column
    /// for each, other tables do not look at it.
    pub fn of(name: TableName, features: &[String]) -> Self {
        match name {
            TableName::BronzeTransactions | TableName::BronzeLabels => bronze(name),
            TableName::SilverTransactions => {
                let event = weir_events::arrow::transactions_schema();
                silver(name, &event, position_fields(), &["transaction_id", "occurred_at"])
            }
            TableName::SilverLabels => {
                let event = weir_events::arrow::labels_schema();
                silver(name, &event, position_fields(), &["transaction_id", "known_at"])
            }
            TableName::SilverDecisions => {
                let names = features.iter().map(String::as_str).collect::<Vec<_>>();
                let event = weir_events::arrow::decisions_schema(&names);
                let statistics = ["transaction_id", "occurred_at", "decided_at", "outcome"];
                silver(name, &event, vec![outbox_field()], &statistics)
            }
            TableName::SilverLabelEffects => {
                let event = weir_events::arrow::label_effects_schema();
                silver(name, &event, vec![outbox_field()], &["transaction_id", "known_at"])
            }
            _ => made(name),
        }
    }

    pub(crate) fn configuration(&self) -> Vec<(String, Option<String>)> {
        let retention = Some(format!("interval {RETENTION_DAYS} days"));
        let skipping = match self.statistics.is_empty() {
            true => ("delta.dataSkippingNumIndexedCols".to_owned(), Some("0".to_owned())),
            false => ("delta.dataSkippingStatsColumns".to_owned(), Some(self.statistics.join(","))),
        };
        vec![
            skipping,
            ("delta.logRetentionDuration".to_owned(), retention.clone()),
            ("delta.deletedFileRetentionDuration".to_owned(), retention),
        ]
    }
}

/// A table that a job makes from others.
fn made(name: TableName) -> Definition {
    let mut fields = gold::fields(name);
    let partition = match name {
        TableName::SilverLabelledTransactions | TableName::FactTransactions => Some(EVENT_DATE),
        _ => None,
    };
    fields.extend(partition.map(|column| Field::new(column, DataType::Date32, true)));
    let statistics = gold::statistics(name).iter().map(|column| (*column).to_owned()).collect();
    Definition { name, schema: Arc::new(Schema::new(fields)), partition, statistics }
}

fn outbox_field() -> Field {
    Field::new(OUTBOX_SEQUENCE, DataType::Utf8, true)
}

fn bronze(name: TableName) -> Definition {
    let mut fields = position_fields();
    fields.push(Field::new(landing::KEY, DataType::Utf8, true));
    fields.push(Field::new(landing::PAYLOAD, DataType::Utf8, true));
    fields.push(Field::new(ARRIVAL_DATE, DataType::Date32, true));
    let statistics = POSITION.map(str::to_owned).to_vec();
    Definition { name, schema: Arc::new(Schema::new(fields)), partition: Some(ARRIVAL_DATE), statistics }
}

fn silver(name: TableName, event: &Schema, more: Vec<Field>, statistics: &[&str]) -> Definition {
    let mut fields = event.fields().iter().map(|field| nullable(field)).collect::<Vec<_>>();
    let is_new = |field: &Field| event.field_with_name(field.name()).is_err();
    fields.extend(more.into_iter().filter(is_new));
    fields.push(Field::new(EVENT_DATE, DataType::Date32, true));
    let more_statistics = fields.iter().map(Field::name).filter(|column| is_counted(column));
    let statistics =
        statistics.iter().map(|column| (*column).to_owned()).chain(more_statistics.cloned()).collect();
    Definition { name, schema: Arc::new(Schema::new(fields)), partition: Some(EVENT_DATE), statistics }
}

/// Delta readers expect that a column added later may be null; so every column may.
fn nullable(field: &Field) -> Field {
    field.clone().with_nullable(true)
}

fn is_counted(column: &str) -> bool {
    !column.starts_with(FEATURE_PREFIX) && matches!(column, landing::ARRIVED_AT | OUTBOX_SEQUENCE)
}
