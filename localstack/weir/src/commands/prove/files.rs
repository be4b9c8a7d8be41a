//! Every file of the home, searched for the personal values that were sent.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result};
use weir_events::{Sensitive, Transaction};
use weir_generator::{EventKind, Generator};

/// Values shorter than this could be found by chance.
const SHORTEST: usize = 8;

/// Transactions of each load whose values are looked for.
const TRANSACTIONS: usize = 20_000;

/// Bytes searched at once.
const CHUNK: usize = 1 << 20;

/// What the search came to.
pub(super) struct Searched {
    pub(super) values: usize,
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// Files in which a value stands.
    pub(super) found: Vec<PathBuf>,
}

/// Searches every file under a folder.
pub(super) fn search(folder: &Path, shops: &[weir_generator::Settings]) -> Result<Searched> {
    let values = values(shops)?;
    let needles = AhoCorasick::builder().build(&values).context("too many values to look for")?;
    let longest = values.iter().map(String::len).max().unwrap_or(0);
    let mut searched = Searched { values: values.len(), files: 0, bytes: 0, found: Vec::new() };
    for path in files(folder)? {
        searched.files += 1;
        let is_found = holds(&path, &needles, longest, &mut searched.bytes)
            .with_context(|| format!("cannot search `{}`", path.display()))?;
        if is_found {
            searched.found.push(path);
        }
    }
    Ok(searched)
}

/// Whether a file holds one of the values; chunks overlap by the longest of them.
fn holds(path: &Path, needles: &AhoCorasick, longest: usize, bytes: &mut u64) -> Result<bool> {
    let mut file = File::open(path)?;
    let mut window = Vec::with_capacity(CHUNK + longest);
    loop {
        let kept = window.len().min(longest);
        window.drain(..window.len() - kept);
        let read = file.by_ref().take(CHUNK as u64).read_to_end(&mut window)?;
        *bytes += read as u64;
        if needles.is_match(&window) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
    }
}

/// Everything personal in the first transactions of these shops.
fn values(shops: &[weir_generator::Settings]) -> Result<Vec<String>> {
    let mut values = BTreeSet::new();
    for shop in shops {
        let events = Generator::new(shop.clone())?;
        let transactions = events.filter_map(|event| match event.kind {
            EventKind::Transaction { transaction, .. } => Some(transaction),
            EventKind::Label(_) => None,
        });
        transactions.take(TRANSACTIONS).for_each(|transaction| add(&transaction, &mut values));
    }
    Ok(values.into_iter().filter(|value| value.len() >= SHORTEST).collect())
}

fn add(transaction: &Transaction, values: &mut BTreeSet<String>) {
    let personal = &transaction.personal;
    let optional = [
        &personal.card_id,
        &personal.device_id,
        &personal.ip_address,
        &personal.shipping_address,
        &personal.billing_address,
        &personal.email,
        &personal.customer_name,
    ];
    for value in optional.into_iter().flatten().chain([&personal.customer_id]).map(Sensitive::expose) {
        values.insert(value.clone());
        values.insert(value.to_lowercase());
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let shop = weir_generator::Settings { transactions: 50, customers: 50, ..Default::default() };
        std::fs::write(folder.path().join("clean"), vec![b'x'; 3 << 20]).unwrap();
        let clean = search(folder.path(), std::slice::from_ref(&shop)).unwrap();
        assert!(clean.values > 100 && clean.files == 1 && clean.bytes == 3 << 20, "{}", clean.values);
        assert_eq!(clean.found, Vec::<PathBuf>::new());
        let value = values(std::slice::from_ref(&shop)).unwrap().pop().unwrap();
        for place in [0, CHUNK - 3, CHUNK, 2 * CHUNK + 5] {
            let mut bytes = vec![b'x'; 3 << 20];
            bytes[place..place + value.len()].copy_from_slice(value.as_bytes());
            std::fs::write(folder.path().join("planted"), bytes).unwrap();
            let planted = search(folder.path(), std::slice::from_ref(&shop)).unwrap();
            assert_eq!(planted.found, [folder.path().join("planted")], "at {place}");
        }
    }
}
