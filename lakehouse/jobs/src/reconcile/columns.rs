//! Columns of rows that are compared.

use anyhow::Context;
use arrow::array::{Array, AsArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use weir_landing::ARRIVED_AT;

use super::compare::{Currencies, Held};
use crate::commit::texts;
use crate::silver::Kind;
use crate::surrogate::id_hash;

/// Columns of rows that are compared.
pub(crate) struct Columns<'a> {
    ids: &'a StringArray,
    /// Second part of the key.
    known: Option<&'a PrimitiveArray<TimestampMicrosecondType>>,
    at: &'a PrimitiveArray<TimestampMicrosecondType>,
    amounts: Option<(&'a PrimitiveArray<Int64Type>, &'a StringArray)>,
}

impl<'a> Columns<'a> {
    /// Of a silver table's rows, or of bronze's when decoded.
    pub(crate) fn of(rows: &'a RecordBatch, kind: Kind) -> anyhow::Result<Self> {
        match kind {
            Kind::Transactions => Self::with(rows, None, ARRIVED_AT, true),
            Kind::Labels => Self::with(rows, Some("known_at"), ARRIVED_AT, false),
        }
    }

    /// With the second part of the key if there is one, the time that counts, and amounts if there are any.
    pub(crate) fn with(
        rows: &'a RecordBatch,
        known: Option<&str>,
        at: &str,
        has_amounts: bool,
    ) -> anyhow::Result<Self> {
        let amounts = || -> anyhow::Result<_> {
            let minor = rows.column_by_name("amount_minor").and_then(|column| column.as_primitive_opt());
            Ok((minor.context("`amount_minor` holds no numbers")?, texts(rows, "currency")?))
        };
        Ok(Self {
            ids: texts(rows, "transaction_id")?,
            known: known.map(|name| times(rows, name)).transpose()?,
            at: times(rows, at)?,
            amounts: has_amounts.then(amounts).transpose()?,
        })
    }

    pub(crate) fn row(&self, row: usize, currencies: &mut Currencies) -> (u128, Held) {
        let id = match self.known {
            Some(known) => id_hash(&format!("{} {}", known.value(row), self.ids.value(row))),
            None => id_hash(self.ids.value(row)),
        };
        let amount = self
            .amounts
            .filter(|(minor, _)| minor.is_valid(row))
            .map(|(minor, codes)| (minor.value(row), currencies.number(codes.value(row))));
        (id, Held { amount, at: self.at.value(row), is_pending: false })
    }
}

/// A column of moments.
pub(crate) fn times<'a>(
    rows: &'a RecordBatch,
    name: &str,
) -> anyhow::Result<&'a PrimitiveArray<TimestampMicrosecondType>> {
    let column = rows.column_by_name(name).and_then(|column| column.as_primitive_opt());
    column.with_context(|| format!("`{name}` holds no times"))
}
