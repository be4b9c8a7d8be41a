//! One line of JSON, read along the names that lines before it had.

use std::net::IpAddr;

use weir_events::{Currency, DeviceType, Entities, Kind, Timestamp};

use super::cursor::Cursor;
use super::field::{Known, What, known};
use super::moment::moment;
use super::number::Decimal;
use super::rows::BlockRow;
use super::text::Span;

/// What followed a field last time: everything up to the value.
#[derive(Clone, Default)]
struct Guess {
    literal: Vec<u8>,
    place: usize,
    is_wrapped: bool,
}

/// Reads lines whose fields mostly follow each other as they did before.
pub(crate) struct LineDecoder {
    currency: Currency,
    known: Vec<Known>,
    /// By place of the field before; the last one is the begin of a line.
    guesses: Vec<Guess>,
    /// Places of the fields that must be there: in events, in the shop's form.
    required: [u64; 2],
}

/// A row that is being read.
struct Draft {
    row: BlockRow,
    amount: Option<Decimal>,
    is_shop: bool,
    is_wrapped: bool,
    /// Places of the fields seen.
    seen: u64,
}

impl LineDecoder {
    pub(crate) fn new(currency: Currency) -> Self {
        let known = known();
        let bits = |is_shop: bool| {
            let is_required = |field: &Known| field.is_required && field.is_shop == is_shop;
            let places = known.iter().enumerate().filter(|(_, field)| is_required(field));
            places.fold(0, |bits, (place, _)| bits | 1 << place)
        };
        let (guesses, required) = (vec![Guess::default(); known.len() + 1], [bits(false), bits(true)]);
        Self { currency, known, guesses, required }
    }

    /// Reads a line that begins at the cursor, which is behind its object afterwards. `None` whenever the general
    /// decoder might see it otherwise: escapes by number, other names, another kind of value, anything wrong.
    pub(crate) fn row(&mut self, cursor: &mut Cursor<'_>, line: u64) -> Option<BlockRow> {
        let mut draft = Draft::new(self.currency, line);
        let mut before = self.known.len();
        while let Some(place) = self.next(cursor, before, &mut draft)? {
            let field = self.known.get(place)?;
            if before == self.known.len() {
                draft.is_shop = field.is_shop;
            }
            if draft.seen >> place & 1 == 1
                || draft.is_shop != field.is_shop
                || (draft.is_shop && draft.is_wrapped)
            {
                return None;
            }
            // `null` is an absent field.
            if !cursor.take_null() {
                draft.seen |= 1 << place;
                draft.value(cursor, field)?;
            } else if field.is_required || field.what == What::Version {
                return None;
            }
            before = place;
        }
        let required = self.required[usize::from(draft.is_shop)];
        (draft.seen & required == required).then_some(())?;
        draft.finish()
    }

    /// Goes to the next field's value; answers its place, or nothing at the end of the object.
    fn next(&mut self, cursor: &mut Cursor<'_>, before: usize, draft: &mut Draft) -> Option<Option<usize>> {
        let guess = self.guesses.get(before)?;
        if !guess.literal.is_empty() && cursor.take_all(&guess.literal) {
            draft.is_wrapped |= guess.is_wrapped;
            return Some(Some(guess.place));
        }
        let start = cursor.at;
        cursor.skip_blanks();
        let is_first = before == self.known.len();
        if !is_first && cursor.peek() == b'}' {
            cursor.at += 1;
            if draft.is_wrapped {
                cursor.skip_blanks();
                cursor.take(b'}')?;
            }
            return Some(None);
        }
        cursor.take(if is_first { b'{' } else { b',' })?;
        let mut name = key(cursor)?;
        let is_wrapped = is_first && name == b"transaction";
        if is_wrapped {
            cursor.take(b'{')?;
            name = key(cursor)?;
        }
        let place = self.known.iter().position(|field| field.name.as_bytes() == name)?;
        let literal = cursor.bytes.get(start..cursor.at)?.to_vec();
        *self.guesses.get_mut(before)? = Guess { literal, place, is_wrapped };
        draft.is_wrapped |= is_wrapped;
        Some(Some(place))
    }
}

/// A name without escapes, and its colon.
fn key<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    cursor.skip_blanks();
    let (start, is_escaped) = cursor.string()?;
    let name = cursor.bytes.get(start..cursor.at - 1)?;
    cursor.skip_blanks();
    cursor.take(b':')?;
    cursor.skip_blanks();
    (!is_escaped).then_some(name)
}

