//! A shop made once and taken apart for the tests.

use std::collections::BTreeMap;

use weir_events::{Entities, EntityKind, Label, Timestamp, Transaction};
use weir_generator::{Case, Event, EventKind, Generator, Pattern, Settings};

pub(crate) struct Placed {
    pub(crate) at: Timestamp,
    pub(crate) transaction: Transaction,
    pub(crate) entities: Entities<String>,
    pub(crate) case: Option<u32>,
    pub(crate) is_fraud: bool,
}

pub(crate) struct Shop {
    pub(crate) times: Vec<Timestamp>,
    /// Transactions by id.
    pub(crate) placed: BTreeMap<String, Placed>,
    pub(crate) labels: Vec<Label>,
    pub(crate) cases: Vec<Case>,
}

pub(crate) fn settings(seed: u64, transactions: u64) -> Settings {
    Settings { seed, transactions, customers: 1_500, ..Settings::default() }
}

impl Shop {
    pub(crate) fn open(settings: Settings) -> Self {
        let mut generator = Generator::new(settings).unwrap();
        let mut shop = Self { times: vec![], placed: BTreeMap::new(), labels: vec![], cases: vec![] };
        for event in generator.by_ref() {
            shop.take(event);
        }
        shop.cases = generator.cases();
        shop
    }

    fn take(&mut self, event: Event) {
        self.times.push(event.at);
        match event.kind {
            EventKind::Label(label) => self.labels.push(label),
            EventKind::Transaction { transaction, case, is_fraud } => {
                let entities = transaction.entities();
                let id = transaction.order.transaction_id.clone();
                let placed = Placed { at: event.at, transaction: *transaction, entities, case, is_fraud };
                assert!(self.placed.insert(id, placed).is_none(), "a transaction id occurs twice");
            }
        }
    }

    /// The transactions of each case of a pattern, in order of time.
    pub(crate) fn cases_of(&self, pattern: Pattern) -> Vec<Vec<&Placed>> {
        let cases = self.cases.iter().filter(|case| case.pattern == pattern);
        let cases: Vec<Vec<&Placed>> =
            cases.map(|case| case.transaction_ids.iter().map(|id| &self.placed[id]).collect()).collect();
        assert!(!cases.is_empty(), "no case of {}", pattern.name());
        cases
    }

    /// Transactions that share an entity with one, in order of time.
    pub(crate) fn sharing<'a>(
        &'a self,
        kind: EntityKind,
        with: &'a Placed,
    ) -> impl Iterator<Item = &'a Placed> {
        let wanted = with.entities.get(kind);
        self.placed.values().filter(move |other| wanted.is_some() && other.entities.get(kind) == wanted)
    }
}

/// How many different entities of a kind some transactions name.
pub(crate) fn distinct(transactions: &[&Placed], kind: EntityKind) -> usize {
    let names = transactions.iter().filter_map(|placed| placed.entities.get(kind));
    names.collect::<std::collections::BTreeSet<_>>().len()
}
