//! The history of customers: a new version from the first order with another location on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::Context;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use crate::commit::texts;
use crate::surrogate::{HashedMap, HashedSet, surrogate};

/// A customer at one place, from one order on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    valid_from: i64,
    /// Number of the location; `None` if no order has named one yet.
    location: Option<u32>,
    /// Age group when the version began.
    age_group: Option<&'static str>,
    key: i64,
}

#[derive(Clone, Debug, Default)]
struct Customer {
    /// The pseudonym.
    text: String,
    /// In order of time.
    versions: Vec<Version>,
}

/// What an order says of its customer.
pub(crate) struct Seen<'a> {
    pub(crate) key: i64,
    pub(crate) text: &'a str,
    pub(crate) at: i64,
    pub(crate) location: Option<&'a str>,
    pub(crate) age: Option<i64>,
}

/// All customers with their histories.
#[derive(Default)]
pub(crate) struct Customers {
    customers: HashedMap<i64, Customer>,
    locations: HashMap<String, u32>,
    names: Vec<String>,
    /// Customers whose later facts point to a version that is no longer the one in force.
    disturbed: HashedSet<i64>,
    /// Version in force at the end of the date that is made, as it was before.
    before: BTreeMap<i64, Option<i64>>,
    is_changed: bool,
}

/// Words for ages.
pub(crate) const fn age_group(age: Option<i64>) -> Option<&'static str> {
    match age {
        None => None,
        Some(..20) => Some("Under 20"),
        Some(20..30) => Some("20-29"),
        Some(30..40) => Some("30-39"),
        Some(40..50) => Some("40-49"),
        Some(50..) => Some("50+"),
    }
}

fn known_group(name: &str) -> Option<&'static str> {
    ["Under 20", "20-29", "30-39", "40-49", "50+"].into_iter().find(|group| *group == name)
}

impl Customers {
    /// Takes in rows of the table.
    pub(crate) fn load(&mut self, rows: &RecordBatch) -> anyhow::Result<()> {
        let number = |name: &str| {
            let column = rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int64Type>());
            column.with_context(|| format!("`{name}` holds no keys"))
        };
        let (keys, version_keys) = (number("customer_key")?, number("customer_version_key")?);
        let (names, groups) = (texts(rows, "customer")?, texts(rows, "age_group")?);
        let locations = texts(rows, "location")?;
        let times = rows.column_by_name("valid_from");
        let times = times.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
        let times = times.context("`valid_from` holds no times")?;
        for row in 0..rows.num_rows() {
            let location = locations.is_valid(row).then(|| self.location(locations.value(row)));
            let version = Version {
                valid_from: times.value(row),
                location,
                age_group: groups.is_valid(row).then(|| known_group(groups.value(row))).flatten(),
                key: version_keys.value(row),
            };
            let customer = self.customers.entry(keys.value(row)).or_default();
            if customer.text.is_empty() {
                customer.text = names.value(row).to_owned();
            }
            customer.versions.push(version);
        }
        for customer in self.customers.values_mut() {
            customer.versions.sort_unstable_by_key(|version| version.valid_from);
        }
        Ok(())
    }

    /// Begins a date again: versions that began on it are found anew.
    pub(crate) fn begin(&mut self, start: i64, end: i64, keys: &[i64]) {
        self.before.clear();
        for key in keys {
            let held = self.customers.get(key).and_then(|customer| in_force(customer, end));
            self.before.insert(*key, held);
        }
        for (key, customer) in &mut self.customers {
            let is_of_date = |version: &Version| (start..end).contains(&version.valid_from);
            if customer.versions.iter().any(is_of_date) {
                self.before.entry(*key).or_insert_with(|| in_force(customer, end));
                customer.versions.retain(|version| !is_of_date(version));
                self.is_changed = true;
            }
        }
    }

    /// Ends a date: notes whose later facts have to be made again.
    pub(crate) fn end(&mut self, end: i64) {
        for (key, before) in std::mem::take(&mut self.before) {
            let now = self.customers.get(&key).and_then(|customer| in_force(customer, end));
            if now == before {
                self.disturbed.remove(&key);
            } else {
                self.disturbed.insert(key);
            }
        }
    }

    /// Whether the facts of any of these customers have to be made again.
    pub(crate) fn is_disturbed(&self, key: i64) -> bool {
        self.disturbed.contains(&key)
    }

    pub(crate) fn has_disturbed(&self) -> bool {
        !self.disturbed.is_empty()
    }

    /// Key of the version that is in force for an order, which may begin it.
    pub(crate) fn see(&mut self, seen: &Seen<'_>) -> i64 {
        let location = seen.location.map(|name| self.location(name));
        let customer = self.customers.entry(seen.key).or_default();
        if customer.text.is_empty() {
            customer.text = seen.text.to_owned();
        }
        let place = customer.versions.partition_point(|version| version.valid_from <= seen.at);
        if let Some(held) = place.checked_sub(1).and_then(|place| customer.versions.get(place))
            && (location.is_none() || held.location == location || held.valid_from == seen.at)
        {
            return held.key;
        }
        let key = surrogate("customer_version", &format!("{} {}", seen.text, seen.at));
        let version = Version { valid_from: seen.at, location, age_group: age_group(seen.age), key };
        customer.versions.insert(place, version);
        self.is_changed = true;
        key
    }

    fn location(&mut self, name: &str) -> u32 {
        if let Some(number) = self.locations.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.locations.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    /// Whether the table has to be written.
    pub(crate) const fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// All versions, in order of customers and time. A customer without orders has none.
    pub(crate) fn rows(&self) -> anyhow::Result<RecordBatch> {
        let mut customers = self.customers.iter().collect::<Vec<_>>();
        customers.sort_unstable_by_key(|(key, _)| **key);
        let (mut keys, mut version_keys) = (Vec::new(), Vec::new());
        let (mut names, mut groups, mut locations) = (Vec::new(), Vec::new(), Vec::new());
        let (mut from, mut to) = (Vec::new(), Vec::new());
        for (key, customer) in customers {
            for (place, version) in customer.versions.iter().enumerate() {
                keys.push(*key);
                version_keys.push(version.key);
                names.push(customer.text.as_str());
                groups.push(version.age_group);
                locations.push(version.location.and_then(|number| self.names.get(number as usize)));
                from.push(version.valid_from);
                to.push(customer.versions.get(place + 1).map(|next| next.valid_from));
            }
        }
        let is_current = to.iter().map(|to| Some(to.is_none())).collect::<BooleanArray>();
        let time = |times: TimestampMicrosecondArray| -> ArrayRef { Arc::new(times.with_timezone("UTC")) };
        let columns: [(&str, ArrayRef); 8] = [
            ("customer_key", Arc::new(Int64Array::from(keys))),
            ("customer_version_key", Arc::new(Int64Array::from(version_keys))),
            ("customer", Arc::new(StringArray::from(names))),
            ("age_group", Arc::new(StringArray::from(groups))),
            ("location", Arc::new(locations.into_iter().collect::<StringArray>())),
            ("valid_from", time(TimestampMicrosecondArray::from(from))),
            ("valid_to", time(TimestampMicrosecondArray::from(to))),
            ("is_current", Arc::new(is_current)),
        ];
        Ok(RecordBatch::try_from_iter(columns)?)
    }
}

