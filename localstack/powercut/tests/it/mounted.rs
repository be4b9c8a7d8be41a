//! The disk as programs meet it: through the system's calls.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use weir_powercut::{Model, Mounted};

fn with_disk(work: impl FnOnce(&Mounted)) {
    let folder = tempfile::tempdir().unwrap();
    let mounted = Mounted::new(folder.path(), Model::Strict).unwrap();
    work(&mounted);
    drop(mounted);
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "the folder is as it was");
}

fn sync(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

#[test]
fn files_folders_and_links_work_as_on_any_disk() {
    with_disk(|disk| {
        let root = disk.folder();
        fs::create_dir_all(root.join("a/b")).unwrap();
        let long: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
        fs::write(root.join("a/b/long"), &long).unwrap();
        assert!(fs::read(root.join("a/b/long")).unwrap() == long);
        fs::copy(root.join("a/b/long"), root.join("copy")).unwrap();
        fs::hard_link(root.join("copy"), root.join("second")).unwrap();
        assert_eq!(
            fs::hard_link(root.join("copy"), root.join("second")).unwrap_err().kind(),
            ErrorKind::AlreadyExists
        );
        fs::rename(root.join("second"), root.join("a/moved")).unwrap();
        assert_eq!(fs::metadata(root.join("a/moved")).unwrap().len(), 300_000);
        for number in 0..500 {
            fs::write(root.join(format!("a/b/{number}")), b"x").unwrap();
        }
        assert_eq!(fs::read_dir(root.join("a/b")).unwrap().count(), 501);
        let lock = File::create(root.join("lock")).unwrap();
        lock.try_lock().unwrap();
        assert!(File::open(root.join("lock")).unwrap().try_lock().is_err());
        fs::remove_dir_all(root.join("a")).unwrap();
        assert!(!root.join("a").exists());
    });
}

#[test]
fn a_cut_takes_what_was_not_synced_and_open_files_with_it() {
    with_disk(|disk| {
        let root = disk.folder();
        let mut file = File::create(root.join("log")).unwrap();
        file.write_all(b"synced").unwrap();
        file.sync_data().unwrap();
        sync(root);
        file.write_all(b" or not").unwrap();
        fs::write(root.join("nameless"), b"x").unwrap();
        disk.switch().cut(None);
        assert_eq!(file.write_all(b"late").unwrap_err().raw_os_error(), Some(5));
        assert_eq!(fs::read(root.join("log")).unwrap_err().raw_os_error(), Some(5));
        disk.switch().power_on();
        assert!(file.sync_data().is_err(), "a file of the life before stays dead");
        assert_eq!(fs::read(root.join("log")).unwrap(), b"synced");
        assert!(!root.join("nameless").exists());
    });
}

#[test]
fn full_and_slow_are_what_programs_see() {
    with_disk(|disk| {
        let root = disk.folder();
        let mut file = File::create(root.join("log")).unwrap();
        disk.switch().fill();
        assert_eq!(file.write_all(b"x").unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(File::create(root.join("new")).unwrap_err().kind(), ErrorKind::StorageFull);
        disk.switch().free();
        file.write_all(b"x").unwrap();
        disk.switch().slow(Duration::from_millis(60));
        let begun = Instant::now();
        file.sync_data().unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(60));
        assert_eq!(disk.switch().counters().file_syncs, 1);
    });
}

#[test]
fn a_shell_can_switch_it() {
    with_disk(|disk| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("switch");
        let listener = UnixListener::bind(&path).unwrap();
        let switch = disk.switch().clone();
        std::thread::spawn(move || weir_powercut::serve(&listener, &switch));
        let say = |line: &str| {
            let mut client = UnixStream::connect(&path).unwrap();
            client.write_all(line.as_bytes()).unwrap();
            client.shutdown(std::net::Shutdown::Write).unwrap();
            let mut said = String::new();
            client.read_to_string(&mut said).unwrap();
            said
        };
        assert_eq!(say("cut 7\n"), "ok\n");
        assert!(fs::write(disk.folder().join("x"), b"x").is_err());
        assert_eq!(say("on\nslow 3\nfree\n"), "ok\nok\nok\n");
        assert_eq!(disk.switch().sync_takes(), Duration::from_millis(3));
        assert!(say("counters\n").contains("cuts 1 "));
        assert!(say("explode\n").starts_with("error: "));
    });
}
