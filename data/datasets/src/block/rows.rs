//! The rows of a block.

use weir_events::{Currency, DeviceType, Entities, Label, Sensitive, Timestamp, Transaction};

use super::text::{Span, Text};
use crate::{Item, Reject};

/// One transaction, as far as features and scores read it. Its texts stand in the block.
#[derive(Clone, Debug)]
pub struct BlockRow {
    /// The shop's id of the order.
    pub transaction_id: Span,
    /// When it was placed.
    pub occurred_at: Timestamp,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// Its entities as they are written, not yet in their normal form; the customer is always there.
    pub entities: Entities<Span>,
    /// How it is paid.
    pub payment_method: Span,
    /// What is bought.
    pub product_category: Span,
    /// Kind of device.
    pub device_type: Option<DeviceType>,
    /// Pieces bought.
    pub quantity: Option<i64>,
    /// The customer's age.
    pub customer_age: Option<i64>,
    /// Age of the customer's account.
    pub account_age_days: Option<i64>,
    /// Whether it was fraud, if the file says so.
    pub label: Option<bool>,
    /// When that became known, microseconds; `None` if the file does not say.
    pub known_at: Option<i64>,
    /// Line on which it stands, from 1; in a Parquet file the number of the row.
    pub line: u64,
}

/// Rows, labels and rejects out of one piece of a file, in its order.
#[derive(Default)]
pub struct Block {
    /// The piece of the file that rows point into.
    pub(crate) lines: String,
    /// Size of `lines`; spans from there on stand in `extra`.
    pub(crate) base: usize,
    /// Texts of rows that do not stand in `lines` as they are.
    pub(crate) extra: String,
    /// The transactions.
    pub rows: Vec<BlockRow>,
    /// Labels that stand on their own, each with the number of rows before it.
    pub labels: Vec<(usize, Label)>,
    /// What was set aside.
    pub rejects: Vec<Reject>,
    /// Lines that it was made of.
    pub line_count: u64,
    /// Rows that the fast decoder could not read, so that the general one did.
    pub slow_rows: u64,
}

impl Block {
    /// The text of a span of this block; empty for none.
    #[inline]
    pub fn text(&self, span: Span) -> Text<'_> {
        let (start, size) = (span.start as usize, span.size as usize);
        let raw = match start.checked_sub(self.base) {
            None => self.lines.get(start..start + size),
            Some(start) => self.extra.get(start..start + size),
        };
        Text { raw: raw.unwrap_or_default(), is_escaped: span.is_escaped }
    }

    /// Empties it and gives its memory back for the next piece of the file.
    pub fn recycle(mut self) -> (Vec<u8>, Self) {
        let mut bytes = std::mem::take(&mut self.lines).into_bytes();
        bytes.clear();
        self.base = 0;
        self.extra.clear();
        self.rows.clear();
        self.labels.clear();
        self.rejects.clear();
        self.slow_rows = 0;
        self.line_count = 0;
        (bytes, self)
    }

    /// Takes in what a decoder has read on its own.
    pub fn push(&mut self, item: &Item, line: u64) {
        match item {
            Item::Label(label) => self.labels.push((self.rows.len(), label.clone())),
            Item::Row(row) => {
                self.push_transaction(&row.transaction, row.label, line);
                if let Some(last) = self.rows.last_mut() {
                    last.known_at = row.known_at.map(Timestamp::micros);
                }
            }
        }
    }

    /// Takes a transaction in.
    pub fn push_transaction(&mut self, transaction: &Transaction, label: Option<bool>, line: u64) {
        let (order, personal) = (&transaction.order, &transaction.personal);
        let mut open = |text: &Option<String>| text.as_ref().map(|text| self.keep(text));
        let merchant = open(&order.merchant_id);
        let payment_method = open(&order.payment_method).unwrap_or_default();
        let product_category = open(&order.product_category).unwrap_or_default();
        let mut hidden =
            |text: &Option<Sensitive<String>>| text.as_ref().map(|text| self.keep(text.expose()));
        let (card, device) = (hidden(&personal.card_id), hidden(&personal.device_id));
        let ip = hidden(&personal.ip_address);
        let shipping_address = hidden(&personal.shipping_address);
        let billing_address = hidden(&personal.billing_address);
        let customer = self.keep(personal.customer_id.expose());
        let row = BlockRow {
            transaction_id: self.keep(&order.transaction_id),
            occurred_at: order.occurred_at,
            amount_minor: order.amount_minor,
            currency: order.currency,
            entities: Entities { customer, merchant, card, device, ip, shipping_address, billing_address },
            payment_method,
            product_category,
            device_type: order.device_type,
            quantity: order.quantity,
            customer_age: order.customer_age,
            account_age_days: order.account_age_days,
            label,
            known_at: None,
            line,
        };
        self.rows.push(row);
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = (self.base + self.extra.len()) as u32;
        self.extra.push_str(text);
        Span { start, size: text.len() as u32, is_escaped: false }
    }
}
