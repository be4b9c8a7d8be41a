//! Reading any known file row by row.

use std::collections::HashMap;

use weir_datasets::{Format, Item, Options, Reject, RejectsWriter, Row};
use weir_events::{Currency, EntityKind, Label as LabelEvent};
use weir_features::OrderFields;
use weir_features::bulk::{Interner, transaction_hash};
use weir_keyring::unkeyed;

use crate::ids::{Ids, Texts};
use crate::labels::Label;
use crate::request::Request;
use crate::transactions::{KEPT_FIELDS, MISSING, Transactions, push_number, slot};
use crate::{BulkError, Progress, Stage};

/// Rows between two reports of progress.
const REPORT_EVERY: usize = 16_384;

/// What was read, and what became of the rows.
pub(crate) struct Read {
    pub(crate) transactions: Transactions,
    pub(crate) rows_in: u64,
}

/// Reads a file row by row; wrong rows go to `rejects`.
pub(crate) fn read(
    request: &Request,
    rejects: &mut RejectsWriter,
    progress: &mut dyn FnMut(Progress),
) -> Result<Read, BulkError> {
    let mapping = request.mapping.clone();
    let mut options = Options { limit: request.limit, mapping, ..Options::default() };
    if let Some(currency) = request.currency {
        options.currency = currency;
    }
    let mut reader = weir_datasets::open(&request.input, &options)?;
    let mut columns = Columns::new(request);
    let mut rows_in = 0_u64;
    let mut line = u64::from(reader.format() == Format::ShopCsv);
    while let Some(item) = reader.next() {
        rows_in += 1;
        line += 1;
        match item {
            Ok(Item::Row(row)) => {
                if let Err(reject) = columns.take(&row, line) {
                    rejects.write(&reject)?;
                }
            }
            Ok(Item::Label(label)) => {
                rows_in -= 1;
                columns.take_label(&label);
            }
            Err(weir_datasets::ReadError::Rejected(reject)) => rejects.write(&reject)?,
            Err(error) => return Err(error.into()),
        }
        if columns.rows.is_multiple_of(REPORT_EVERY) {
            let (done, total) = reader.progress();
            progress(Progress { stage: Stage::Reading, done, total });
        }
    }
    let is_numbered = reader.format() == Format::HandbookParquet;
    Ok(Read { transactions: columns.finish(is_numbered)?, rows_in })
}

/// The columns as they grow.
struct Columns<'a> {
    request: &'a Request,
    rows: usize,
    texts: Texts,
    ids: Interner,
    currency: Option<Currency>,
    interners: [Interner; EntityKind::ALL.len()],
    transactions: Transactions,
    /// Labels that are events of their own, by the number of their transaction's id.
    labels: HashMap<u32, Vec<LabelEvent>>,
    /// Row of each number of an id.
    row_of: Vec<Option<u32>>,
}

impl<'a> Columns<'a> {
    fn new(request: &'a Request) -> Self {
        let transactions = Transactions {
            ids: Ids::Numbers(Vec::new()),
            occurred_at: Vec::new(),
            amount_minor: Vec::new(),
            hashes: Vec::new(),
            entities: Default::default(),
            fields: Default::default(),
            labels: Vec::new(),
            has_labels: false,
            minor_per_major: 1,
            is_in_order: false,
        };
        Self {
            request,
            rows: 0,
            texts: Texts::default(),
            ids: Interner::new(),
            currency: request.currency,
            interners: Default::default(),
            transactions,
            labels: HashMap::new(),
            row_of: Vec::new(),
        }
    }

    /// Adds a row, unless its id was there before or its currency is another. `line` counts items, which is
    /// the line on which the row begins if none spans several.
    fn take(&mut self, row: &Row, line: u64) -> Result<(), Reject> {
        let order = &row.transaction.order;
        let reject = |field: &str, expected: String, found: &str| Reject {
            file: self.request.input.clone(),
            line,
            field: field.to_owned(),
            expected,
            found: found.to_owned(),
        };
        let currency = self.currency.unwrap_or(order.currency);
        if currency != order.currency {
            let expected = format!("the currency of this run, `{currency}`");
            return Err(reject("currency", expected, "another currency"));
        }
        let number = id_number(&mut self.ids, &order.transaction_id);
        self.row_of.resize(self.row_of.len().max(number as usize + 1), None);
        let place = &mut self.row_of[number as usize];
        if place.is_some() {
            let expected = "an id that does not occur before".to_owned();
            return Err(reject("transaction_id", expected, "one that does"));
        }
        *place = Some(self.rows as u32);
        self.currency = Some(currency);
        self.push(row);
        Ok(())
    }

    fn push(&mut self, Row { transaction, label, known_at }: &Row) {
        let (order, row) = (&transaction.order, self.rows);
        let keys = unkeyed(transaction);
        let columns = &mut self.transactions;
        self.texts.push(&order.transaction_id);
        columns.occurred_at.push(order.occurred_at.micros());
        columns.amount_minor.push(order.amount_minor);
        columns.hashes.push(transaction_hash(order.transaction_id.as_bytes()));
        for (kind, interner) in EntityKind::ALL.into_iter().zip(&mut self.interners) {
            let entities = &mut columns.entities[slot(kind)];
            let number = keys.get(kind).map(|key| {
                let number = interner.digest_number(&key.digest);
                if number as usize == entities.shorts.len() {
                    entities.shorts.push(key.short());
                }
                number
            });
            push_number(&mut entities.numbers, row, number);
        }
        let fields = OrderFields::new(order, &keys);
        for (field, values) in KEPT_FIELDS.into_iter().zip(&mut columns.fields) {
            push_field(values, row, fields.value(field));
        }
        if let Some(is_fraud) = *label {
            let later = || order.occurred_at.micros().saturating_add(self.request.label_delay());
            let known_at = known_at.map_or_else(later, weir_events::Timestamp::micros);
            columns.has_labels = true;
            columns.labels.push(Label { row: row as u32, known_at, is_fraud });
        }
        self.rows += 1;
    }

    fn take_label(&mut self, label: &LabelEvent) {
        let number = id_number(&mut self.ids, &label.transaction_id);
        self.row_of.resize(self.row_of.len().max(number as usize + 1), None);
        self.labels.entry(number).or_default().push(label.clone());
    }

    fn finish(mut self, is_numbered: bool) -> Result<Transactions, BulkError> {
        if self.rows >= u32::MAX as usize {
            return Err(BulkError::TooManyRows { file: self.request.input.clone() });
        }
        let columns = &mut self.transactions;
        columns.has_labels |= !self.labels.is_empty();
        for (number, labels) in self.labels {
            let Some(row) = self.row_of[number as usize] else { continue };
            columns.labels.extend(labels.iter().map(|label| Label {
                row,
                known_at: label.known_at.micros(),
                is_fraud: label.is_fraud,
            }));
        }
        let ids = Ids::Texts(self.texts);
        columns.ids = if is_numbered { ids.into_numbers() } else { ids };
        columns.minor_per_major = self.currency.map_or(1, |currency| currency.minor_per_major());
        Ok(self.transactions)
    }
}

fn push_field(values: &mut Vec<i32>, row: usize, value: f64) {
    if !value.is_nan() {
        values.resize(row, MISSING);
        values.push(value as i32);
    } else if !values.is_empty() {
        values.push(MISSING);
    }
}

fn id_number(ids: &mut Interner, id: &str) -> u32 {
    let mut digest = [0; 16];
    digest.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
    ids.digest_number(&digest)
}
