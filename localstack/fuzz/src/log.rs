//! Segments of the in-process log, and checkpoint files.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use weir_streams::fuzzing::{MAGIC, checkpoint, encode, recover};

use crate::folder;
use crate::source::Source;

/// A segment of any bytes, or one that was written and then damaged.
pub fn check(bytes: &[u8]) {
    let mut source = Source(bytes);
    match source.byte() % 4 {
        0 => any_bytes(source.0),
        1 => checkpoints(source.0),
        _ => damaged(&mut source),
    }
}

fn segment(first: u64) -> PathBuf {
    folder().join(format!("{first:020}.log"))
}

fn lay_down(first: u64, content: &[u8]) -> PathBuf {
    for entry in fs::read_dir(folder()).expect("a folder").flatten() {
        fs::remove_file(entry.path()).expect("a file of ours");
    }
    let path = segment(first);
    fs::write(&path, content).expect("a folder in memory");
    path
}

/// Whatever stands in the file, opening it twice gives the same records, in order.
fn any_bytes(bytes: &[u8]) {
    let path = lay_down(1, &[MAGIC.as_slice(), bytes].concat());
    let Ok((records, damages)) = recover(folder()) else { return };
    let sequences =
        records.iter().map(|record| record.position.sequence.as_str().parse::<u64>().expect("a number"));
    let sequences: Vec<u64> = sequences.collect();
    assert!(sequences.is_sorted_by(|left, right| left < right));
    let kept = fs::read(&path).expect("it is there");
    assert!(kept.len() >= MAGIC.len() && [MAGIC.as_slice(), bytes].concat().starts_with(&kept));
    let (again, same) = recover(folder()).expect("what was opened can be opened");
    assert!(again == records && same == damages, "opened again it holds something else");
}

/// Nothing that is whole is lost unless it was never acknowledged, and nothing is made up.
fn damaged(source: &mut Source<'_>) {
    let first = 1 + u64::from(source.byte() % 8) * 1_000;
    let changes: Vec<(u16, u8)> = (0..source.byte() % 4).map(|_| (source.short(), source.byte())).collect();
    let cut = source.short();
    let (mut content, mut records) = (MAGIC.to_vec(), BTreeMap::new());
    let (mut sequence, mut flush) = (first, 0);
    while !source.is_empty() && records.len() < 60 {
        flush += 1;
        for index in 0..u32::from(1 + source.byte() % 5) {
            let key = "k".repeat(usize::from(source.byte() % 6));
            let payload = vec![source.byte(); usize::from(source.byte())];
            let start = content.len();
            encode(sequence, index, &key, &payload, &mut content);
            records.insert(sequence, (flush, start..content.len(), key, payload));
            sequence += 1;
        }
    }
    let mut broken = content.clone();
    for (at, bits) in changes {
        let length = broken.len() - MAGIC.len();
        if let Some(byte) = broken.get_mut(MAGIC.len() + usize::from(at) % length.max(1)) {
            *byte ^= bits;
        }
    }
    if cut % 3 == 0 {
        broken.truncate(MAGIC.len() + usize::from(cut) % (broken.len() - MAGIC.len() + 1));
    }
    lay_down(first, &broken);
    let (found, _) = recover(folder()).expect("a segment with its first bytes can be opened");
    let mut read = BTreeMap::new();
    for record in found {
        let number: u64 = record.position.sequence.as_str().parse().expect("a number");
        let (_, _, key, payload) = records.get(&number).expect("a record that nobody wrote");
        assert!(record.key == *key && record.bytes == *payload, "a record that nobody wrote");
        read.insert(number, ());
    }
    let is_whole = |place: &std::ops::Range<usize>| broken.get(place.clone()) == content.get(place.clone());
    let last = records.values().filter(|record| is_whole(&record.1)).map(|record| record.0).max();
    for (number, (flush, place, ..)) in &records {
        let was_acknowledged = Some(*flush) < last;
        assert!(
            !was_acknowledged || !is_whole(place) || read.contains_key(number),
            "record {number} is lost"
        );
    }
}

fn checkpoints(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(written) = checkpoint(text) {
        assert_eq!(checkpoint(&written).as_ref(), Some(&written));
    }
    // With its checksum right.
    let lines = text.trim_end();
    let whole = format!("{lines}\ncrc32 {:08x}\n", crc32fast::hash(format!("{lines}\n").as_bytes()));
    if let Some(written) = checkpoint(&whole) {
        assert_eq!(checkpoint(&written).as_ref(), Some(&written));
    }
}
