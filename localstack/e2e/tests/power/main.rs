//! The program on a disk whose power goes, that fills up, that is slow; and with too few file descriptors.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on, helpers included")]

mod cuts;
mod files;
mod space;