/// Key of the version in force just before a moment.
fn in_force(customer: &Customer, end: i64) -> Option<i64> {
    let place = customer.versions.partition_point(|version| version.valid_from < end);
    place.checked_sub(1).and_then(|place| customer.versions.get(place)).map(|version| version.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(customers: &mut Customers, at: i64, location: Option<&str>) -> i64 {
        customers.see(&Seen { key: 1, text: "cus_1_00", at, location, age: Some(33) })
    }

    #[test]
    fn another_location_begins_a_version_and_a_missing_one_does_not() {
        let mut customers = Customers::default();
        let first = see(&mut customers, 10, Some("north"));
        assert_eq!(see(&mut customers, 20, None), first);
        assert_eq!(see(&mut customers, 30, Some("north")), first);
        let second = see(&mut customers, 40, Some("south"));
        assert_ne!(second, first);
        assert_eq!(see(&mut customers, 35, Some("north")), first);
        let rows = customers.rows().unwrap();
        assert_eq!(rows.num_rows(), 2);
        let to = rows.column_by_name("valid_to").unwrap();
        assert_eq!((to.is_valid(0), to.is_null(1)), (true, true));
    }

    #[test]
    fn a_late_order_elsewhere_disturbs_what_follows_until_it_agrees_again() {
        let mut customers = Customers::default();
        see(&mut customers, 10, Some("north"));
        customers.begin(20, 30, &[1]);
        see(&mut customers, 25, Some("south"));
        customers.end(30);
        assert!(customers.is_disturbed(1));
        customers.begin(40, 50, &[1]);
        let third = see(&mut customers, 45, Some("north"));
        customers.end(50);
        assert!(customers.is_disturbed(1), "the facts of later dates point to the first version still");
        assert_eq!(see(&mut customers, 60, Some("north")), third);
    }

    #[test]
    fn ages_have_their_groups() {
        let groups = [Some(-7), Some(19), Some(20), Some(39), Some(49), Some(50)].map(age_group);
        let expected = ["Under 20", "Under 20", "20-29", "30-39", "40-49", "50+"].map(Some);
        assert_eq!(groups, expected);
        assert_eq!(age_group(None), None);
    }
}