impl Draft {
    fn new(currency: Currency, line: u64) -> Self {
        let none = Span::NONE;
        let row = BlockRow {
            transaction_id: none,
            occurred_at: Timestamp::from_micros(0),
            amount_minor: 0,
            currency,
            entities: Entities {
                customer: none,
                merchant: None,
                card: None,
                device: None,
                ip: None,
                shipping_address: None,
                billing_address: None,
            },
            payment_method: none,
            product_category: none,
            device_type: None,
            quantity: None,
            customer_age: None,
            account_age_days: None,
            label: None,
            known_at: None,
            line,
        };
        Self { row, amount: None, is_shop: false, is_wrapped: false, seen: 0 }
    }

    fn value(&mut self, cursor: &mut Cursor<'_>, field: &Known) -> Option<()> {
        let row = &mut self.row;
        match field.what {
            What::Id => row.transaction_id = text(cursor, field)?,
            What::Customer => row.entities.customer = text(cursor, field)?,
            What::Merchant => row.entities.merchant = Some(text(cursor, field)?),
            What::Card => row.entities.card = Some(text(cursor, field)?),
            What::Device => row.entities.device = Some(text(cursor, field)?),
            What::Ip => row.entities.ip = Some(ip(cursor)?),
            What::ShippingAddress => row.entities.shipping_address = Some(text(cursor, field)?),
            What::BillingAddress => row.entities.billing_address = Some(text(cursor, field)?),
            What::PaymentMethod => row.payment_method = text(cursor, field)?,
            What::ProductCategory => row.product_category = text(cursor, field)?,
            What::Quantity => row.quantity = Some(integer(cursor, field)?),
            What::CustomerAge => row.customer_age = Some(integer(cursor, field)?),
            What::AccountAgeDays => row.account_age_days = Some(integer(cursor, field)?),
            What::DeviceType => row.device_type = Some(word(cursor).and_then(device_type)?),
            What::Time => row.occurred_at = moment(word(cursor)?, self.is_shop)?,
            What::Currency => row.currency = std::str::from_utf8(word(cursor)?).ok()?.parse().ok()?,
            What::Amount if self.is_shop => self.amount = Some(cursor.decimal()?),
            What::Amount => row.amount_minor = integer(cursor, field)?,
            What::OtherText => drop(text(cursor, field)?),
            What::Label => row.label = Some(cursor.integer(0, 1)? == 1),
            What::Ignored => drop(cursor.integer(0, 23)?),
            What::Version => drop(integer(cursor, field)?),
        }
        Some(())
    }

    /// In the row's own currency if it has one, wherever that stands.
    fn finish(mut self) -> Option<BlockRow> {
        if let Some(amount) = self.amount {
            let minor = amount.minor_units(self.row.currency.exponent())?;
            self.row.amount_minor = (minor <= weir_events::AMOUNT_MAX).then_some(minor)?;
        }
        Some(self.row)
    }
}

fn text(cursor: &mut Cursor<'_>, field: &Known) -> Option<Span> {
    let Kind::Text(most) = field.kind else { return None };
    cursor.text(most)
}

fn integer(cursor: &mut Cursor<'_>, field: &Known) -> Option<i64> {
    let Kind::Integer(least, most) = field.kind else { return None };
    cursor.integer(least, most)
}

/// A short text without escapes.
fn word<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let (start, is_escaped) = cursor.string()?;
    cursor.bytes.get(start..cursor.at - 1).filter(|_| !is_escaped)
}

fn device_type(word: &[u8]) -> Option<DeviceType> {
    DeviceType::ALL.iter().copied().find(|kind| kind.name().as_bytes() == word)
}

/// An IP address.
fn ip(cursor: &mut Cursor<'_>) -> Option<Span> {
    let start = cursor.at + 1;
    let text = word(cursor)?;
    let is_address = is_plain_v4(text) || std::str::from_utf8(text).ok()?.parse::<IpAddr>().is_ok();
    is_address.then_some(Span { start: start as u32, size: text.len() as u32, is_escaped: false })
}

/// Whether a text is an IPv4 address as it is mostly written.
fn is_plain_v4(text: &[u8]) -> bool {
    let (mut number, mut digits, mut dots) = (0_u32, 0, 0);
    for byte in text {
        match byte {
            b'0'..=b'9' if digits == 0 || number > 0 => {
                number = number * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 => (number, digits, dots) = (0, 0, dots + 1),
            _ => return false,
        }
        if number > 255 || dots > 3 {
            return false;
        }
    }
    dots == 3 && digits > 0
}
