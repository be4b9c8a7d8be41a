//! What depends on the rows before: done in the order of the file, by one thread at a time.

use std::path::{Path, PathBuf};

use weir_datasets::Reject;
use weir_events::{Currency, EntityKind, Mark};
use weir_features::bulk::{ABSENT, Batch, EntityColumn, KindFold, LabelEvent, RowMarks};
use weir_keyring::Pseudonyms;

use crate::BulkScoreError;
use crate::labels::{LabelRow, Labels};
use crate::names::Names;
use crate::plan::Plan;
use crate::prepare::{Hashers, Prepared};
use crate::repeats::Seen;
use crate::twofold::Hash;

/// The states of everything that was seen so far.
pub(crate) struct Folding {
    file: PathBuf,
    minor_per_major: i64,
    seen: Seen,
    names: Vec<Named>,
    folds: Vec<Fold>,
    labels: Option<Labels>,
    /// Lines before the block at hand.
    lines: u64,
    events: Vec<LabelEvent>,
    marks: Vec<RowMarks>,
    /// Of the block at hand: whether a row is the first of its id.
    is_new: Vec<bool>,
    pub(crate) repeated: u64,
    pub(crate) late: u64,
}

/// The entities of one kind, with those of the block at hand by row.
struct Named {
    names: Names,
    numbers: Vec<u32>,
    shorts: Vec<u32>,
    is_counted: bool,
}

/// The states of one kind, and where its features stand among those that are needed.
struct Fold {
    fold: KindFold,
    places: Vec<usize>,
}

impl Folding {
    pub(crate) fn new(
        plan: &Plan,
        file: &Path,
        currency: Currency,
        label_delay_days: u32,
        pseudonyms: &Pseudonyms,
        hashers: &Hashers,
    ) -> Self {
        let named = |kind: &EntityKind| {
            let is_counted = plan.counted.contains(kind);
            let names = Names::new(*kind, hashers.names.clone(), is_counted.then(|| pseudonyms.clone()));
            Named { names, numbers: Vec::new(), shorts: Vec::new(), is_counted }
        };
        let fold = |kind: &EntityKind| {
            let fold = KindFold::new(&plan.set, *kind, &plan.needed);
            let place = |position| plan.needed.iter().position(|needed| needed == position);
            Fold { places: fold.positions().iter().filter_map(place).collect(), fold }
        };
        Self {
            file: file.to_owned(),
            minor_per_major: currency.minor_per_major(),
            seen: Seen::default(),
            names: plan.named.iter().map(named).collect(),
            folds: plan.folded.iter().map(fold).collect(),
            labels: plan.reads_labels.then(|| Labels::new(label_delay_days, hashers.ids.clone())),
            lines: 0,
            events: Vec::new(),
            marks: Vec::new(),
            is_new: Vec::new(),
            repeated: 0,
            late: 0,
        }
    }

    /// Labels that were given to states.
    pub(crate) fn labels(&self) -> u64 {
        self.labels.as_ref().map_or(0, |labels| labels.applied)
    }

    /// Takes the next block in: afterwards all its columns are filled.
    pub(crate) fn fold(&mut self, prepared: &mut Prepared) -> Result<(), BulkScoreError> {
        self.number_lines(prepared);
        self.set_repeats_aside(prepared);
        for (named, hashes) in self.names.iter_mut().zip(&prepared.hashes) {
            named.number(prepared, hashes);
        }
        self.collect_labels(prepared);
        let mut batch = Batch::new(
            &prepared.occurred_at,
            &prepared.amount_minor,
            &prepared.transactions,
            self.minor_per_major,
        );
        batch.labels = &self.events;
        for named in &self.names {
            let column = EntityColumn { numbers: &named.numbers, shorts: &named.shorts };
            batch.set_entities(named.names.kind(), column);
        }
        self.marks.clear();
        self.marks.resize(batch.len(), RowMarks::default());
        for Fold { fold, places } in &mut self.folds {
            let take =
                |place: &usize| prepared.columns.get_mut(*place).map(std::mem::take).unwrap_or_default();
            let mut columns: Vec<Vec<f64>> = places.iter().map(take).collect();
            fold.fold(&batch, &mut columns, &mut self.marks)?;
            for (place, column) in places.iter().zip(columns) {
                if let Some(empty) = prepared.columns.get_mut(*place) {
                    *empty = column;
                }
            }
        }
        let is_late = |marks: &&RowMarks| !marks.is_empty() && marks.iter().any(|mark| mark == Mark::Late);
        self.late += self.marks.iter().filter(is_late).count() as u64;
        Ok(())
    }

    /// Blocks count their lines from 1; here they get their numbers in the file.
    fn number_lines(&mut self, prepared: &mut Prepared) {
        let block = &mut prepared.block;
        block.rows.iter_mut().for_each(|row| row.line += self.lines);
        block.rejects.iter_mut().for_each(|reject| reject.line += self.lines);
        self.lines += block.line_count;
    }

    /// The first row of an id stands, as the first decision does.
    fn set_repeats_aside(&mut self, prepared: &mut Prepared) {
        let mut repeats = 0;
        self.is_new.clear();
        for id in &prepared.ids {
            let is_new = self.seen.is_new(*id);
            repeats += u64::from(!is_new);
            self.is_new.push(is_new);
        }
        if repeats == 0 {
            return;
        }
        self.repeated += repeats;
        let is_new = &self.is_new;
        let block = &mut prepared.block;
        for (row, _) in block.rows.iter().zip(is_new).filter(|(_, is_new)| !**is_new) {
            block.rejects.push(Reject {
                file: self.file.clone(),
                line: row.line,
                field: "transaction_id".to_owned(),
                expected: "an id that no earlier row has".to_owned(),
                found: "string".to_owned(),
            });
        }
        prepared.retain(is_new);
    }

    fn collect_labels(&mut self, prepared: &Prepared) {
        let Some(labels) = &mut self.labels else { return };
        let merchants = self.names.iter().find(|named| named.names.kind() == EntityKind::Merchant);
        let row_of = |index: usize| LabelRow {
            id: prepared.ids.get(index).copied().unwrap_or_default(),
            transaction: prepared.transactions.get(index).copied().unwrap_or_default(),
            occurred_at: prepared.occurred_at.get(index).copied().unwrap_or_default(),
            merchant: merchants.and_then(|named| named.numbers.get(index)).copied().unwrap_or(ABSENT),
        };
        labels.of_block(&prepared.block, row_of, &mut self.events);
    }
}

impl Named {
    /// Numbers of the entities of a block's rows, and their short hashes if they are read.
    fn number(&mut self, prepared: &Prepared, hashes: &[Hash]) {
        let kind = self.names.kind();
        self.numbers.clear();
        self.shorts.clear();
        for (row, hash) in prepared.block.rows.iter().zip(hashes) {
            let number = row
                .entities
                .get(kind)
                .map_or(ABSENT, |span| self.names.number(prepared.block.text(*span), *hash));
            self.numbers.push(number);
            if self.is_counted {
                self.shorts.push(self.names.short(number));
            }
        }
    }
}
