//! What a plan takes when there is more than fits.

use weir_landing::{Limits, Watermarks};

use crate::{file, plan};

#[test]
fn nothing_new_is_no_plan() {
    let watermarks = Watermarks::from([("transactions/0".to_owned(), 20.into())]);
    assert_eq!(plan(2, &[], &watermarks, Limits::default()), None);
    assert_eq!(plan(2, &[file("0", 11, 20)], &watermarks, Limits::default()), None);
}

#[test]
fn shards_take_turns() {
    let listing = [file("0", 1, 5), file("0", 6, 9), file("0", 10, 12), file("1", 1, 5)];
    let made = plan(1, &listing, &Watermarks::new(), Limits { files: 2, bytes: 1_000 }).unwrap();
    let shards = made.files.iter().map(|planned| planned.shard.as_str()).collect::<Vec<_>>();
    assert_eq!(shards, ["0", "1"]);
    assert_eq!(made.watermarks["transactions/0"], 5.into());
}

#[test]
fn a_file_over_the_limit_is_taken_alone() {
    let listing = [file("0", 1, 500), file("0", 501, 502)];
    let made = plan(1, &listing, &Watermarks::new(), Limits { files: 10, bytes: 100 }).unwrap();
    assert_eq!(made.files.len(), 1);
    assert_eq!(made.files[0].through, 500.into());
}

#[test]
fn watermarks_of_silent_shards_are_carried_on() {
    let watermarks = Watermarks::from([("transactions/7".to_owned(), 3.into())]);
    let made = plan(2, &[file("0", 1, 5)], &watermarks, Limits::default()).unwrap();
    assert_eq!(made.watermarks["transactions/7"], 3.into());
    assert_eq!(made.watermarks["transactions/0"], 5.into());
}
