//! Rows in = rows out + rejected, whatever stands in the cells.

use proptest::prelude::*;
use weir_datasets::Options;

use crate::samples::read;

const HEADER: [&str; 6] =
    ["Transaction ID", "Customer ID", "Transaction Amount", "Transaction Date", "Quantity", "Is Fraudulent"];

fn row() -> impl Strategy<Value = (Vec<Vec<u8>>, bool)> {
    let good = ["t-1", "c-1", "12.50", "2024-01-31 08:00:00", "2", "1"].map(|cell| cell.as_bytes().to_vec());
    let wrong = proptest::collection::vec(any::<u8>(), 0..12);
    prop_oneof![
        Just((good.to_vec(), true)),
        (0..6_usize, wrong.clone()).prop_map({
            let good = good.to_vec();
            move |(column, bytes)| {
                let mut cells = good.clone();
                cells[column] = bytes;
                (cells, false)
            }
        }),
        proptest::collection::vec(wrong, 2..9).prop_map(|cells| (cells, false)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_row_is_lost(rows in proptest::collection::vec(row(), 0..30)) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = csv::WriterBuilder::new().flexible(true).from_path(file.path()).unwrap();
        writer.write_record(HEADER).unwrap();
        for (cells, _) in &rows {
            writer.write_record(cells).unwrap();
        }
        writer.flush().unwrap();
        let (items, counts, rejects) = read(file.path(), &Options::default());
        prop_assert_eq!(counts.rows_in, rows.len() as u64);
        prop_assert_eq!(counts.rows_in, counts.rows_out + counts.rejected);
        prop_assert_eq!(counts.rows_out, items.len() as u64);
        prop_assert!(counts.rows_out >= rows.iter().filter(|(_, is_good)| *is_good).count() as u64);
        prop_assert_eq!(rejects.is_some(), counts.rejected > 0);
    }
}
