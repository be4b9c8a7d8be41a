//! The folds of the kinds that features are read from.

use std::ops::Range;

use weir_events::{EntityKind, Mark};
use weir_features::bulk::{ABSENT, Batch, EntityColumn, KindFold, LabelEvent, RowMarks};
use weir_features::{Definition, FeatureSet, Statistic};

use crate::BulkError;
use crate::columns::{Form, Source, form};
use crate::grouped::Grouped;
use crate::labels;
use crate::transactions::Transactions;
use crate::values::Values;

/// One fold a kind.
pub(crate) struct Folds(Vec<Fold>);

/// The fold of one kind over all rows.
pub(crate) struct Fold {
    fold: KindFold,
    labels: Vec<LabelEvent>,
    grouped: Grouped,
    /// The rows of a chunk, entity by entity.
    times: Vec<i64>,
    amounts: Vec<i64>,
    hashes: Vec<u32>,
    /// What the fold made of them.
    columns: Vec<Vec<f64>>,
    forms: Vec<Form>,
    bytes: Vec<u8>,
    marks: Vec<RowMarks>,
    /// Whether a feature asks which counterparties there are.
    needs_shorts: bool,
}

/// What a fold made of one chunk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    pub(crate) columns: Vec<Values>,
    /// Empty if no row has any.
    marks: Vec<RowMarks>,
}

impl Folds {
    /// The folds that the features at these positions need.
    pub(crate) fn new(set: &FeatureSet, positions: &[usize], transactions: &Transactions) -> Self {
        let folds = EntityKind::ALL.into_iter().map(|kind| Fold::new(set, kind, positions, transactions));
        Self(folds.filter(|fold| !fold.fold.positions().is_empty()).collect())
    }

    /// Where the values of the feature at a position come from.
    pub(crate) fn source(&self, position: usize) -> Option<Source> {
        self.0.iter().enumerate().find_map(|(place, fold)| {
            let column = fold.fold.positions().iter().position(|written| *written == position)?;
            Some(Source::Folded { fold: place, column })
        })
    }

    /// Room for what the folds make of a chunk.
    pub(crate) fn room(&self) -> Vec<Folded> {
        let room = |fold: &Fold| Folded {
            columns: vec![Values::default(); fold.fold.positions().len()],
            marks: Vec::new(),
        };
        self.0.iter().map(room).collect()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Fold> {
        self.0.iter_mut()
    }
}

impl Fold {
    fn new(set: &FeatureSet, kind: EntityKind, wanted: &[usize], transactions: &Transactions) -> Self {
        let fold = KindFold::new(set, kind, wanted);
        let needs_shorts = fold.positions().iter().any(|position| {
            matches!(
                set.features()[*position].definition,
                Definition::FirstUse(_) | Definition::Windowed { statistic: Statistic::Distinct(_), .. }
            )
        });
        let columns = vec![Vec::new(); fold.positions().len()];
        let form = |position: &usize| form(set.features()[*position].definition);
        let forms = fold.positions().iter().map(form).collect();
        Self {
            fold,
            labels: labels::events(transactions, kind),
            grouped: Grouped::default(),
            times: Vec::new(),
            amounts: Vec::new(),
            hashes: Vec::new(),
            columns,
            forms,
            bytes: Vec::new(),
            marks: Vec::new(),
            needs_shorts,
        }
    }

    /// Folds the rows of a chunk; chunks come in order.
    ///
    /// The rows of an entity are folded one after the other: what one entity sees does not depend on another, and
    /// its entries stay in the first cache.
    pub(crate) fn fold(
        &mut self,
        transactions: &Transactions,
        rows: Range<usize>,
        folded: &mut Folded,
    ) -> Result<(), BulkError> {
        let kind = self.fold.kind();
        let numbers = |named: EntityKind| &transactions.of_kind(named).numbers[rows.clone()];
        self.grouped.group(numbers(kind));
        let labels = self.grouped.labels(self.labels_of(&rows));
        let gathered = |named: EntityKind| {
            let mut gathered = Vec::new();
            self.grouped.gather(numbers(named), &mut gathered);
            gathered
        };
        let kinds = EntityKind::ALL.into_iter().filter(|named| transactions.names(*named));
        let kinds = kinds.filter(|named| self.needs_shorts || *named == kind);
        let entities: Vec<_> = kinds
            .map(|named| {
                let numbers = if named == kind { self.grouped.numbers() } else { gathered(named) };
                (named, self.shorts(transactions, named, &numbers), numbers)
            })
            .collect();
        let Self { grouped, times, amounts, hashes, columns, forms, bytes, marks, .. } = self;
        grouped.gather(&transactions.occurred_at[rows.clone()], times);
        grouped.gather(&transactions.amount_minor[rows.clone()], amounts);
        grouped.gather(&transactions.hashes[rows.clone()], hashes);
        let mut batch = Batch::new(times, amounts, hashes, transactions.minor_per_major);
        batch.labels = &labels;
        for (named, shorts, numbers) in &entities {
            batch.set_entities(*named, EntityColumn { numbers, shorts });
        }
        marks.clear();
        marks.resize(rows.len(), RowMarks::default());
        self.fold.fold(&batch, columns, marks)?;
        folded.marks.clear();
        if !marks.iter().all(|marks| marks.is_empty()) {
            grouped.restore(marks, &mut folded.marks);
        }
        for ((column, form), values) in columns.iter().zip(forms).zip(&mut folded.columns) {
            values.take(grouped, column, *form, bytes);
        }
        Ok(())
    }

    /// Labels that apply before rows of a chunk, counted from its first row.
    fn labels_of(&self, rows: &Range<usize>) -> Vec<LabelEvent> {
        let place = |row: usize| self.labels.partition_point(|label| (label.row as usize) < row);
        let labels = &self.labels[place(rows.start)..place(rows.end)];
        let from_start = |label: &LabelEvent| LabelEvent { row: label.row - rows.start as u32, ..*label };
        labels.iter().map(from_start).collect()
    }

    fn shorts(&self, transactions: &Transactions, kind: EntityKind, numbers: &[u32]) -> Vec<u32> {
        if !self.needs_shorts {
            return Vec::new();
        }
        let shorts = &transactions.of_kind(kind).shorts;
        let short = |number: &u32| if *number == ABSENT { 0 } else { shorts[*number as usize] };
        numbers.iter().map(short).collect()
    }
}

/// Rows of a chunk whose vectors lack entries that gave way to a cap.
pub(crate) fn degraded(folded: &[Folded]) -> u64 {
    let rows = folded.iter().map(|folded| folded.marks.len()).max().unwrap_or(0);
    let is_marked = |marks: &RowMarks| marks.iter().any(|mark| mark == Mark::Degraded);
    let is_degraded = |row: &usize| folded.iter().any(|folded| folded.marks.get(*row).is_some_and(is_marked));
    (0..rows).filter(is_degraded).count() as u64
}
