//! Folding history into rows: one vector a transaction, with what became known about it and when.

use std::collections::HashMap;

use weir_events::{EntityKey, Label, Timestamp, Transaction};
use weir_features::{FeatureSet, LABELLED_KINDS, States, apply_label, observe};
use weir_keyring::unkeyed;

use crate::{Item, TrainError};

/// A label as it became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    known_at: Timestamp,
    is_fraud: bool,
}

/// What a transaction is besides its vector.
struct Row {
    occurred_at: Timestamp,
    labelled: Vec<EntityKey>,
    verdicts: Vec<Verdict>,
}

/// Folded history; vectors are kept by column.
pub(crate) struct History<'a> {
    set: &'a FeatureSet,
    states: States,
    columns: Vec<Vec<f64>>,
    rows: Vec<Row>,
    places: HashMap<String, usize>,
    early: HashMap<String, Vec<Label>>,
    newest: Timestamp,
}

impl<'a> History<'a> {
    /// Folds items in their order, which must be that of time. A transaction id that occurs again is left out: the
    /// first one stands.
    pub(crate) fn fold<E>(
        items: impl IntoIterator<Item = Result<Item, E>>,
        set: &'a FeatureSet,
    ) -> Result<Self, TrainError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut history = Self {
            set,
            states: States::new(),
            columns: vec![Vec::new(); set.features().len()],
            rows: Vec::new(),
            places: HashMap::new(),
            early: HashMap::new(),
            newest: Timestamp::from_micros(i64::MIN),
        };
        for item in items {
            history.take(item.map_err(|error| TrainError::Input(Box::new(error)))?)?;
        }
        Ok(history)
    }

    fn take(&mut self, item: Item) -> Result<(), TrainError> {
        let (at, before) = (item.at(), self.newest);
        if at < before {
            return Err(TrainError::OutOfOrder { at, before });
        }
        self.newest = at;
        match item {
            Item::Transaction(transaction) => self.take_transaction(&transaction),
            Item::Label(label) => self.take_label(label),
        }
        Ok(())
    }

    fn take_transaction(&mut self, transaction: &Transaction) {
        let order = &transaction.order;
        if self.places.contains_key(&order.transaction_id) {
            return;
        }
        let entities = unkeyed(transaction);
        let seen = observe(self.set, order, &entities, order.occurred_at, &mut self.states);
        for (column, value) in self.columns.iter_mut().zip(&seen.vector.0) {
            column.push(*value);
        }
        let labelled = LABELLED_KINDS.iter().filter_map(|kind| entities.get(*kind).copied()).collect();
        self.places.insert(order.transaction_id.clone(), self.rows.len());
        self.rows.push(Row { occurred_at: order.occurred_at, labelled, verdicts: Vec::new() });
        for label in self.early.remove(&order.transaction_id).unwrap_or_default() {
            self.take_label(label);
        }
    }

    fn take_label(&mut self, label: Label) {
        let Some(row) = self.places.get(&label.transaction_id).and_then(|place| self.rows.get_mut(*place))
        else {
            self.early.entry(label.transaction_id.clone()).or_default().push(label);
            return;
        };
        row.verdicts.push(Verdict { known_at: label.known_at, is_fraud: label.is_fraud });
        for entity in &row.labelled {
            if let Some(state) = self.states.get_mut(entity) {
                apply_label(state, &label.transaction_id, row.occurred_at, label.is_fraud);
            }
        }
    }

    /// Number of transactions.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Feature values, one column a feature of the set.
    pub(crate) fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    pub(crate) fn occurred_at(&self, row: usize) -> Timestamp {
        self.rows[row].occurred_at
    }

    /// Time of the first and of the last transaction.
    pub(crate) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.rows.first()?.occurred_at, self.rows.last()?.occurred_at))
    }

    /// Whether a row was fraud as far as was known at a time; `None` if nothing was known.
    pub(crate) fn verdict(&self, row: usize, as_of: Timestamp) -> Option<bool> {
        self.rows[row]
            .verdicts
            .iter()
            .rfind(|verdict| verdict.known_at <= as_of)
            .map(|verdict| verdict.is_fraud)
    }

    /// The vector of a row.
    pub(crate) fn vector(&self, row: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[row]).collect()
    }
}
