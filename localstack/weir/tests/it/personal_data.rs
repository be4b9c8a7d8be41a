//! Personal data never reaches a file under the home in readable form.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use weir_events::Sensitive;
use weir_generator::{EventKind, Generator};

use crate::support::succeed;

/// Values shorter than this could be found by chance.
const SHORTEST: usize = 8;

#[test]
fn no_file_of_the_demo_holds_an_address_an_email_an_ip_or_a_card_number() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let demo = ["demo", "--transactions", "1200", "--rate", "0", "--exit", "--json", "--seed", "5"];
    let listen = ["--ingest-listen", "127.0.0.1:0", "--page-listen", "127.0.0.1:0"];
    succeed(&home, &[demo.as_slice(), listen.as_slice()].concat());

    let values = personal_values();
    assert!(values.len() > 300, "only {} values to look for", values.len());
    let needles = aho_corasick::AhoCorasick::new(&values).unwrap();
    let files = files(&home);
    assert!(files.len() > 10, "only {} files to search", files.len());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let found = needles.find(&bytes).map(|found| found.pattern().as_usize());
        assert_eq!(found, None, "{} holds a personal value in readable form", file.display());
    }
    // The search itself finds what is there.
    let planted = home.join("planted");
    std::fs::write(&planted, values.first().unwrap()).unwrap();
    assert!(needles.is_match(&std::fs::read(&planted).unwrap()));
}

/// Everything personal that the demo's generator makes.
fn personal_values() -> Vec<String> {
    let settings =
        weir_generator::Settings { seed: 5, transactions: 1_200, customers: 60, ..Default::default() };
    let mut values = BTreeSet::new();
    let mut transactions = 0;
    for event in Generator::new(settings).unwrap() {
        let EventKind::Transaction { transaction, .. } = event.kind else { continue };
        transactions += 1;
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
        let found = optional.into_iter().flatten().map(Sensitive::expose);
        for value in found.chain([personal.customer_id.expose()]) {
            values.insert(value.clone());
            values.insert(value.to_lowercase());
        }
    }
    assert_eq!(transactions, 1_200);
    values.into_iter().filter(|value| value.len() >= SHORTEST).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
