//! Throughput of pseudonyms, one core.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use weir_events::EntityKind;
use weir_keyring::Pseudonyms;

const VALUES: usize = 1_000;

fn main() {
    divan::main();
}

#[divan::bench(args = ["203.0.113.", "9d391707-0b05-4a5b-8c6d-4c9d6927", "a street with a long name 17, a town in a state "])]
fn pseudonyms(bencher: Bencher, value: &str) {
    let pseudonyms = Pseudonyms::for_one_process();
    let values: Vec<String> = (0..VALUES).map(|number| format!("{value}{number}")).collect();
    let mut keys = Vec::with_capacity(VALUES);
    bencher.counter(ItemsCount::new(VALUES)).bench_local(|| {
        keys.clear();
        pseudonyms.extend(EntityKind::Customer, values.iter().map(String::as_str), &mut keys);
        black_box(&keys);
    });
}
