//! Throughput of decoding lines of JSON, one core: blocks along the names of the line before, and line by line.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]

use std::path::Path;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use weir_datasets::{Block, BlockDecoder, Options, open};

const ROWS: usize = 500;

fn main() {
    divan::main();
}

/// Lines with the public shop dataset's column names.
fn shop() -> Vec<u8> {
    let line = |row: usize| {
        format!(
            concat!(
                r#"{{"Transaction ID":"{:08x}-0001-4a5b-8c6d-000000000001","Customer ID":"9d391707-0b05-4a5b-8c6d-{:012x}","#,
                r#""Transaction Amount":{}.{:02},"Transaction Date":"2024-01-01 00:{:02}:06","Payment Method":"PayPal","#,
                r#""Product Category":"home & garden","Quantity":4,"Customer Age":65,"Customer Location":"City{}","#,
                r#""Device Used":"mobile","IP Address":"203.155.51.{}","Shipping Address":"USNV {} Street\nTown, ST","#,
                r#""Billing Address":"USNV {} Street\nTown, ST","Is Fraudulent":0,"Account Age Days":315,"#,
                r#""Transaction Hour":0}}"#,
            ),
            row,
            row % 40,
            row * 7,
            row % 100,
            row % 60,
            row % 90,
            row % 256,
            row % 40,
            row % 40,
        )
    };
    (0..ROWS).map(|row| line(row) + "\n").collect::<String>().into_bytes()
}

/// Events as the generator writes them.
fn events() -> Vec<u8> {
    let settings =
        weir_generator::Settings { transactions: ROWS as u64, customers: 50, ..Default::default() };
    let events = weir_generator::Generator::new(settings).unwrap();
    let mut bytes = Vec::new();
    let orders = events.filter(|event| matches!(event.kind, weir_generator::EventKind::Transaction { .. }));
    weir_generator::write_ndjson(orders, &mut bytes).unwrap();
    bytes
}

fn blocks(bencher: Bencher, lines: &[u8]) {
    let mut decoder = BlockDecoder::new(Path::new("lines.ndjson"), &Options::default());
    let mut spare = Some(Block::default());
    bencher.counter(ItemsCount::new(ROWS)).counter(BytesCount::new(lines.len())).bench_local(|| {
        let (mut bytes, block) = spare.take().unwrap_or_default().recycle();
        bytes.extend_from_slice(lines);
        let block = decoder.decode(bytes, 1, block);
        assert_eq!(block.rows.len(), ROWS);
        spare = Some(block);
    });
}

#[divan::bench]
fn shop_in_blocks(bencher: Bencher) {
    blocks(bencher, &shop());
}

#[divan::bench]
fn events_in_blocks(bencher: Bencher) {
    blocks(bencher, &events());
}

#[divan::bench]
fn shop_line_by_line(bencher: Bencher) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), shop()).unwrap();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        for item in open(file.path(), &Options::default()).unwrap() {
            black_box(item.unwrap());
        }
    });
}
