//! From a file that nobody has explained to its transactions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_datasets::{Check, Item, Mapping, Options, check, guess};

use crate::samples::{read, rows, sample};

fn mapping(path: &Path) -> (String, Mapping) {
    let page = guess(path).unwrap();
    let mapping = Mapping::parse(Path::new("guessed.toml"), &page).unwrap();
    (page, mapping)
}

fn checked(path: &Path, mapping: &Mapping) -> Check {
    check(path, mapping, Options::default().currency, 10_000, 2).unwrap()
}

/// Guess, check, and read without a change.
fn whole(name: &str) -> (String, Check, Vec<Item>) {
    let path = sample(name);
    let (page, mapping) = mapping(&path);
    let check = checked(&path, &mapping);
    let options = Options { mapping: Some(Arc::new(mapping)), ..Options::default() };
    let (items, counts, _) = read(&path, &options);
    assert_eq!((counts.rows_in, counts.rejected), (check.rows, check.rows - check.accepted));
    (page, check, items)
}

fn temporary(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.csv");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_file_in_sparkovs_style_is_understood() {
    let (page, check, items) = whole("sparkov_style.csv");
    assert_eq!((check.rows, check.accepted, check.labels[2]), (200, 200, 0));
    assert!(page.contains("customer_id = \"cc_num\"") && page.contains("card_id = \"cc_num\""), "{page}");
    let row = rows(&items)[0];
    assert_eq!(row.transaction.personal.customer_name.as_ref().unwrap().expose(), "given17 family17");
    assert!(row.transaction.unknown.expose().contains_key("dob"));
    let shown: Vec<_> = check.shown.iter().flat_map(|shown| &shown.0).collect();
    let set: Vec<&str> =
        shown.iter().filter(|(_, value)| value == "‹set›").map(|(name, _)| name.as_str()).collect();
    assert!(
        ["customer_id", "card_id", "customer_name", "dob", "lat"].iter().all(|name| set.contains(name)),
        "{set:?}"
    );
    assert!(shown.iter().all(|(_, value)| !value.contains("family") && !value.contains("Street")));
}

#[test]
fn a_file_in_paysims_style_is_understood() {
    let (page, check, items) = whole("paysim_style.csv");
    assert_eq!((check.rows, check.accepted), (200, 200));
    assert!(!page.contains("\"isFlaggedFraud\""), "{page}");
    let order = &rows(&items)[1].transaction.order;
    assert_eq!((order.transaction_id.as_str(), order.amount_minor), ("paysim_style-2", 432));
    assert_eq!(order.occurred_at.to_string(), "2026-01-01T18:00:00.000000Z");
    assert!(rows(&items).iter().any(|row| row.label == Some(true)));
}

#[test]
fn a_german_shop_is_understood() {
    let (page, check, items) = whole("german_shop.csv");
    assert_eq!((check.rows, check.accepted), (200, 200), "{page}\n{:?}", check.rejected);
    let order = &rows(&items)[0].transaction.order;
    assert_eq!((order.amount_minor, order.currency.code()), (361_000, "EUR"));
    assert_eq!(order.device_type.unwrap().name(), "desktop");
    for row in rows(&items) {
        assert_eq!(row.known_at.is_some(), row.label == Some(true));
    }
}

#[test]
fn the_shop_guessed_is_the_shop_known() {
    for name in ["shop_16_columns.csv", "shop_13_columns.csv"] {
        let (_, _, guessed) = whole(name);
        let (known, ..) = read(&sample(name), &Options::default());
        assert!(guessed == known, "{name}");
    }
}

#[test]
fn day_or_month_first_is_asked_if_the_file_does_not_tell() {
    let row = |id: u32, day: u32| format!("{id},c{},0{day}/02/2026 08:00,{id}.50\n", id % 7);
    let text: String = (1..100).map(|id| row(id, 1 + id % 9)).collect();
    let header = "order_id,customer_id,order_date,amount\n";
    let (_folder, path) = temporary(&format!("{header}{text}"));
    let (page, unconfirmed) = mapping(&path);
    assert!(page.contains("# CONFIRM: day and month") && page.contains("\"%d/%m/%Y %H:%M\""), "{page}");
    assert_eq!(checked(&path, &unconfirmed).unconfirmed.as_deref(), Some("fields.occurred_at.confirm"));
    let options = Options { mapping: Some(Arc::new(unconfirmed)), ..Options::default() };
    assert!(weir_datasets::open(&path, &options).is_err());

    // One day after the twelfth tells.
    let (_folder, path) = temporary(&format!("{header}{text}100,c1,31/01/2026 08:00,1.00\n"));
    let (page, confirmed) = mapping(&path);
    assert!(!page.contains("CONFIRM") && page.contains("\"%d/%m/%Y %H:%M\""), "{page}");
    assert_eq!(checked(&path, &confirmed).accepted, 100);
}

#[test]
fn a_date_and_a_time_of_day_become_one_time() {
    let text: String = (1..50)
        .map(|id| format!("{id}|2026-01-{:02}|{:02}:30|u{}|$1{id}.00\n", 1 + id % 28, id % 24, id % 5))
        .collect();
    let (_folder, path) = temporary(&format!("id|date|time|user|amount\n{text}"));
    let (page, mapping) = mapping(&path);
    assert!(page.contains("template = \"{date} {time}\", format = \"%Y-%m-%d %H:%M\""), "{page}");
    assert_eq!(checked(&path, &mapping).accepted, 49);
}

#[test]
fn what_cannot_be_told_is_left_to_be_filled_in() {
    let (_folder, path) = temporary("colour,size\nred,1\nblue,2\n");
    let page = guess(&path).unwrap();
    assert!(page.contains("# REQUIRED"), "{page}");
    let error = Mapping::parse(Path::new("guessed.toml"), &page).err().unwrap();
    assert!(error.to_string().contains("required field"), "{error}");
    let (_folder, path) = temporary("");
    assert!(guess(&path).is_err());
}

#[test]
fn comments_hold_no_values_of_persons() {
    for name in ["sparkov_style.csv", "paysim_style.csv", "german_shop.csv", "shop_16_columns.csv"] {
        let page = guess(&sample(name)).unwrap();
        for value in ["c17@", "family17", "C000000017", "9900000", "Example Street", "Willow", "198.19."] {
            assert!(!page.contains(value), "{name}: {value}");
        }
    }
}

#[test]
fn a_file_without_a_header_is_told_by_its_values() {
    let row =
        |id: u32| format!("order{id},u{},2026-01-{:02} 08:00:00,{id}.50,10.0.0.{id}\n", id % 5, 1 + id % 28);
    let (_folder, path) = temporary(&(1..50).map(row).collect::<String>());
    let page = guess(&path).unwrap();
    assert!(page.contains("header = false"), "{page}");
    for line in [
        "column = \"column_3\", format = \"iso\"",
        "column = \"column_4\", unit = \"major\"",
        "ip_address = \"column_5\"",
    ] {
        assert!(page.contains(line), "{page}");
    }
}
