//! The folds of the kinds that features are read from.

use std::ops::Range;

use weir_events::{EntityKind, Mark};
use weir_features::bulk::{ABSENT, Batch, EntityColumn, KindFold, LabelEvent, RowMarks};
use weir_features::{Definition, FeatureSet, Statistic};

use crate::BulkError;
use crate::columns::{Form, Source, form};
use crate::grouped::Grouped;
use crate::labels;
use crate::together::{Task, together};
use crate::transactions::Transactions;
use crate::values::{Values, scatter};

/// Rows whose columns stay in the second cache.
const PART: usize = 8_192;

/// One fold a kind.
pub(crate) struct Folds(Vec<Fold>);

/// The fold of one kind over all rows.
pub(crate) struct Fold {
    fold: KindFold,
    labels: Vec<LabelEvent>,
    grouped: Grouped,
    /// Rows of a part, entity by entity.
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
    /// The folds that the features at these positions need, made beside each other.
    pub(crate) fn new(
        set: &FeatureSet,
        positions: &[usize],
        transactions: &Transactions,
        threads: usize,
    ) -> Result<Self, BulkError> {
        let mut folds = EntityKind::ALL.map(|_| None);
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for (kind, fold) in EntityKind::ALL.into_iter().zip(&mut folds) {
            tasks.push(Box::new(move || {
                *fold = Fold::new(set, kind, positions, transactions);
                Ok(())
            }));
        }
        together(threads, tasks)?;
        Ok(Self(folds.into_iter().flatten().collect()))
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
    /// The fold of a kind, if a feature is read from it.
    fn new(
        set: &FeatureSet,
        kind: EntityKind,
        wanted: &[usize],
        transactions: &Transactions,
    ) -> Option<Self> {
        let fold = KindFold::new(set, kind, wanted);
        if fold.positions().is_empty() {
            return None;
        }
        let room = entries_at_once(&transactions.of_kind(kind).numbers, transactions, set.retention());
        let fold = fold.with_capacity_per_entity(&room);
        let needs_shorts = fold.positions().iter().any(|position| {
            matches!(
                set.features()[*position].definition,
                Definition::FirstUse(_) | Definition::Windowed { statistic: Statistic::Distinct(_), .. }
            )
        });
        let columns = vec![Vec::new(); fold.positions().len()];
        let form = |position: &usize| form(set.features()[*position].definition);
        let forms = fold.positions().iter().map(form).collect();
        Some(Self {
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
        })
    }

    /// Folds the rows of a chunk; chunks come in order.
    ///
    /// The rows of an entity are folded one after the other: what one entity sees does not depend on another, and
    /// its entries stay in the first cache. So do the columns of a part of them, until they have found their rows.
    pub(crate) fn fold(
        &mut self,
        transactions: &Transactions,
        rows: Range<usize>,
        folded: &mut Folded,
    ) -> Result<(), BulkError> {
        let kind = self.fold.kind();
        self.grouped.group(&transactions.of_kind(kind).numbers[rows.clone()]);
        let labels = self.grouped.labels(self.labels_of(&rows));
        let mut labels = labels.as_slice();
        folded.marks.clear();
        for (values, form) in folded.columns.iter_mut().zip(&self.forms) {
            values.begin(rows.len(), *form);
        }
        for start in (0..rows.len()).step_by(PART) {
            let part = start..(start + PART).min(rows.len());
            let is_last = part.end == rows.len();
            let count = labels.iter().take_while(|label| is_last || (label.row as usize) < part.end).count();
            let (now, later) = labels.split_at(count);
            let before = |label: &LabelEvent| LabelEvent { row: label.row - start as u32, ..*label };
            self.fold_part(transactions, &rows, part, now.iter().map(before).collect(), folded)?;
            labels = later;
        }
        folded.columns.iter_mut().for_each(Values::finish);
        Ok(())
    }

    /// Folds the rows at some places of the order, with the labels before them.
    fn fold_part(
        &mut self,
        transactions: &Transactions,
        rows: &Range<usize>,
        part: Range<usize>,
        labels: Vec<LabelEvent>,
        folded: &mut Folded,
    ) -> Result<(), BulkError> {
        let kind = self.fold.kind();
        let order = &self.grouped.rows()[part.clone()];
        let numbers = |named: EntityKind| {
            let mut gathered = Vec::new();
            gather(order, &transactions.of_kind(named).numbers[rows.clone()], &mut gathered);
            gathered
        };
        let kinds = EntityKind::ALL.into_iter().filter(|named| transactions.names(*named));
        let kinds = kinds.filter(|named| self.needs_shorts || *named == kind);
        let entities: Vec<_> = kinds
            .map(|named| {
                let numbers = numbers(named);
                (named, self.shorts(transactions, named, &numbers), numbers)
            })
            .collect();
        let Self { fold, grouped, times, amounts, hashes, columns, forms, bytes, marks, .. } = self;
        let order = &grouped.rows()[part];
        gather(order, &transactions.occurred_at[rows.clone()], times);
        gather(order, &transactions.amount_minor[rows.clone()], amounts);
        gather(order, &transactions.hashes[rows.clone()], hashes);
        let mut batch = Batch::new(times, amounts, hashes, transactions.minor_per_major);
        batch.labels = &labels;
        for (named, shorts, numbers) in &entities {
            batch.set_entities(*named, EntityColumn { numbers, shorts });
        }
        marks.clear();
        marks.resize(order.len(), RowMarks::default());
        fold.fold(&batch, columns, marks)?;
        if !marks.iter().all(|marks| marks.is_empty()) {
            folded.marks.resize(rows.len(), RowMarks::default());
            scatter(order, marks, &mut folded.marks);
        }
        for ((column, form), values) in columns.iter().zip(forms).zip(&mut folded.columns) {
            values.put(order, column, *form, bytes);
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

/// Values of rows.
fn gather<T: Copy>(rows: &[u32], values: &[T], gathered: &mut Vec<T>) {
    gathered.clear();
    gathered.extend(rows.iter().map(|row| values[*row as usize]));
}

/// About how many entries each entity will keep at once, if its rows come evenly, and some more: a ring that is
/// nearly full is exchanged for a longer one.
fn entries_at_once(numbers: &[u32], transactions: &Transactions, retention: i64) -> Vec<u32> {
    let mut rows: Vec<u32> = Vec::new();
    for number in numbers.iter().filter(|number| **number != ABSENT) {
        let place = *number as usize;
        if place >= rows.len() {
            rows.resize(place + 1, 0);
        }
        rows[place] += 1;
    }
    let times = &transactions.occurred_at;
    let span = times.last().zip(times.first()).map_or(0, |(last, first)| last.saturating_sub(*first));
    let share = (retention as f64 / span.max(1) as f64).min(1.0) * 4.0 / 3.0;
    rows.iter_mut().for_each(|rows| *rows = (f64::from(*rows) * share).ceil() as u32);
    rows
}

/// Rows of a chunk whose vectors lack entries that gave way to a cap.
pub(crate) fn degraded(folded: &[Folded]) -> u64 {
    let rows = folded.iter().map(|folded| folded.marks.len()).max().unwrap_or(0);
    let is_marked = |marks: &RowMarks| marks.iter().any(|mark| mark == Mark::Degraded);
    let is_degraded = |row: &usize| folded.iter().any(|folded| folded.marks.get(*row).is_some_and(is_marked));
    (0..rows).filter(is_degraded).count() as u64
}
