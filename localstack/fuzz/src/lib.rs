//! What must hold of every decoder, whatever the bytes.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub mod csv;
pub mod guess;
pub mod json;
pub mod log;
pub mod model;
pub mod ndjson;
pub mod plan;
pub mod policy;
pub mod sealed;
pub mod source;
pub mod state;

/// What a value in an error text would look like.
pub(crate) const MARK: &str = "§7Qx9";

/// A folder in memory, one a process.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let root = Path::new("/dev/shm");
        let root = if root.is_dir() { root.to_owned() } else { std::env::temp_dir() };
        let folder = root.join(format!("weir-fuzz-{}", std::process::id()));
        // One left behind by a process of the same number.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for files");
        folder
    })
}
