//! Writes `data/samples` again, from the generator: `write_samples DIRECTORY`.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, TimestampNanosecondArray};
use parquet::arrow::ArrowWriter;
use weir_events::{Sensitive, Transaction};
use weir_generator::{EventKind, Generator, Settings, write_ndjson};

const COLUMNS: [&str; 16] = [
    "Transaction ID",
    "Customer ID",
    "Transaction Amount",
    "Transaction Date",
    "Payment Method",
    "Product Category",
    "Quantity",
    "Customer Age",
    "Customer Location",
    "Device Used",
    "IP Address",
    "Shipping Address",
    "Billing Address",
    "Is Fraudulent",
    "Account Age Days",
    "Transaction Hour",
];

type Rows = Vec<(Transaction, bool)>;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("say where to: write_samples DIRECTORY")?;
    let directory = Path::new(&directory);
    let rows = rows(settings(1_000))?;
    let is_place = |column: &str| column.ends_with("Address");
    let all: Vec<usize> = (0..COLUMNS.len()).collect();
    let few: Vec<usize> = all.iter().copied().filter(|index| !is_place(COLUMNS[*index])).collect();
    write_csv(&directory.join("shop_16_columns.csv"), &rows[..300], &all)?;
    write_csv(&directory.join("shop_13_columns.csv"), &rows[..300], &few)?;
    write_broken(&directory.join("shop_broken_rows.csv"), &rows[..10], &few)?;
    write_handbook(&directory.join("handbook.parquet"), &rows)?;
    write_ndjson(Generator::new(settings(200))?, File::create(directory.join("events.ndjson"))?)?;
    Ok(())
}

fn settings(transactions: u64) -> Settings {
    let mut settings = Settings { transactions, customers: 60, days: 20, ..Settings::default() };
    settings.shares.card_testing = 0.02;
    settings.shares.account_takeover = 0.02;
    settings
}

fn rows(settings: Settings) -> Result<Rows, Box<dyn Error>> {
    let placed = Generator::new(settings)?.filter_map(|event| match event.kind {
        EventKind::Transaction { transaction, is_fraud, .. } => Some((*transaction, is_fraud)),
        EventKind::Label(_) => None,
    });
    Ok(placed.collect())
}

fn cells(transaction: &Transaction, is_fraud: bool) -> [String; 16] {
    let (order, personal) = (&transaction.order, &transaction.personal);
    let time = order.occurred_at.to_string();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |value: Option<i64>| value.map(|number| number.to_string()).unwrap_or_default();
    let open = |value: &Option<Sensitive<String>>| {
        value.as_ref().map(|value| value.expose().to_owned()).unwrap_or_default()
    };
    // As in the public dataset, an address is two lines.
    let address = |value| open(value).replacen(", ", "\n", 1);
    let device = order.device_type.map(|device| device.name().to_owned());
    [
        order.transaction_id.clone(),
        personal.customer_id.expose().clone(),
        format!("{}.{:02}", order.amount_minor / 100, order.amount_minor % 100),
        time[..19].replace('T', " "),
        text(&order.payment_method),
        text(&order.product_category),
        number(order.quantity),
        number(order.customer_age),
        text(&order.customer_location),
        text(&device),
        open(&personal.ip_address),
        address(&personal.shipping_address),
        address(&personal.billing_address),
        u8::from(is_fraud).to_string(),
        number(order.account_age_days),
        (order.occurred_at.second_of_day() / 3_600).to_string(),
    ]
}

fn write_csv(path: &Path, rows: &[(Transaction, bool)], columns: &[usize]) -> Result<(), Box<dyn Error>> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(columns.iter().map(|index| COLUMNS[*index]))?;
    for (transaction, is_fraud) in rows {
        let cells = cells(transaction, *is_fraud);
        writer.write_record(columns.iter().map(|index| &cells[*index]))?;
    }
    Ok(writer.flush()?)
}

/// Ten rows; every second one has one wrong cell, the last wrong one lacks a column.
fn write_broken(path: &Path, rows: &[(Transaction, bool)], columns: &[usize]) -> Result<(), Box<dyn Error>> {
    let wrong = [(2, "12,50"), (3, "yesterday"), (6, "0"), (9, "toaster")];
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(path)?;
    writer.write_record(columns.iter().map(|index| COLUMNS[*index]))?;
    for (index, (transaction, is_fraud)) in rows.iter().enumerate() {
        let mut cells = cells(transaction, *is_fraud);
        let change = wrong.get(index / 2).filter(|_| index % 2 == 1);
        if let Some((column, value)) = change {
            cells[*column] = (*value).to_owned();
        }
        let kept = if index == 9 { &columns[..columns.len() - 1] } else { columns };
        writer.write_record(kept.iter().map(|column| &cells[*column]))?;
    }
    Ok(writer.flush()?)
}

fn write_handbook(path: &Path, rows: &[(Transaction, bool)]) -> Result<(), Box<dyn Error>> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<i64>();
    let integers = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let orders = || rows.iter().map(|(transaction, _)| &transaction.order);
    let customers: Result<Vec<i64>, _> =
        rows.iter().map(|(transaction, _)| digits(transaction.personal.customer_id.expose())).collect();
    let terminals: Result<Vec<i64>, _> =
        orders().map(|order| digits(order.merchant_id.as_deref().unwrap_or("0"))).collect();
    let times = orders().map(|order| order.occurred_at.micros() * 1_000);
    let times: ArrayRef = Arc::new(TimestampNanosecondArray::from_iter_values(times));
    let amounts = orders().map(|order| order.amount_minor as f64 / 100.0);
    let amounts: ArrayRef = Arc::new(Float64Array::from_iter_values(amounts));
    let batch = RecordBatch::try_from_iter([
        ("TRANSACTION_ID", integers((0..rows.len() as i64).collect())),
        ("TX_DATETIME", times),
        ("CUSTOMER_ID", integers(customers?)),
        ("TERMINAL_ID", integers(terminals?)),
        ("TX_AMOUNT", amounts),
        ("TX_FRAUD", integers(rows.iter().map(|(_, is_fraud)| i64::from(*is_fraud)).collect())),
    ])?;
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}
