//! Space: full, freed, counted.

use std::ffi::OsStr;

use weir_powercut::{Disk, Model, ROOT, Refusal};

#[test]
fn a_full_disk_takes_no_page_and_no_name_until_there_is_room() {
    let mut disk = Disk::new(Model::Strict);
    let kept = disk.make(ROOT, OsStr::new("kept"), 0o644, false).unwrap().node;
    let other = disk.make(ROOT, OsStr::new("other"), 0o644, false).unwrap().node;
    let handle = disk.open(kept).unwrap();
    let big = disk.open(other).unwrap();
    disk.write(handle, 0, &[1; 4096]).unwrap();
    disk.write(big, 0, &[1; 8192]).unwrap();
    disk.close(big);

    disk.fill();
    assert_eq!(disk.write(handle, 4096, b"more"), Err(Refusal::Full));
    assert_eq!(disk.write(handle, 4090, b"more than fits"), Ok(6), "a write is cut short where space ends");
    assert_eq!(disk.write(handle, 0, b"over"), Ok(4), "what is there can be overwritten");
    assert_eq!(disk.make(ROOT, OsStr::new("new"), 0o644, false).map(|_| ()), Err(Refusal::Full));
    disk.sync(handle).unwrap();

    disk.remove(ROOT, OsStr::new("other"), false).unwrap();
    assert_eq!(disk.write(handle, 4096, &[2; 3 * 4096]), Ok(2 * 4096), "what was removed makes room");
    disk.free();
    assert_eq!(disk.write(handle, 4096, &[2; 3 * 4096]), Ok(3 * 4096));
}

#[test]
fn space_is_counted_anew_after_a_cut() {
    let mut disk = Disk::new(Model::Strict);
    let node = disk.make(ROOT, OsStr::new("file"), 0o644, false).unwrap().node;
    let handle = disk.open(node).unwrap();
    disk.write(handle, 0, &[1; 40_960]).unwrap();
    disk.cut(None);
    disk.power_on();
    disk.fill();
    assert_eq!(disk.make(ROOT, OsStr::new("a"), 0o644, false).map(|_| ()), Err(Refusal::Full));
}

#[test]
fn many_files_made_and_removed_leave_nothing() {
    let mut disk = Disk::new(Model::Strict);
    let root = disk.open(ROOT).unwrap();
    for number in 0..2_000 {
        let name = number.to_string();
        let node = disk.make(ROOT, OsStr::new(&name), 0o644, false).unwrap().node;
        let handle = disk.open(node).unwrap();
        disk.write(handle, 0, &[1; 4096]).unwrap();
        disk.close(handle);
        disk.remove(ROOT, OsStr::new(&name), false).unwrap();
    }
    disk.sync_names(root).unwrap();
    disk.fill();
    assert_eq!(disk.make(ROOT, OsStr::new("one"), 0o644, false).map(|_| ()), Err(Refusal::Full));
    assert!(disk.list(root).unwrap().is_empty());
}
