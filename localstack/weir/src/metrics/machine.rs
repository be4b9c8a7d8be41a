//! What the operating system says of this process and its files. Where it does not say, a figure is 0.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long sizes of folders are good enough.
const SIZES_FOR: Duration = Duration::from_secs(15);

/// Ticks a second in which Linux tells processor time, on every architecture.
const TICKS: f64 = 100.0;

/// Figures of the process at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Process {
    pub(super) memory_bytes: u64,
    pub(super) processor_seconds: f64,
    pub(super) open_files: usize,
    pub(super) most_files: u64,
}

impl Process {
    pub(super) fn read() -> Self {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Self {
            memory_bytes: of_line(&text("/proc/self/status"), "VmRSS:").map_or(0, |kib| kib * 1_024),
            processor_seconds: processor_seconds(&text("/proc/self/stat")).unwrap_or(0.0),
            open_files: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            most_files: of_line(&text("/proc/self/limits"), "Max open files").unwrap_or(0),
        }
    }
}

/// The first number behind the beginning of a line.
fn of_line(text: &str, begin: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(begin))?;
    rest.split_ascii_whitespace().next()?.parse().ok()
}

/// User and system time; the name of the program before them may hold anything, brackets too.
fn processor_seconds(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}

/// Sizes of folders, looked at now and then.
#[derive(Debug, Default)]
pub(super) struct Sizes(Mutex<Option<(Instant, Vec<u64>)>>);

impl Sizes {
    /// Bytes in each folder; blocks while it looks.
    pub(super) fn of(&self, folders: &[impl AsRef<Path>]) -> Vec<u64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((looked, sizes)) if looked.elapsed() < SIZES_FOR => sizes.clone(),
            _ => {
                let sizes: Vec<u64> = folders.iter().map(|folder| size(folder.as_ref())).collect();
                *known = Some((Instant::now(), sizes.clone()));
                sizes
            }
        }
    }
}

/// Bytes of the files in a folder and below; one that goes away meanwhile counts nothing.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_files_and_time() {
        let process = Process::read();
        assert!(
            process.memory_bytes > 1 << 20 && process.open_files > 2 && process.most_files > 2,
            "{process:?}"
        );
        assert_eq!(processor_seconds("1 (a) b) S 1 1 1 0 -1 4 1 0 0 0 150 50 0 0"), Some(2.0));
    }

    #[test]
    fn a_folder_is_as_large_as_its_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("below/one"), [0; 100]).unwrap();
        fs::write(folder.path().join("two"), [0; 11]).unwrap();
        let sizes = Sizes::default();
        assert_eq!(sizes.of(&[folder.path(), Path::new("/nowhere")]), [111, 0]);
        fs::write(folder.path().join("three"), [0; 11]).unwrap();
        assert_eq!(sizes.of(&[folder.path()])[0], 111, "not looked at again at once");
    }
}
