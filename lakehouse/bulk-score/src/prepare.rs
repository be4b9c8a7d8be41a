//! What of a block's rows depends on nothing else: done on any thread, in any order.

use weir_datasets::{Block, BlockRow, Reject, Span, Text};
use weir_events::{Currency, EntityKind, normal_form};
use weir_features::bulk::transaction_hash;
use weir_features::{Field, OrderFields};

use crate::names::hash_of;
use crate::plan::Plan;
use crate::twofold::{Hash, Hasher};

/// A block with what was computed of its rows, in columns.
#[derive(Default)]
pub(crate) struct Prepared {
    pub(crate) block: Block,
    pub(crate) occurred_at: Vec<i64>,
    pub(crate) amount_minor: Vec<i64>,
    pub(crate) transactions: Vec<u32>,
    pub(crate) ids: Vec<Hash>,
    /// By named kind of the plan: hashes of the values, zeros where there is none.
    pub(crate) hashes: Vec<Vec<Hash>>,
    /// By needed feature of the plan; those of states are filled later.
    pub(crate) columns: Vec<Vec<f64>>,
}

/// The keys of hashes, the same for every thread.
#[derive(Clone, Default)]
pub(crate) struct Hashers {
    pub(crate) ids: Hasher,
    pub(crate) names: Hasher,
}

/// Codes of the words met so far: there are few, and finding one anew takes longer.
#[derive(Default)]
pub(crate) struct Words(Vec<(Field, String, f64)>);

const WORDS_MAX: usize = 64;

impl Prepared {
    /// Computes the columns of a block, of which rows in another currency are set aside.
    pub(crate) fn fill(
        &mut self,
        mut block: Block,
        plan: &Plan,
        currency: Currency,
        hashers: &Hashers,
        words: &mut Words,
        file: &std::path::Path,
    ) {
        set_aside(&mut block, currency, file);
        let (rows, scale) = (&block.rows, currency.minor_per_major());
        refill(&mut self.occurred_at, rows.iter().map(|row| row.occurred_at.micros()));
        refill(&mut self.amount_minor, rows.iter().map(|row| row.amount_minor));
        refill(&mut self.transactions, rows.iter().map(|row| with_id(&block, row, transaction_hash)));
        refill(&mut self.ids, rows.iter().map(|row| with_id(&block, row, |id| hashers.ids.hash(&id))));
        self.hashes.resize_with(plan.named.len(), Vec::new);
        for (kind, hashes) in plan.named.iter().zip(&mut self.hashes) {
            let hash =
                |span: Option<&Span>| span.map_or([0; 2], |span| hash_of(&hashers.names, block.text(*span)));
            refill(hashes, rows.iter().map(|row| hash(row.entities.get(*kind))));
        }
        self.columns.resize_with(plan.needed.len(), Vec::new);
        for (place, field) in &plan.fields {
            if let Some(column) = self.columns.get_mut(*place) {
                refill(column, rows.iter().map(|row| words.value(&block, row, *field, scale)));
            }
        }
        self.block = block;
    }

    /// Number of rows.
    pub(crate) const fn len(&self) -> usize {
        self.occurred_at.len()
    }

    /// Keeps some rows only.
    pub(crate) fn retain(&mut self, is_kept: &[bool]) {
        keep(&mut self.block.rows, is_kept);
        keep(&mut self.occurred_at, is_kept);
        keep(&mut self.amount_minor, is_kept);
        keep(&mut self.transactions, is_kept);
        keep(&mut self.ids, is_kept);
        self.hashes.iter_mut().for_each(|column| keep(column, is_kept));
        self.columns.iter_mut().filter(|column| !column.is_empty()).for_each(|column| keep(column, is_kept));
        for (before, _) in &mut self.block.labels {
            *before = is_kept.iter().take(*before).filter(|is_kept| **is_kept).count();
        }
    }
}

fn refill<T>(column: &mut Vec<T>, values: impl Iterator<Item = T>) {
    column.clear();
    column.extend(values);
}

fn keep<T>(column: &mut Vec<T>, is_kept: &[bool]) {
    let mut kept = is_kept.iter();
    column.retain(|_| kept.next().copied().unwrap_or(true));
}

/// The bytes of a row's id, unescaped.
fn with_id<T>(block: &Block, row: &BlockRow, of: impl Fn(&[u8]) -> T) -> T {
    let text = block.text(row.transaction_id);
    if text.is_escaped { of(text.plain().as_bytes()) } else { of(text.raw.as_bytes()) }
}

fn set_aside(block: &mut Block, currency: Currency, file: &std::path::Path) {
    if block.rows.iter().all(|row| row.currency == currency) {
        return;
    }
    let is_kept: Vec<bool> = block.rows.iter().map(|row| row.currency == currency).collect();
    for (row, _) in block.rows.iter().zip(&is_kept).filter(|(_, is_kept)| !**is_kept) {
        block.rejects.push(Reject {
            file: file.to_owned(),
            line: row.line,
            field: "currency".to_owned(),
            expected: format!("{currency}, the currency that is scored"),
            found: "string".to_owned(),
        });
    }
    for (before, _) in &mut block.labels {
        *before = is_kept.iter().take(*before).filter(|is_kept| **is_kept).count();
    }
    keep(&mut block.rows, &is_kept);
}

impl Words {
    /// Value of a field of the order; NaN if the row does not name it.
    pub(crate) fn value(&mut self, block: &Block, row: &BlockRow, field: Field, scale: i64) -> f64 {
        match field {
            Field::PaymentMethod => self.code(field, block.text(row.payment_method)),
            Field::ProductCategory => self.code(field, block.text(row.product_category)),
            _ => fields(block, row, field, scale).value(field),
        }
    }

    fn code(&mut self, field: Field, text: Text<'_>) -> f64 {
        if text.raw.is_empty() {
            return f64::NAN;
        }
        let is_it = |known: &&(Field, String, f64)| known.0 == field && known.1 == text.raw;
        if !text.is_escaped
            && let Some((_, _, code)) = self.0.iter().find(is_it)
        {
            return *code;
        }
        let plain = text.plain();
        let word = Some(&*plain);
        let fields = OrderFields { payment_method: word, product_category: word, ..OrderFields::default() };
        let code = fields.value(field);
        if !text.is_escaped && self.0.len() < WORDS_MAX {
            self.0.push((field, text.raw.to_owned(), code));
        }
        code
    }
}

fn fields(block: &Block, row: &BlockRow, field: Field, scale: i64) -> OrderFields<'static> {
    let is_shipped_elsewhere = match field {
        Field::ShippingDiffersFromBilling => is_shipped_elsewhere(block, row),
        _ => None,
    };
    OrderFields {
        occurred_at: row.occurred_at,
        amount_minor: row.amount_minor,
        minor_per_major: scale,
        quantity: row.quantity,
        customer_age: row.customer_age,
        account_age_days: row.account_age_days,
        payment_method: None,
        product_category: None,
        device_type: row.device_type,
        is_shipped_elsewhere,
    }
}

/// Whether the addresses differ in their normal forms, which mostly shows without making them.
fn is_shipped_elsewhere(block: &Block, row: &BlockRow) -> Option<bool> {
    let (shipping, billing) = (row.entities.shipping_address?, row.entities.billing_address?);
    let (shipping, billing) = (block.text(shipping), block.text(billing));
    if shipping.is_escaped == billing.is_escaped && shipping.raw == billing.raw {
        return Some(false);
    }
    let (shipping, billing) = (shipping.plain(), billing.plain());
    Some(normal_form(EntityKind::Address, &shipping) != normal_form(EntityKind::Address, &billing))
}
