//! Names: made, moved, removed, and lost.

use std::ffi::{OsStr, OsString};

use weir_powercut::{Disk, Model, NodeId, ROOT, Refusal};

fn make(disk: &mut Disk, directory: NodeId, name: &str, is_directory: bool) -> NodeId {
    disk.make(directory, OsStr::new(name), 0o755, is_directory).unwrap().node
}

fn sync_directory(disk: &mut Disk, node: NodeId) {
    let handle = disk.open(node).unwrap();
    disk.sync_names(handle).unwrap();
    disk.close(handle);
}

fn write_synced(disk: &mut Disk, node: NodeId, text: &str) {
    let handle = disk.open(node).unwrap();
    disk.write(handle, 0, text.as_bytes()).unwrap();
    disk.sync(handle).unwrap();
    disk.close(handle);
}

fn cut(disk: &mut Disk) {
    disk.cut(None);
    disk.power_on();
}

fn names(disk: &mut Disk, directory: NodeId) -> Vec<OsString> {
    let handle = disk.open(directory).unwrap();
    let names = disk.list(handle).unwrap().into_iter().map(|(name, _)| name).collect();
    disk.close(handle);
    names
}

#[test]
fn syncing_a_file_does_not_keep_its_name() {
    let mut disk = Disk::new(Model::Strict);
    let file = make(&mut disk, ROOT, "orders", false);
    write_synced(&mut disk, file, "one");
    cut(&mut disk);
    assert!(names(&mut disk, ROOT).is_empty());
}

#[test]
fn with_one_journal_it_does_and_so_do_the_names_before() {
    let mut disk = Disk::new(Model::Journaled);
    let folder = make(&mut disk, ROOT, "folder", true);
    let file = make(&mut disk, folder, "orders", false);
    make(&mut disk, ROOT, "empty", false);
    write_synced(&mut disk, file, "one");
    make(&mut disk, ROOT, "later", false);
    cut(&mut disk);
    assert_eq!(names(&mut disk, ROOT), ["empty", "folder"]);
    assert_eq!(names(&mut disk, folder), ["orders"]);
}

#[test]
fn a_file_in_a_directory_without_a_name_is_gone() {
    let mut disk = Disk::new(Model::Strict);
    let folder = make(&mut disk, ROOT, "folder", true);
    let file = make(&mut disk, folder, "orders", false);
    write_synced(&mut disk, file, "one");
    sync_directory(&mut disk, folder);
    cut(&mut disk);
    assert!(names(&mut disk, ROOT).is_empty());
}

#[test]
fn a_rename_is_kept_by_syncing_its_directory_and_is_whole() {
    let mut disk = Disk::new(Model::Strict);
    let old = make(&mut disk, ROOT, "settings", false);
    write_synced(&mut disk, old, "old");
    sync_directory(&mut disk, ROOT);
    let new = make(&mut disk, ROOT, "settings.tmp", false);
    write_synced(&mut disk, new, "new");
    disk.rename((ROOT, OsStr::new("settings.tmp")), (ROOT, OsStr::new("settings"))).unwrap();
    assert_eq!(names(&mut disk, ROOT), ["settings"]);
    cut(&mut disk);
    assert_eq!(disk.find(ROOT, OsStr::new("settings")).unwrap().node, old, "the old file is back");

    let new = make(&mut disk, ROOT, "settings.tmp", false);
    write_synced(&mut disk, new, "new");
    disk.rename((ROOT, OsStr::new("settings.tmp")), (ROOT, OsStr::new("settings"))).unwrap();
    sync_directory(&mut disk, ROOT);
    cut(&mut disk);
    assert_eq!(disk.find(ROOT, OsStr::new("settings")).unwrap().node, new);
    assert_eq!(names(&mut disk, ROOT), ["settings"]);
}

#[test]
fn a_removed_name_comes_back_unless_its_directory_was_synced() {
    let mut disk = Disk::new(Model::Strict);
    let file = make(&mut disk, ROOT, "orders", false);
    write_synced(&mut disk, file, "one");
    sync_directory(&mut disk, ROOT);
    disk.remove(ROOT, OsStr::new("orders"), false).unwrap();
    cut(&mut disk);
    let handle = disk.open(disk.find(ROOT, OsStr::new("orders")).unwrap().node).unwrap();
    assert_eq!(disk.read(handle, 0, 10).unwrap(), b"one");
    disk.remove(ROOT, OsStr::new("orders"), false).unwrap();
    sync_directory(&mut disk, ROOT);
    cut(&mut disk);
    assert!(names(&mut disk, ROOT).is_empty());
}

#[test]
fn a_second_name_leads_to_the_same_content() {
    let mut disk = Disk::new(Model::Strict);
    let file = make(&mut disk, ROOT, "draft", false);
    write_synced(&mut disk, file, "one");
    assert_eq!(disk.link(file, ROOT, OsStr::new("final")).unwrap().links, 2);
    disk.remove(ROOT, OsStr::new("draft"), false).unwrap();
    sync_directory(&mut disk, ROOT);
    cut(&mut disk);
    assert_eq!(disk.find(ROOT, OsStr::new("final")).unwrap().links, 1);
}

#[test]
fn what_cannot_be_is_refused() {
    let mut disk = Disk::new(Model::Strict);
    let folder = make(&mut disk, ROOT, "folder", true);
    make(&mut disk, folder, "file", false);
    let refused = |found: Result<_, Refusal>| found.err();
    assert_eq!(refused(disk.remove(ROOT, OsStr::new("folder"), true)), Some(Refusal::NotEmpty));
    assert_eq!(refused(disk.remove(ROOT, OsStr::new("folder"), false)), Some(Refusal::IsDirectory));
    assert_eq!(refused(disk.remove(folder, OsStr::new("file"), true)), Some(Refusal::NotDirectory));
    assert_eq!(disk.make(folder, OsStr::new("file"), 0o644, false).map(|_| ()), Err(Refusal::Exists));
    assert_eq!(disk.find(folder, OsStr::new("absent")).map(|_| ()), Err(Refusal::Missing));
}

#[test]
fn the_same_seed_leaves_the_same_names() {
    let survivors = |seed| {
        let mut disk = Disk::new(Model::Strict);
        for number in 0..20 {
            make(&mut disk, ROOT, &format!("{number:02}"), false);
        }
        disk.cut(Some(seed));
        disk.power_on();
        names(&mut disk, ROOT)
    };
    let all: Vec<_> = (0..50).map(survivors).collect();
    assert_eq!(all, (0..50).map(survivors).collect::<Vec<_>>());
    assert!(all.iter().any(|names| names.len() > 10) && all.iter().any(|names| names.len() < 10));
    for names in all {
        let first: Vec<OsString> = (0..names.len()).map(|number| format!("{number:02}").into()).collect();
        assert_eq!(names, first, "changes reach the platter in their order");
    }
}
