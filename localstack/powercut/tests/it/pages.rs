//! Content: what is synced stays, what is not is gone or torn.

use std::ffi::OsStr;

use proptest::collection::vec;
use proptest::prelude::*;
use weir_powercut::{Disk, Handle, Model, ROOT, Refusal};

/// A disk with one file that has its name for good.
fn with_file() -> (Disk, Handle) {
    let mut disk = Disk::new(Model::Strict);
    let node = disk.make(ROOT, OsStr::new("file"), 0o644, false).unwrap().node;
    let root = disk.open(ROOT).unwrap();
    disk.sync_names(root).unwrap();
    let handle = disk.open(node).unwrap();
    (disk, handle)
}

fn after(disk: &mut Disk, seed: Option<u64>) -> Vec<u8> {
    disk.cut(seed);
    disk.power_on();
    content(disk)
}

fn content(disk: &mut Disk) -> Vec<u8> {
    let handle = disk.open(disk.find(ROOT, OsStr::new("file")).unwrap().node).unwrap();
    disk.read(handle, 0, 1 << 20).unwrap()
}

#[test]
fn a_handle_is_dead_after_a_cut() {
    let (mut disk, handle) = with_file();
    disk.cut(None);
    assert_eq!(disk.sync(handle), Err(Refusal::Power));
    assert_eq!(disk.find(ROOT, OsStr::new("file")).map(|_| ()), Err(Refusal::Power));
    disk.power_on();
    assert_eq!(disk.write(handle, 0, b"late"), Err(Refusal::Power));
    assert_eq!(content(&mut disk), b"");
}

#[test]
fn a_hole_reads_as_zeros_and_takes_no_space() {
    let (mut disk, handle) = with_file();
    disk.resize(handle.node, 100_000).unwrap();
    disk.write(handle, 50_000, b"x").unwrap();
    let attributes = disk.attributes(handle.node).unwrap();
    assert_eq!((attributes.length, attributes.taken), (100_000, 4096));
    assert_eq!(disk.read(handle, 49_999, 3).unwrap(), [0, b'x', 0]);
}

/// What a program does with a file.
#[derive(Clone, Debug)]
enum Act {
    Write(u16, Vec<u8>),
    Resize(u16),
    Sync,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..12_000_u16, vec(1..=255_u8, 1..6_000)).prop_map(|(offset, bytes)| Act::Write(offset, bytes)),
        1 => (0..20_000_u16).prop_map(Act::Resize),
        1 => Just(Act::Sync),
    ]
}

/// The same on a plain vector; answers what is there and what was at the last sync.
fn plainly(acts: &[Act]) -> (Vec<u8>, Vec<u8>) {
    let (mut now, mut synced) = (Vec::new(), Vec::new());
    for act in acts {
        match act {
            Act::Write(offset, bytes) => {
                let offset = usize::from(*offset);
                now.resize(now.len().max(offset + bytes.len()), 0);
                now[offset..offset + bytes.len()].copy_from_slice(bytes);
            }
            Act::Resize(length) => now.resize(usize::from(*length), 0),
            Act::Sync => synced.clone_from(&now),
        }
    }
    (now, synced)
}

fn perform(disk: &mut Disk, handle: Handle, acts: &[Act]) {
    for act in acts {
        match act {
            Act::Write(offset, bytes) => drop(disk.write(handle, u64::from(*offset), bytes).unwrap()),
            Act::Resize(length) => disk.resize(handle.node, u64::from(*length)).unwrap(),
            Act::Sync => disk.sync(handle).unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_is_what_was_written_and_after_a_cut_what_was_synced(acts in vec(act(), 1..20)) {
        let (mut disk, handle) = with_file();
        perform(&mut disk, handle, &acts);
        let (now, synced) = plainly(&acts);
        prop_assert!(content(&mut disk) == now);
        prop_assert!(after(&mut disk, None) == synced);
        prop_assert!(after(&mut disk, Some(1)) == synced, "nothing is unsynced after a cut");
    }

    #[test]
    fn what_survives_by_chance_is_old_or_new_sector_by_sector(acts in vec(act(), 1..12), seed in any::<u64>()) {
        let (mut disk, handle) = with_file();
        perform(&mut disk, handle, &acts);
        let (now, synced) = plainly(&acts);
        let found = after(&mut disk, Some(seed));
        prop_assert!(found.len() >= now.len().min(synced.len()) && found.len() <= now.len().max(synced.len()));
        for (index, sector) in found.chunks(512).enumerate() {
            let of = |all: &[u8]| {
                let mut bytes: Vec<u8> = all.iter().skip(index * 512).take(sector.len()).copied().collect();
                bytes.resize(sector.len(), 0);
                bytes
            };
            prop_assert!(sector == of(&now) || sector == of(&synced), "sector {} is neither", index);
        }
    }
}
