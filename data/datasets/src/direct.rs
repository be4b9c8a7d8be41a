//! Rows of CSV files whose columns are fields as they stand: transactions without a JSON object in between.
//!
//! Whatever is not as expected is left to the general way, which says what is wrong; so both give the same rows.

use std::borrow::Cow;
use std::net::IpAddr;

use weir_events::{Currency, DeviceType, Field, Kind, PlainPersonal, PlainTransaction, Timestamp};

use crate::cells::Cells;
use crate::mapping::{Origin, Rule, Shape};

/// A column, its field, and where its value goes.
struct Column {
    index: usize,
    field: &'static Field,
    slot: Slot,
    shape: Shape,
}

/// Fields that a column can be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Id,
    OccurredAt,
    Amount,
    Currency,
    Merchant,
    PaymentMethod,
    ProductCategory,
    Location,
    Quantity,
    Age,
    AccountAge,
    Device,
    Personal(usize),
}

/// Personal fields; the customer is the first.
const PERSONAL: [&str; 8] = [
    "customer_id",
    "card_id",
    "device_id",
    "ip_address",
    "shipping_address",
    "billing_address",
    "email",
    "customer_name",
];

/// Columns of a file all of which are fields as they stand.
pub(crate) struct Direct {
    columns: Vec<Column>,
}

impl Direct {
    /// `None` if one of the rules is more than a column, or changes words.
    pub(crate) fn of(rules: &[Rule<usize>]) -> Option<Self> {
        let column = |rule: &Rule<usize>| {
            let Origin::Column(index) = &rule.origin else { return None };
            let is_plain = match &rule.shape {
                Shape::Text(words) | Shape::Word(words) => words.is_empty(),
                _ => true,
            };
            let slot = slot(rule.field.name).filter(|_| is_plain)?;
            Some(Column { index: *index, field: rule.field, slot, shape: rule.shape.clone() })
        };
        Some(Self { columns: rules.iter().map(column).collect::<Option<_>>()? })
    }

    /// The transaction of a row; `None` if the general way has to look at it.
    pub(crate) fn transaction<'a>(
        &self,
        cells: &Cells<'a>,
        currency: Currency,
    ) -> Option<PlainTransaction<'a>> {
        let mut texts: [Option<&'a str>; 5] = Default::default();
        let mut personal: [Option<&'a str>; PERSONAL.len()] = Default::default();
        let mut numbers: [Option<i64>; 4] = Default::default();
        let (mut occurred_at, mut device_type, mut currency) = (None, None, currency);
        for column in &self.columns {
            let text = match cells.text(column.index).ok()? {
                None => continue,
                Some(Cow::Borrowed(text)) => text,
                Some(Cow::Owned(_)) => return None,
            };
            match column.slot {
                Slot::OccurredAt => occurred_at = Some(moment(&column.shape, text)?),
                Slot::Currency => currency = text.parse().ok()?,
                Slot::Device => device_type = Some(device(text)?),
                Slot::Amount => numbers[0] = Some(number(column, text, currency)?),
                Slot::Quantity => numbers[1] = Some(number(column, text, currency)?),
                Slot::Age => numbers[2] = Some(number(column, text, currency)?),
                Slot::AccountAge => numbers[3] = Some(number(column, text, currency)?),
                Slot::Id => texts[0] = Some(fitting(column.field, text)?),
                Slot::Merchant => texts[1] = Some(fitting(column.field, text)?),
                Slot::PaymentMethod => texts[2] = Some(fitting(column.field, text)?),
                Slot::ProductCategory => texts[3] = Some(fitting(column.field, text)?),
                Slot::Location => texts[4] = Some(fitting(column.field, text)?),
                Slot::Personal(place) => {
                    *personal.get_mut(place)? = Some(fitting(column.field, text)?);
                }
            }
        }
        let [transaction_id, merchant_id, payment_method, product_category, customer_location] = texts;
        let [amount_minor, quantity, customer_age, account_age_days] = numbers;
        let [customer, card_id, device_id, ip_address, shipping_address, billing_address, email, name] =
            personal;
        let personal = PlainPersonal {
            customer_id: customer?,
            card_id,
            device_id,
            ip_address,
            shipping_address,
            billing_address,
            email,
            customer_name: name,
        };
        Some(PlainTransaction {
            transaction_id: transaction_id?,
            occurred_at: occurred_at?,
            amount_minor: amount_minor?,
            currency,
            merchant_id,
            payment_method,
            product_category,
            quantity,
            customer_age,
            customer_location,
            device_type,
            account_age_days,
            personal,
        })
    }
}

fn slot(name: &str) -> Option<Slot> {
    Some(match name {
        "transaction_id" => Slot::Id,
        "occurred_at" => Slot::OccurredAt,
        "amount_minor" => Slot::Amount,
        "currency" => Slot::Currency,
        "merchant_id" => Slot::Merchant,
        "payment_method" => Slot::PaymentMethod,
        "product_category" => Slot::ProductCategory,
        "customer_location" => Slot::Location,
        "quantity" => Slot::Quantity,
        "customer_age" => Slot::Age,
        "account_age_days" => Slot::AccountAge,
        "device_type" => Slot::Device,
        other => Slot::Personal(PERSONAL.iter().position(|known| *known == other)?),
    })
}

fn moment(shape: &Shape, text: &str) -> Option<Timestamp> {
    let Shape::Time(form) = shape else { return None };
    form.moment(text).filter(|moment| moment.is_in_range())
}

fn device(text: &str) -> Option<DeviceType> {
    DeviceType::from_name(text).or_else(|| DeviceType::from_name(&text.to_lowercase()))
}

fn number(column: &Column, text: &str, currency: Currency) -> Option<i64> {
    let Kind::Integer(least, most) = column.field.kind else { return None };
    let number = match &column.shape {
        Shape::Integer(form) => form.integer(text)?,
        Shape::Amount(form) => form.minor_units(text, currency.exponent())?,
        _ => return None,
    };
    (least..=most).contains(&number).then_some(number)
}

/// A text within the limits of its field; longer ones may be fine by their letters, which the general way counts.
fn fitting<'a>(field: &Field, text: &'a str) -> Option<&'a str> {
    let fits = match field.kind {
        Kind::Text(most) => text.len() <= most && !text.trim_ascii().is_empty(),
        Kind::Ip => text.parse::<IpAddr>().is_ok(),
        _ => false,
    };
    fits.then_some(text)
}
