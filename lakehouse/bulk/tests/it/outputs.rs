//! The output file: whole or not there, the same at any number of threads, in both forms.

use tempfile::tempdir;
use weir_bulk::{Progress, Request, Set, Stage, features};

use crate::support::{copy, read, sample, write};

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = tempdir().unwrap();
    for (name, form) in
        [("handbook.parquet", "parquet"), ("shop_16_columns.csv", "csv"), ("events.ndjson", "parquet")]
    {
        let input = copy(&folder, name);
        let mut written = Vec::new();
        for threads in [1, 2, 5] {
            let mut request = Request::new(&input, &folder.path().join(format!("{threads}.{form}")));
            request.threads = Some(threads);
            write(&request).unwrap();
            written.push(std::fs::read(&request.output).unwrap());
        }
        assert!(written.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
    }
}

#[test]
fn csv_holds_what_parquet_holds() {
    let folder = tempdir().unwrap();
    let input = copy(&folder, "shop_13_columns.csv");
    let mut request = Request::new(&input, &folder.path().join("features.parquet"));
    write(&request).unwrap();
    let table = read(&request.output);
    request.output.set_extension("csv");
    write(&request).unwrap();
    let mut rows = csv::Reader::from_path(&request.output).unwrap();
    let header: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[0], "transaction_id");
    assert_eq!(header[1..], table.names);
    let mut count = 0;
    for (place, row) in rows.records().enumerate() {
        let row = row.unwrap();
        assert_eq!(row[0], table.ids[place]);
        for (cell, column) in row.iter().skip(1).zip(&table.columns) {
            let value = match cell {
                "" => f64::NAN,
                "true" => 1.0,
                "false" => 0.0,
                number => number.parse().unwrap(),
            };
            let is_same = value == column[place] || (value.is_nan() && column[place].is_nan());
            assert!(is_same, "{cell} and {}", column[place]);
        }
        count += 1;
    }
    assert_eq!(count, table.ids.len());
}

#[test]
fn nothing_is_left_behind_by_a_run_that_fails() {
    let folder = tempdir().unwrap();
    let request = Request::new(&sample("handbook.parquet"), &folder.path().join("no").join("f.parquet"));
    assert!(write(&request).is_err());
    let output = folder.path().join("taken.parquet");
    std::fs::create_dir(&output).unwrap();
    let input = copy(&folder, "handbook.parquet");
    assert!(write(&Request::new(&input, &output)).is_err());
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn progress_ends_at_the_last_row() {
    let folder = tempdir().unwrap();
    let mut request = Request::new(&sample("handbook.parquet"), &folder.path().join("f.parquet"));
    request.set = Set::Handbook;
    let mut last = None;
    features(&request, &mut |progress| last = Some(progress)).unwrap();
    assert_eq!(last, Some(Progress { stage: Stage::Writing, done: 1_000, total: 1_000 }));
}

#[test]
fn a_file_without_rows_becomes_a_file_without_rows() {
    let folder = tempdir().unwrap();
    let mut request = Request::new(&sample("handbook.parquet"), &folder.path().join("f.parquet"));
    request.limit = Some(0);
    let summary = write(&request).unwrap();
    assert_eq!((summary.rows_in, summary.rows_out), (0, 0));
    assert!(request.output.is_file());
}
