//! Files that are not as they should be.

use weir_jobs::Fault;

use crate::home::{HEADER, Home, rows};

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_and_other_line_ends_are_read() {
    let home = Home::new();
    let content = format!("\u{feff}{}\n", rows(0..50)).replace('\n', "\r\n");
    let summary = home.import("a.csv", content).await.unwrap();
    assert_eq!((summary.transactions, summary.rejected), (50, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_header_is_told_before_anything_is_read() {
    let home = Home::new();
    let content = rows(0..50).replace("Transaction Amount", "Amount");
    home.import("good.csv", rows(0..20)).await.unwrap();
    let error = home.import("a.csv", content).await.unwrap_err();
    let text = format!("{error:#}");
    for part in
        ["a.csv", "no known format", "in line 1", "but not [Transaction Amount]", "weir mapping guess"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(
        home.ask("SELECT count(DISTINCT file_hash) FROM bronze.imports").await,
        "1",
        "nothing was read"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_quote_takes_its_row_and_no_more() {
    let home = Home::new();
    let content = rows(0..50).replace("t-20,", "\"t-20,");
    let summary = home.import("a.csv", content).await.unwrap();
    assert_eq!((summary.transactions, summary.rejected), (49, 1));
    let rejects = std::fs::read_to_string(summary.rejects_file.unwrap()).unwrap();
    assert_eq!(rejects.lines().count(), 2, "{rejects}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_another_encoding_are_rejected_with_their_line() {
    let home = Home::new();
    let mut content = rows(0..50).into_bytes();
    content.extend_from_slice(b"\nt-99,c-1,1.00,2024-01-01 00:00:00,card,K\xf6ln,33,0");
    let summary = home.import("a.csv", content).await.unwrap();
    assert_eq!((summary.transactions, summary.rejected), (50, 1));
    let rejects = std::fs::read_to_string(summary.rejects_file.unwrap()).unwrap();
    assert!(rejects.contains(",52,customer_location,UTF-8 text"), "{rejects}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_that_is_never_closed_takes_its_line_and_not_the_rest_of_the_file() {
    let home = Home::new();
    let mut content = rows(0..30_000).replace("t-20,", "t-20,\"");
    content.push('\n');
    let summary = home.import("a.csv", content).await.unwrap();
    assert_eq!((summary.transactions, summary.rejected), (29_999, 1));
    let rejects = std::fs::read_to_string(summary.rejects_file.unwrap()).unwrap();
    assert!(rejects.contains(",22,row,") && rejects.contains("the one opened on line 22"), "{rejects}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bytes_a_letter_are_told_before_anything_is_read() {
    let home = Home::new();
    for (mark, bytes) in [
        ("\u{feff}", u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("", u16::to_le_bytes),
        ("\u{feff}", u16::to_be_bytes),
    ] {
        let text = format!("{mark}{}", rows(0..20));
        let content: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
        let error = home.import("a.csv", content).await.unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("a.csv") && text.contains("UTF-16") && text.contains("iconv"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_parquet_file_is_told() {
    let home = Home::new();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/samples/handbook.parquet");
    let whole = std::fs::read(sample).unwrap();
    for size in [5, whole.len() / 2, whole.len() - 1] {
        let error = home.import("a.parquet", &whole[..size]).await.unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("a.parquet") && text.contains("check that it is complete"), "{text}");
    }
    let summary = home.import("b.parquet", whole).await.unwrap();
    assert_eq!(summary.transactions, 1_000);
    home.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_another_currency_are_rejected_by_name() {
    let home = Home::new();
    let content = format!("{HEADER},Currency\nt-1,c-1,1.00,2024-01-01 00:00:00,card,North,33,0,EUR");
    let summary = home.import("a.csv", content).await.unwrap();
    assert_eq!((summary.transactions, summary.rejected), (0, 1));
    let rejects = std::fs::read_to_string(summary.rejects_file.unwrap()).unwrap();
    assert!(rejects.contains("`USD`") && rejects.contains("`EUR`"), "{rejects}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_a_feature_of_others_is_refused_by_name() {
    let home = Home::new();
    home.import("a.csv", rows(0..20)).await.unwrap();
    let log = home.folder.path().join("lake/tables/silver/transactions/_delta_log/00000000000000000099.json");
    let entries = std::fs::read_dir(log.parent().unwrap()).unwrap().count();
    let next = log.with_file_name(format!("{:020}.json", entries - 1));
    let protocol = r#"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[],"writerFeatures":["appendOnly","aFeatureOfTomorrow"]}}"#;
    std::fs::write(next, protocol).unwrap();
    let error = home.import("b.csv", rows(20..40)).await.unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("silver.transactions") && text.contains("aFeatureOfTomorrow"), "{text}");
    let error = home.job("maintain", Fault::None).await.unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("silver.transactions") && text.contains("aFeatureOfTomorrow"), "{text}");
}
