//! The home: the one folder in which an embedded deployment keeps everything, used by one process at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// Folder names inside the home.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    root: PathBuf,
}

/// Who holds the home, as written into its lock file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// Process id.
    pub(crate) pid: u32,
    /// Address of the HTTP API, once it listens.
    pub(crate) ingest: Option<SocketAddr>,
    /// Address of the page, once it listens.
    pub(crate) page: Option<SocketAddr>,
}

/// The home while this process holds it; the lock is the operating system's and ends with the process.
#[derive(Debug)]
pub(crate) struct HeldHome {
    home: Home,
    lock: File,
}

impl Home {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: std::path::absolute(root).unwrap_or_else(|_| root.to_owned()) }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// How far consumers have come in streams that are services.
    #[cfg(any(feature = "aws", feature = "kafka"))]
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    pub(crate) fn lake(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// What was fetched and is not imported yet.
    pub(crate) fn extracts(&self) -> PathBuf {
        self.root.join("extract")
    }

    pub(crate) fn demo_progress(&self) -> PathBuf {
        self.root.join("demo.json")
    }

    /// What a show of `weir demo --chaos` notes.
    pub(crate) fn chaos_notes(&self) -> PathBuf {
        self.root.join("chaos.json")
    }

    fn lock_path(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn exists(&self) -> bool {
        self.root.is_dir()
    }

    /// Makes the folder if needed and takes the lock; a second process is told who has it.
    pub(crate) fn hold(&self) -> Result<HeldHome> {
        fs::create_dir_all(&self.root).with_context(|| {
            format!("cannot make the home `{}`; choose another with --home", self.root.display())
        })?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.lock_path())
            .with_context(|| {
                format!("cannot write to the home `{}`; choose another with --home", self.root.display())
            })?;
        if lock.try_lock().is_err() {
            match self.holder() {
                Some(holder) => bail!(
                    "the home `{}` is in use by process {}; stop it, or choose another with --home",
                    self.root.display(),
                    holder.pid
                ),
                None => bail!("the home `{}` is in use by another process", self.root.display()),
            }
        }
        let mut held = HeldHome { home: self.clone(), lock };
        held.announce(None, None)?;
        self.sync_names()?;
        Ok(held)
    }

    /// Makes the names of the home and of what lies in it survive a power cut. The folders above may have been made
    /// just now, or by a process that did not live to sync them.
    pub(crate) fn sync_names(&self) -> Result<()> {
        for folder in self.root.ancestors() {
            // A folder above that may not be opened was there before us.
            match File::open(folder).and_then(|folder| folder.sync_all()) {
                Ok(()) => {}
                Err(_) if folder != self.root => break,
                Err(error) => return Err(error).context("cannot sync the home"),
            }
        }
        Ok(())
    }

    /// The process that holds the home now, if one does.
    pub(crate) fn running(&self) -> Option<Holder> {
        let lock = File::open(self.lock_path()).ok()?;
        if lock.try_lock().is_ok() { None } else { self.holder() }
    }

    fn holder(&self) -> Option<Holder> {
        serde_json::from_slice(&fs::read(self.lock_path()).ok()?).ok()
    }
}

impl HeldHome {
    pub(crate) const fn home(&self) -> &Home {
        &self.home
    }

    /// Writes down where this process listens, for commands started beside it.
    pub(crate) fn announce(&mut self, ingest: Option<SocketAddr>, page: Option<SocketAddr>) -> Result<()> {
        let holder = Holder { pid: std::process::id(), ingest, page };
        let text = serde_json::to_vec(&holder)?;
        self.lock.seek(SeekFrom::Start(0))?;
        self.lock.set_len(0)?;
        self.lock.write_all(&text)?;
        self.lock.sync_data()?;
        Ok(())
    }

    /// Removes everything but the lock.
    pub(crate) fn empty(&mut self) -> Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(self.home.root())? {
            let path = entry?.path();
            if path == self.home.lock_path() {
                continue;
            }
            if path.is_dir() {
                fs::remove_dir_all(&path)?
            } else {
                fs::remove_file(&path)?
            }
            removed += 1;
        }
        Ok(removed)
    }
}

/// Whether a folder looks like a home of ours, so that `reset` never empties a stranger's folder.
pub(crate) fn is_home(root: &Path) -> bool {
    let mut text = String::new();
    File::open(root.join("lock"))
        .and_then(|mut file| file.read_to_string(&mut text))
        .is_ok_and(|_| text.contains("\"pid\""))
}
