//! The facts of one date.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};

use super::customers::{Customers, Seen, age_group};
use super::labels::Known;
use super::members::{Hours, Members};
use super::orders::Orders;
use crate::surrogate::{HashedMap, surrogate};

/// The dimensions while facts are made.
pub(crate) struct Dimensions {
    pub(crate) customers: Customers,
    pub(crate) payment_methods: Members,
    pub(crate) product_categories: Members,
    pub(crate) devices: Members,
    pub(crate) merchants: Members,
    pub(crate) hours: Hours,
    /// Starts of the hours in which there was an order.
    pub(crate) starts: std::collections::BTreeMap<i64, i64>,
}

impl Dimensions {
    /// The facts of a date, in order of time.
    pub(crate) fn facts(
        &mut self,
        orders: &Orders,
        labels: &HashedMap<u128, Known>,
    ) -> anyhow::Result<RecordBatch> {
        let times = orders.times()?;
        let ages = orders.numbers("customer_age")?;
        let versions = self.versions(orders, times)?;
        let known = orders.ids.iter().map(|id| labels.get(id)).collect::<Vec<_>>();
        let decided = orders.ids.iter().map(|id| orders.decided.get(id)).collect::<Vec<_>>();
        let hours = times.iter().map(|time| {
            let key = self.hours.key(*time);
            self.starts.entry(key).or_insert(*time);
            key
        });
        let hours = Int64Array::from_iter_values(hours.collect::<Vec<_>>());
        let groups = ages.iter().map(age_group).collect::<StringArray>();
        let entities = orders.texts("device_key")?.iter();
        let entities = entities.map(|text| text.map(|text| surrogate("device_entity", text)));
        let same = |name: &str| -> anyhow::Result<ArrayRef> {
            let column = orders.rows.column_by_name(name).cloned();
            anyhow::Context::with_context(column, || format!("there is no column `{name}`"))
        };
        let small = |name: &str| -> anyhow::Result<ArrayRef> {
            let numbers = orders.numbers(name)?.iter();
            let numbers = numbers.map(|number| number.and_then(|number| i32::try_from(number).ok()));
            Ok(Arc::new(numbers.collect::<Int32Array>()))
        };
        let known_at = known.iter().map(|known| known.map(|known| known.0));
        let known_at = known_at.collect::<TimestampMicrosecondArray>().with_timezone("UTC");
        let outcomes = decided.iter().map(|decided| decided.map(|decided| decided.outcome.as_str()));
        let columns: [(&str, ArrayRef); 20] = [
            ("transaction_id", same("transaction_id")?),
            ("occurred_at", same("occurred_at")?),
            ("time_key", Arc::new(hours)),
            ("customer_key", Arc::new(Int64Array::from(orders.customers.clone()))),
            ("customer_version_key", Arc::new(Int64Array::from(versions))),
            ("payment_method_key", Arc::new(self.payment_methods.keys(orders.texts("payment_method")?))),
            (
                "product_category_key",
                Arc::new(self.product_categories.keys(orders.texts("product_category")?)),
            ),
            ("device_key", Arc::new(self.devices.keys(orders.texts("device_type")?))),
            ("merchant_key", Arc::new(self.merchants.keys(orders.texts("merchant_id")?))),
            ("device_entity_key", Arc::new(entities.collect::<Int64Array>())),
            ("amount_minor", same("amount_minor")?),
            ("currency", same("currency")?),
            ("quantity", same("quantity")?),
            ("customer_age", small("customer_age")?),
            ("age_group", Arc::new(groups)),
            ("account_age_days", small("account_age_days")?),
            (
                "is_fraud",
                Arc::new(known.iter().map(|known| known.map(|known| known.1)).collect::<BooleanArray>()),
            ),
            ("label_known_at", Arc::new(known_at)),
            ("outcome", Arc::new(outcomes.collect::<StringArray>())),
            (
                "score",
                Arc::new(
                    decided
                        .iter()
                        .map(|decided| decided.and_then(|decided| decided.score))
                        .collect::<Float64Array>(),
                ),
            ),
        ];
        Ok(RecordBatch::try_from_iter(columns)?)
    }

    /// Keys of the customers' versions, in order of time.
    fn versions(&mut self, orders: &Orders, times: &[i64]) -> anyhow::Result<Vec<i64>> {
        let (customers, locations) = (orders.texts("customer_key")?, orders.texts("customer_location")?);
        let ages = orders.numbers("customer_age")?;
        let version = |row: usize| {
            self.customers.see(&Seen {
                key: orders.customers[row],
                text: customers.value(row),
                at: times[row],
                location: locations.is_valid(row).then(|| locations.value(row)),
                age: ages.is_valid(row).then(|| ages.value(row)),
            })
        };
        Ok((0..orders.len()).map(version).collect())
    }
}
