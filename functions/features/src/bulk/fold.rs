//! The fold of the entities of one kind.

use weir_events::EntityKind;

use crate::bulk::batch::{ABSENT, Batch};
use crate::bulk::error::BatchError;
use crate::bulk::row_marks::RowMarks;
use crate::bulk::slow;
use crate::bulk::values::value;
use crate::counterparty::LABELLED_KINDS;
use crate::definition::Definition;
use crate::meeting::Rules;
use crate::set::FeatureSet;
use crate::state::EntityState;

/// Folds batches of rows into the entities of one kind. The [module](crate::bulk) says how.
#[derive(Clone, Debug)]
pub struct KindFold {
    rules: Rules,
    positions: Vec<usize>,
    definitions: Vec<Definition>,
    states: Vec<Option<EntityState>>,
}

/// The kind whose state a feature is read from.
fn state_kind(definition: Definition) -> Option<EntityKind> {
    match definition {
        Definition::Field(_) => None,
        Definition::Windowed { kind, .. }
        | Definition::SecondsSinceLast(kind)
        | Definition::Delayed { kind, .. } => Some(kind),
        Definition::FirstUse(_) => Some(EntityKind::Customer),
    }
}

impl KindFold {
    /// A fold of one kind that computes, of the features at the `wanted` positions of a set, those that are read
    /// from states of that kind. What no wanted feature reads is not computed.
    ///
    /// The set decides how long entries count and what is marked, as in `observe`: to have every mark, fold every
    /// kind in [`FeatureSet::kinds`], be it for no feature.
    pub fn new(set: &FeatureSet, kind: EntityKind, wanted: &[usize]) -> Self {
        let definition = |place: usize| set.features().get(place).map(|feature| feature.definition);
        let is_of_kind = |place: &usize| definition(*place).and_then(state_kind) == Some(kind);
        let positions: Vec<usize> = wanted.iter().copied().filter(is_of_kind).collect();
        let definitions = positions.iter().copied().filter_map(definition).collect();
        Self { rules: Rules::new(set, kind), positions, definitions, states: Vec::new() }
    }

    /// Makes room beforehand: for the entity of each number, how many entries it will have at once at most.
    #[must_use]
    pub fn with_capacity_per_entity(mut self, counts: &[u32]) -> Self {
        self.states.reserve(counts.len());
        self
    }

    /// The kind that it folds.
    pub const fn kind(&self) -> EntityKind {
        self.rules.kind
    }

    /// Positions in the set of the features that it writes, one for each output column, in the order of `wanted`.
    pub fn positions(&self) -> &[usize] {
        &self.positions
    }

    /// Folds the rows of a batch in order. Each column is cleared and gets one value a row, NaN where it is
    /// missing; marks of the rows are added to those that stand there.
    ///
    /// # Errors
    /// If the batch or the outputs do not fit together; nothing is folded then.
    pub fn fold(
        &mut self,
        batch: &Batch<'_>,
        columns: &mut [Vec<f64>],
        marks: &mut [RowMarks],
    ) -> Result<(), BatchError> {
        self.check(batch, columns, marks)?;
        for column in columns.iter_mut() {
            column.clear();
            column.reserve(batch.len());
        }
        let mut labels = match LABELLED_KINDS.contains(&self.rules.kind) {
            true => batch.labels,
            false => &[],
        };
        for row in 0..=batch.len() {
            while let Some((label, rest)) =
                labels.split_first().filter(|(label, _)| label.row as usize == row)
            {
                labels = rest;
                if let Some(Some(state)) = self.states.get_mut(label.entity as usize) {
                    slow::label(state, label);
                }
            }
            if row < batch.len() {
                self.fold_row(batch, row, columns, marks);
            }
        }
        Ok(())
    }

    fn fold_row(&mut self, batch: &Batch<'_>, row: usize, columns: &mut [Vec<f64>], marks: &mut [RowMarks]) {
        let kind = self.rules.kind;
        let number = batch.entities(kind).numbers.get(row).copied().filter(|number| *number != ABSENT);
        let met = number.zip(slow::event(batch, row, kind)).and_then(|(number, event)| {
            let place = number as usize;
            if self.states.len() <= place {
                self.states.resize(place + 1, None);
            }
            let state = self.states.get_mut(place)?.get_or_insert_with(|| EntityState::new(kind));
            let mut found = Vec::new();
            let met = slow::fold(&self.rules, state, event, &mut found);
            if let Some(marks) = marks.get_mut(row) {
                found.into_iter().for_each(|mark| marks.add(mark));
            }
            Some(met)
        });
        for (column, definition) in columns.iter_mut().zip(&self.definitions) {
            let found = met.as_ref().map(|met| value(*definition, met, batch.minor_per_major));
            column.push(found.unwrap_or(f64::NAN));
        }
    }

    fn check(&self, batch: &Batch<'_>, columns: &[Vec<f64>], marks: &[RowMarks]) -> Result<(), BatchError> {
        batch.check()?;
        let (wanted, found) = (self.positions.len(), columns.len());
        if found != wanted {
            return Err(BatchError::Columns { wanted, found });
        }
        let (rows, found) = (batch.len(), marks.len());
        if found != rows {
            return Err(BatchError::Rows { column: "marks", rows, found });
        }
        Ok(())
    }
}
