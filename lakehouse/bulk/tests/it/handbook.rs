//! Handbook files: read by column if every row is right, row by row otherwise, with the same result.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use tempfile::tempdir;
use weir_bulk::{Request, Set, Summary};

use crate::support::{Table, batches, read, sample, write};

fn sums(table: &Table, prefix: &str, suffix: &str) -> [f64; 3] {
    ["1d", "7d", "30d"].map(|window| table.column(&format!("{prefix}_{window}{suffix}")).iter().sum())
}

fn whole() -> RecordBatch {
    let batches = batches(&sample("handbook.parquet"));
    let schema = batches[0].schema();
    let columns = (0..schema.fields().len()).map(|place| {
        let arrays: Vec<&dyn arrow_array::Array> =
            batches.iter().map(|batch| batch.column(place).as_ref()).collect();
        assert_eq!(arrays.len(), 1, "the sample is one batch");
        Arc::clone(batches[0].column(place))
    });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
}

fn store(batch: &RecordBatch, path: &Path) {
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn with(batch: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let place = batch.schema().index_of(name).unwrap();
    let mut columns = batch.columns().to_vec();
    columns[place] = column;
    RecordBatch::try_new(batch.schema(), columns).unwrap()
}

fn run(input: &Path, output: &Path) -> Summary {
    let mut request = Request::new(input, output);
    request.set = Set::Handbook;
    write(&request).unwrap()
}

#[test]
fn sums_of_the_sample() {
    let folder = tempdir().unwrap();
    let output = folder.path().join("features.parquet");
    let summary = run(&sample("handbook.parquet"), &output);
    assert_eq!((summary.rows_in, summary.rows_out, summary.rejected), (1_000, 1_000, 0));
    let table = read(&output);
    let rates = ["1d", "7d", "30d"].map(|window| {
        let counts = table.column(&format!("merchant_count_{window}_delayed"));
        let rates = table.column(&format!("merchant_fraud_rate_{window}_delayed"));
        counts.iter().zip(rates).map(|(count, rate)| (count * rate).round()).sum::<f64>()
    });
    assert_eq!(sums(&table, "customer_count", ""), CUSTOMER_COUNTS);
    assert_eq!(sums(&table, "merchant_count", "_delayed"), MERCHANT_COUNTS);
    assert_eq!(rates, MERCHANT_FRAUDS);
    let schema = batches(&output)[0].schema();
    assert_eq!(schema.field(0).data_type(), &DataType::Int64);
    let kind = |name: &str| schema.field_with_name(name).map(Field::data_type).cloned().unwrap();
    assert_eq!(kind("is_night"), DataType::Boolean);
    assert_eq!(kind("customer_count_7d"), DataType::Int64);
    assert_eq!(kind("customer_mean_amount_7d"), DataType::Float64);
}

const CUSTOMER_COUNTS: [f64; 3] = [2_186.0, 6_932.0, 11_265.0];
const MERCHANT_COUNTS: [f64; 3] = [273.0, 1_493.0, 1_927.0];
const MERCHANT_FRAUDS: [f64; 3] = [0.0, 4.0, 10.0];

#[test]
fn the_order_of_the_file_does_not_matter() {
    let folder = tempdir().unwrap();
    let batch = whole();
    let rows = batch.num_rows() as u32;
    // 7 and 1,000 have no common divisor: every row once, far from where it was.
    let order = UInt32Array::from_iter_values((0..rows).map(|row| row * 7 % rows));
    let columns = batch.columns().iter().map(|column| taken(column, &order)).collect();
    let shuffled = RecordBatch::try_new(batch.schema(), columns).unwrap();
    let [input, one, other] =
        ["in.parquet", "one.parquet", "other.parquet"].map(|name| folder.path().join(name));
    store(&shuffled, &input);
    run(&sample("handbook.parquet"), &one);
    run(&input, &other);
    assert!(std::fs::read(one).unwrap() == std::fs::read(other).unwrap());
}

fn taken(column: &ArrayRef, order: &UInt32Array) -> ArrayRef {
    let rows: Vec<ArrayRef> = order.values().iter().map(|row| column.slice(*row as usize, 1)).collect();
    let rows: Vec<&dyn arrow_array::Array> = rows.iter().map(AsRef::as_ref).collect();
    arrow_select::concat::concat(&rows).unwrap()
}

#[test]
fn one_wrong_row_is_rejected_and_the_others_stay_as_they_were() {
    let folder = tempdir().unwrap();
    let batch = whole();
    let [input, all, rest] =
        ["in.parquet", "all.parquet", "rest.parquet"].map(|name| folder.path().join(name));
    let mut amounts =
        batch.column_by_name("TX_AMOUNT").unwrap().as_primitive::<Float64Type>().values().to_vec();
    *amounts.last_mut().unwrap() = -1.0;
    store(&with(&batch, "TX_AMOUNT", Arc::new(Float64Array::from(amounts))), &input);
    run(&sample("handbook.parquet"), &all);
    let summary = run(&input, &rest);
    assert_eq!((summary.rows_in, summary.rows_out, summary.rejected), (1_000, 999, 1));
    let rejects = std::fs::read_to_string(summary.rejects.unwrap()).unwrap();
    assert!(rejects.contains(",1000,amount_minor,"), "{rejects}");
    let (all, rest) = (read(&all), read(&rest));
    assert_eq!(all.ids[..999], rest.ids);
    for (one, other) in all.columns.iter().zip(&rest.columns) {
        assert_eq!(one[..999], *other);
    }
}

#[test]
fn an_id_that_occurs_again_is_rejected() {
    let folder = tempdir().unwrap();
    let batch = whole();
    let [input, output] = ["in.parquet", "out.parquet"].map(|name| folder.path().join(name));
    let mut ids =
        batch.column_by_name("TRANSACTION_ID").unwrap().as_primitive::<Int64Type>().values().to_vec();
    ids[999] = ids[0];
    store(&with(&batch, "TRANSACTION_ID", Arc::new(Int64Array::from(ids))), &input);
    let summary = run(&input, &output);
    assert_eq!((summary.rows_out, summary.rejected), (999, 1));
    let rejects = std::fs::read_to_string(summary.rejects.unwrap()).unwrap();
    assert!(rejects.contains(",1000,transaction_id,"), "{rejects}");
}
