//! Looking through whole tables: for commands of a person and for tests, never on the way of an event.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, Select};
use weir_store::StoreError;

use crate::fault::Fault;
use crate::keys::{Attributes, Place, attribute, number_value};
use crate::retry::Patience;
use crate::store::Inner;

/// What a scan keeps.
#[derive(Clone, Copy)]
pub(crate) enum Filter {
    Heads,
    With(&'static str),
    All,
}

/// One page of a scan.
struct Page {
    count: u64,
    found: Vec<Attributes>,
    next: Option<Attributes>,
}

impl Inner {
    /// How many there are.
    pub(crate) async fn count(&self, table: &str, filter: Filter) -> Result<u64, StoreError> {
        let (mut count, mut next) = (0, None);
        loop {
            let page = self.page(table, filter, Select::Count, next).await?;
            count += page.count;
            next = page.next;
            if next.is_none() {
                return Ok(count);
            }
        }
    }

    /// The first `limit` in order of their places, of those that `wanted` names. Reads the whole table each time.
    pub(crate) async fn first(
        &self,
        table: &str,
        filter: Filter,
        limit: usize,
        wanted: impl Fn(&Place) -> bool + Send,
    ) -> Result<BTreeMap<Place, Attributes>, StoreError> {
        let (mut first, mut next) = (BTreeMap::new(), None);
        loop {
            let page = self.page(table, filter, Select::AllAttributes, next).await?;
            let placed = page.found.into_iter().filter_map(|found| Some((Place::of(&found)?, found)));
            for (place, found) in placed.filter(|(place, _)| wanted(place)) {
                first.insert(place, found);
                if first.len() > limit {
                    first.pop_last();
                }
            }
            next = page.next;
            if next.is_none() {
                return Ok(first);
            }
        }
    }

    async fn page(
        &self,
        table: &str,
        filter: Filter,
        select: Select,
        after: Option<Attributes>,
    ) -> Result<Page, StoreError> {
        let ask = || {
            let mut request =
                self.client.scan().table_name(table).select(select.clone()).consistent_read(true);
            request = request.return_consumed_capacity(ReturnConsumedCapacity::Total);
            request = match filter {
                Filter::Heads => request
                    .filter_expression("#n = :n")
                    .expression_attribute_names("#n", attribute::NUMBER)
                    .expression_attribute_values(":n", number_value(0)),
                Filter::With(name) => request
                    .filter_expression("attribute_exists(#name)")
                    .expression_attribute_names("#name", name),
                Filter::All => request,
            };
            let request = request.set_exclusive_start_key(after.clone());
            async move { request.send().await.map_err(|error| Fault::of(&error)) }
        };
        let answer = Patience::new(&self.settings, &self.counters).ask(ask).await;
        let answer = answer.map_err(|fault| fault.into_error(table))?;
        self.counters.read(answer.consumed_capacity.as_slice());
        let count = u64::try_from(answer.count).unwrap_or_default();
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(Page { count, found: answer.items.unwrap_or_default(), next })
    }
}
