//! A disk mounted in a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fuser::{BackgroundSession, Config, MountOption, SessionACL};

use crate::requests::Requests;
use crate::{Disk, Model, Switch};

/// Requests answered at once, so that slow syncs do not hold reads up.
const THREADS: usize = 8;

/// A disk in a folder, until it is dropped.
pub struct Mounted {
    switch: Switch,
    folder: PathBuf,
    session: Option<BackgroundSession>,
}

impl Mounted {
    /// Mounts an empty disk in a folder, which must exist.
    ///
    /// # Errors
    /// If the system refuses the mount: `/dev/fuse` is needed, and root or `fusermount3`.
    pub fn new(folder: &Path, model: Model) -> io::Result<Self> {
        let switch = Switch::new(Disk::new(model));
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("powercut".to_owned())];
        config.acl = SessionACL::Owner;
        config.n_threads = Some(THREADS);
        let session = fuser::spawn_mount(Requests::new(switch.clone()), folder, &config)?;
        Ok(Self { switch, folder: folder.to_owned(), session: Some(session) })
    }

    /// The switch.
    pub const fn switch(&self) -> &Switch {
        &self.switch
    }

    /// Where the disk is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let ended = self.session.take().map(BackgroundSession::umount_and_join);
        if matches!(ended, Some(Err(_))) {
            // Somebody still has a file open: out of the way now, gone with the last of them.
            let mut lazily = Command::new("umount");
            let _ = lazily.arg("-l").arg(&self.folder).stderr(Stdio::null()).status();
        }
    }
}
