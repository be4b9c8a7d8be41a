//! Listings that miss what was written while they ran.

use weir_landing::{Watermarks, covered, settled};

use crate::file;

#[test]
fn a_file_whose_predecessor_was_missed_waits_until_both_are_seen() {
    let earlier = [file("0", 11, 20)];
    let later = vec![file("0", 1, 10), file("0", 11, 20), file("0", 31, 40), file("1", 1, 5)];
    assert_eq!(settled(&earlier, later), [file("0", 1, 10), file("0", 11, 20)]);
}

#[test]
fn only_files_wholly_below_the_watermark_are_covered() {
    let listing = [file("0", 1, 10), file("0", 5, 11), file("1", 1, 2)];
    let watermarks = Watermarks::from([("transactions/0".to_owned(), 10.into())]);
    assert_eq!(covered(&listing, &watermarks), [&listing[0]]);
}
