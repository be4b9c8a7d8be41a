//! What a stage holds of a date, and two of them beside each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::surrogate::HashedMap;

/// One id of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// In minor units, with the number of the currency; `None` where the stage has no amounts.
    pub(crate) amount: Option<(i64, u16)>,
    /// When it arrived or was decided, in microseconds.
    pub(crate) at: i64,
    /// Whether the job that makes the next stage has not been given it yet.
    pub(crate) is_pending: bool,
}

/// What a stage holds of a date.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    /// Rows, repeated ones too.
    pub(crate) rows: u64,
    pub(crate) ids: HashedMap<u128, Held>,
    /// Days on which its rows arrived.
    pub(crate) arrival_dates: BTreeSet<String>,
}

impl Stage {
    /// Takes a row in; of repeated ones the first that arrived counts.
    pub(crate) fn take(&mut self, id: u128, held: Held) {
        self.rows += 1;
        let kept = self.ids.entry(id).or_insert(held);
        if held.at < kept.at {
            *kept = held;
        }
    }
}

/// Names of currencies by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Currencies(Vec<String>);

impl Currencies {
    pub(crate) fn number(&mut self, code: &str) -> u16 {
        let place = self.0.iter().position(|known| known == code).unwrap_or_else(|| {
            self.0.push(code.to_owned());
            self.0.len() - 1
        });
        place as u16
    }

    fn name(&self, number: u16) -> String {
        self.0.get(usize::from(number)).cloned().unwrap_or_default()
    }
}

/// Sums in minor units by currency.
pub(crate) type Amounts = BTreeMap<String, i128>;

/// What came of comparing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) rows_read: u64,
    pub(crate) from_ids: u64,
    pub(crate) to_ids: u64,
    /// Ids that the second stage lacks, and that are not on their way.
    pub(crate) missing: Vec<u128>,
    /// Ids on their way.
    pub(crate) waiting: u64,
    /// Ids that only the second stage has.
    pub(crate) surplus: Vec<u128>,
    /// Sums over the ids that both have.
    pub(crate) from_amounts: Amounts,
    pub(crate) to_amounts: Amounts,
    pub(crate) arrival_dates: BTreeSet<String>,
}

/// Compares two stages; `is_waiting` says which id of one of them is on its way.
pub(crate) fn compare(
    from: &Stage,
    to: &Stage,
    currencies: &Currencies,
    is_waiting: impl Fn(&Held) -> bool,
) -> Compared {
    let mut compared = Compared {
        rows_read: from.rows,
        from_ids: from.ids.len() as u64,
        to_ids: to.ids.len() as u64,
        arrival_dates: from.arrival_dates.clone(),
        ..Compared::default()
    };
    for (id, held) in &from.ids {
        match to.ids.get(id) {
            Some(other) => {
                if let (Some(one), Some(two)) = (held.amount, other.amount) {
                    *compared.from_amounts.entry(currencies.name(one.1)).or_default() += i128::from(one.0);
                    *compared.to_amounts.entry(currencies.name(two.1)).or_default() += i128::from(two.0);
                }
            }
            None if is_waiting(held) => compared.waiting += 1,
            None => compared.missing.push(*id),
        }
    }
    for (id, held) in to.ids.iter().filter(|(id, _)| !from.ids.contains_key(*id)) {
        match is_waiting(held) {
            true => compared.waiting += 1,
            false => compared.surplus.push(*id),
        }
    }
    compared
}

impl Compared {
    /// In one word.
    pub(crate) fn status(&self) -> &'static str {
        if !self.missing.is_empty() {
            "lost"
        } else if !self.surplus.is_empty() {
            "surplus"
        } else if self.from_amounts != self.to_amounts {
            "different"
        } else if self.waiting > 0 {
            "waiting"
        } else {
            "equal"
        }
    }

    /// Takes every difference for one that the next run of a job makes up for.
    pub(crate) fn wait(&mut self) {
        let differs = u64::from(self.from_amounts != self.to_amounts);
        self.waiting += (self.missing.len() + self.surplus.len()) as u64;
        self.waiting = self.waiting.max(differs);
        self.missing.clear();
        self.surplus.clear();
        self.to_amounts.clone_from(&self.from_amounts);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.from_ids == 0 && self.to_ids == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(ids: &[(u128, i64)], currency: u16) -> Stage {
        let mut stage = Stage::default();
        for (id, minor) in ids {
            stage.take(*id, Held { amount: Some((*minor, currency)), at: *minor, is_pending: *id > 90 });
        }
        stage
    }

    #[test]
    fn what_one_lacks_is_told_from_what_waits_and_sums_are_over_what_both_have() {
        let mut currencies = Currencies::default();
        let euro = currencies.number("EUR");
        let from = stage(&[(1, 100), (2, 250), (2, 999), (3, 7), (95, 1)], euro);
        let to = stage(&[(1, 100), (2, 250), (4, 5)], euro);
        let found = compare(&from, &to, &currencies, |held| held.is_pending);
        assert_eq!((found.rows_read, found.from_ids, found.to_ids, found.waiting), (5, 4, 3, 1));
        assert_eq!((found.missing.as_slice(), found.surplus.as_slice()), ([3].as_slice(), [4].as_slice()));
        assert_eq!(found.from_amounts, Amounts::from([("EUR".to_owned(), 350)]));
        assert_eq!((found.status(), &found.to_amounts), ("lost", &found.from_amounts));
    }

    #[test]
    fn a_minor_unit_or_another_currency_is_different() {
        let mut currencies = Currencies::default();
        let (euro, dollar) = (currencies.number("EUR"), currencies.number("USD"));
        let one = stage(&[(1, 100)], euro);
        let never = |_: &Held| false;
        assert_eq!(compare(&one, &stage(&[(1, 100)], euro), &currencies, never).status(), "equal");
        assert_eq!(compare(&one, &stage(&[(1, 101)], euro), &currencies, never).status(), "different");
        let mut other = compare(&one, &stage(&[(1, 100)], dollar), &currencies, never);
        assert_eq!(other.status(), "different");
        other.wait();
        assert_eq!((other.status(), other.waiting), ("waiting", 1));
    }
}
