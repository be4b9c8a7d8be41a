//! Writes the samples of `data/samples` that need a mapping: `write_foreign_samples DIRECTORY`.

use std::error::Error;
use std::path::Path;

use weir_events::{Sensitive, Timestamp, Transaction};
use weir_generator::{EventKind, Generator, Settings};

/// Columns of the Sparkov simulator.
const CARDS: [&str; 23] = [
    "",
    "trans_date_trans_time",
    "cc_num",
    "merchant",
    "category",
    "amt",
    "first",
    "last",
    "gender",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "long",
    "city_pop",
    "job",
    "dob",
    "trans_num",
    "unix_time",
    "merch_lat",
    "merch_long",
    "is_fraud",
];
/// Columns of the `PaySim` simulator.
const MOBILE: [&str; 11] = [
    "step",
    "type",
    "amount",
    "nameOrig",
    "oldbalanceOrg",
    "newbalanceOrig",
    "nameDest",
    "oldbalanceDest",
    "newbalanceDest",
    "isFraud",
    "isFlaggedFraud",
];
/// A shop that writes as Germans do.
const GERMAN: [&str; 11] = [
    "Order Number",
    "Order Date",
    "Customer",
    "Total",
    "Currency",
    "Device",
    "E-Mail",
    "Client IP",
    "Loyalty Points",
    "Fraud",
    "Chargeback Date",
];

/// 2026-01-01, the first day of the generated shop.
const FIRST_DAY: i64 = 1_767_225_600;

type Rows = Vec<(Transaction, bool)>;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("say where to: write_foreign_samples DIRECTORY")?;
    let directory = Path::new(&directory);
    let rows = rows()?;
    write(&directory.join("sparkov_style.csv"), b',', &CARDS, rows.iter().enumerate().map(cards))?;
    write(&directory.join("paysim_style.csv"), b',', &MOBILE, rows.iter().enumerate().map(mobile))?;
    write(&directory.join("german_shop.csv"), b';', &GERMAN, rows.iter().enumerate().map(german))
}

fn rows() -> Result<Rows, Box<dyn Error>> {
    let mut settings = Settings { transactions: 200, customers: 30, days: 20, ..Settings::default() };
    settings.shares.card_testing = 0.03;
    settings.shares.account_takeover = 0.03;
    let placed = Generator::new(settings)?.filter_map(|event| match event.kind {
        EventKind::Transaction { transaction, is_fraud, .. } => Some((*transaction, is_fraud)),
        EventKind::Label(_) => None,
    });
    Ok(placed.collect())
}

fn write<const N: usize>(
    path: &Path,
    delimiter: u8,
    header: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<(), Box<dyn Error>> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_path(path)?;
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}

fn cards((index, (transaction, is_fraud)): (usize, &(Transaction, bool))) -> [String; 23] {
    let order = &transaction.order;
    let person = customer(transaction);
    let card = format!("99{:014}", 1_000_003 * (person + 1));
    let (degree, minute) = (person % 60, index % 60);
    [
        index.to_string(),
        local(order.occurred_at, "-"),
        card,
        order.merchant_id.clone().unwrap_or_default(),
        order.product_category.clone().unwrap_or_default(),
        major(order.amount_minor, '.'),
        format!("given{person}"),
        format!("family{person}"),
        if person.is_multiple_of(2) { "F" } else { "M" }.to_owned(),
        format!("{} Example Street", person + 1),
        order.customer_location.clone().unwrap_or_default(),
        "EX".to_owned(),
        format!("{:05}", 10_000 + person),
        format!("{degree}.{minute:04}"),
        format!("-{degree}.{minute:04}"),
        (1_000 + 37 * person).to_string(),
        format!("job{}", person % 7),
        format!("19{:02}-03-1{}", 50 + person % 40, person % 10),
        format!("{:032x}", 7_919 * (index as u128 + 1)),
        (order.occurred_at.micros() / 1_000_000).to_string(),
        format!("{degree}.{minute:05}"),
        format!("-{degree}.{minute:05}"),
        u8::from(*is_fraud).to_string(),
    ]
}

fn mobile((index, (transaction, is_fraud)): (usize, &(Transaction, bool))) -> [String; 11] {
    let order = &transaction.order;
    let step = (order.occurred_at.micros() / 1_000_000 - FIRST_DAY) / 3_600 + 1;
    let before = order.amount_minor + 100 * index as i64;
    [
        step.to_string(),
        ["PAYMENT", "TRANSFER", "CASH_OUT"][index % 3].to_owned(),
        major(order.amount_minor, '.'),
        format!("C{:09}", customer(transaction)),
        major(before, '.'),
        major(before - order.amount_minor, '.'),
        format!(
            "M{}",
            order
                .merchant_id
                .clone()
                .unwrap_or_default()
                .replace(|letter: char| !letter.is_ascii_digit(), "")
        ),
        "0.0".to_owned(),
        "0.0".to_owned(),
        u8::from(*is_fraud).to_string(),
        "0".to_owned(),
    ]
}

fn german((index, (transaction, is_fraud)): (usize, &(Transaction, bool))) -> [String; 11] {
    let order = &transaction.order;
    // A few orders of many pieces, so that thousands are written.
    let factor = if index % 10 == 0 { 100 } else { 1 };
    let charged_back = order.occurred_at.plus_micros(21 * 86_400_000_000);
    [
        order.transaction_id.clone(),
        day_first(order.occurred_at, true),
        open(&Some(transaction.personal.customer_id.clone())),
        thousands(&major(order.amount_minor * factor, ',')),
        "EUR".to_owned(),
        ["PC", "Smartphone", "Tablet"][index % 3].to_owned(),
        open(&transaction.personal.email),
        open(&transaction.personal.ip_address),
        (17 * index % 400).to_string(),
        if *is_fraud { "Y" } else { "N" }.to_owned(),
        if *is_fraud { day_first(charged_back, false) } else { String::new() },
    ]
}

fn customer(transaction: &Transaction) -> usize {
    let id = transaction.personal.customer_id.expose();
    id.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

fn open(value: &Option<Sensitive<String>>) -> String {
    value.as_ref().map(|value| value.expose().clone()).unwrap_or_default()
}

fn major(minor: i64, separator: char) -> String {
    format!("{}{separator}{:02}", minor / 100, minor % 100)
}

fn thousands(amount: &str) -> String {
    let (whole, fraction) = amount.split_once(',').unwrap_or((amount, "00"));
    let split = whole.len().saturating_sub(3);
    if split == 0 { amount.to_owned() } else { format!("{}.{},{fraction}", &whole[..split], &whole[split..]) }
}

fn local(moment: Timestamp, separator: &str) -> String {
    moment.to_string()[..19].replace('T', " ").replace('-', separator)
}

/// As `31.01.2026 08:00`, or the day alone.
fn day_first(moment: Timestamp, has_time: bool) -> String {
    let text = moment.to_string();
    let day = format!("{}.{}.{}", &text[8..10], &text[5..7], &text[..4]);
    if has_time { format!("{day} {}", &text[11..16]) } else { day }
}
