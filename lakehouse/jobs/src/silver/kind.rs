//! The tables that this job makes.

use std::borrow::Cow;

use arrow::array::{Array, AsArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::TimestampMicrosecondType;
use weir_tables::TableName;

use crate::commit::texts;

/// A silver table that is made from a bronze one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Once per transaction id.
    Transactions,
    /// Once per transaction id and the time it became known.
    Labels,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Transactions, Self::Labels];

    pub(crate) const fn bronze(self) -> TableName {
        match self {
            Self::Transactions => TableName::BronzeTransactions,
            Self::Labels => TableName::BronzeLabels,
        }
    }

    pub(crate) const fn silver(self) -> TableName {
        match self {
            Self::Transactions => TableName::SilverTransactions,
            Self::Labels => TableName::SilverLabels,
        }
    }

    /// The column whose day is the event date.
    pub(crate) const fn time(self) -> &'static str {
        match self {
            Self::Transactions => "occurred_at",
            Self::Labels => "known_at",
        }
    }

    /// Columns that make the key.
    pub(crate) const fn key_columns(self) -> &'static [&'static str] {
        match self {
            Self::Transactions => &["transaction_id"],
            Self::Labels => &["transaction_id", "known_at"],
        }
    }

    /// Whether equal keys always have equal event dates, so that other dates need not be looked at.
    pub(crate) const fn is_key_within_date(self) -> bool {
        matches!(self, Self::Labels)
    }
}

/// Keys of the rows of a batch.
pub(crate) struct Keys<'a> {
    ids: &'a StringArray,
    times: Option<&'a PrimitiveArray<TimestampMicrosecondType>>,
}

impl<'a> Keys<'a> {
    pub(crate) fn of(kind: Kind, rows: &'a RecordBatch) -> anyhow::Result<Self> {
        let times = match kind {
            Kind::Transactions => None,
            Kind::Labels => rows.column_by_name(kind.time()).and_then(|column| column.as_primitive_opt()),
        };
        Ok(Self { ids: texts(rows, "transaction_id")?, times })
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn at(&self, row: usize) -> Cow<'a, str> {
        let id = self.ids.value(row);
        match self.times {
            None => Cow::Borrowed(id),
            Some(times) => Cow::Owned(format!("{} {id}", times.value(row))),
        }
    }
}
