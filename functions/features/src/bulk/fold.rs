//! The fold of the entities of one kind.

use weir_events::EntityKind;

use crate::bulk::batch::Batch;
use crate::bulk::block::Block;
use crate::bulk::columns::append;
use crate::bulk::engine::Engine;
use crate::bulk::error::BatchError;
use crate::bulk::head::Head;
use crate::bulk::packed::{Flagged, Packed, Priced, Whole};
use crate::bulk::plan::{Plan, state_kind};
use crate::bulk::row_marks::RowMarks;
use crate::definition::Definition;
use crate::meeting::Rules;
use crate::set::FeatureSet;

/// Folds batches of rows into the entities of one kind. The [module](crate::bulk) says how.
#[derive(Clone, Debug)]
pub struct KindFold {
    kind: EntityKind,
    positions: Vec<usize>,
    definitions: Vec<Definition>,
    entities: Entities,
    heads: Vec<Head>,
    block: Block,
}

/// The entities, with entries no larger than the wanted features need.
#[derive(Clone, Debug)]
enum Entities {
    Priced(Engine<Priced>),
    Flagged(Engine<Flagged>),
    Whole(Engine<Whole>),
}

/// The same expression for each layout.
macro_rules! with_engine {
    ($entities:expr, $engine:ident => $body:expr) => {
        match $entities {
            Entities::Priced($engine) => $body,
            Entities::Flagged($engine) => $body,
            Entities::Whole($engine) => $body,
        }
    };
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
        let definitions: Vec<_> = positions.iter().copied().filter_map(definition).collect();
        let (rules, plan) = (Rules::new(set, kind), Plan::new(&definitions));
        let entities = if plan.parties || (plan.frauds && plan.amounts()) {
            Entities::Whole(Engine::new(kind, rules, plan))
        } else if plan.amounts() {
            Entities::Priced(Engine::new(kind, rules, plan))
        } else {
            Entities::Flagged(Engine::new(kind, rules, plan))
        };
        Self { kind, positions, definitions, entities, heads: Vec::new(), block: Block::new() }
    }

    /// Makes room beforehand: for the entity of each number, how many entries it will have at once at most
    /// (its rows within the [retention](crate::FeatureSet::retention); all its rows if that is not known).
    #[must_use]
    pub fn with_capacity_per_entity(mut self, counts: &[u32]) -> Self {
        with_engine!(&mut self.entities, engine => engine.reserve(&mut self.heads, counts));
        self
    }

    /// The kind that it folds.
    pub const fn kind(&self) -> EntityKind {
        self.kind
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
        let Self { definitions, block, heads, .. } = self;
        with_engine!(&mut self.entities, engine => {
            fold_with((engine, heads), block, batch, marks, |block| {
                let rows = block.rows();
                for (column, definition) in columns.iter_mut().zip(definitions.iter()) {
                    append(*definition, rows, batch.minor_per_major, column);
                }
            });
        });
        Ok(())
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

/// Folds a batch block by block; each is written out before the next.
fn fold_with<E: Packed>(
    (engine, heads): (&mut Engine<E>, &mut Vec<Head>),
    block: &mut Block,
    batch: &Batch<'_>,
    marks: &mut [RowMarks],
    mut write: impl FnMut(&Block),
) {
    let mut labels = batch.labels;
    for start in (0..batch.len()).step_by(Block::ROWS) {
        let end = (start + Block::ROWS).min(batch.len());
        labels = block.fold((engine, heads), batch, start..end, labels, marks);
        write(block);
    }
    for label in labels {
        engine.label(heads, label);
    }
}
