//! Which file it is: a hash of its content and of how it is read.

use std::fs::File;
use std::io::Read;

use anyhow::Context;

use crate::Request;

/// Bytes that are read at once: as many as stay close to the processor until they are hashed.
const CHUNK: usize = 1 << 17;

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// 32 hex digits.
    pub(crate) hash: String,
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
}

/// Reads the file once to know it again. What changes what its rows become is part of the hash: the mapping, the
/// currency, the time after which labels are known.
pub(crate) fn identify(request: &Request) -> anyhow::Result<Identity> {
    let path = &request.input;
    let unreadable = || format!("cannot read `{}`, check that it exists and may be read", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; CHUNK];
    let mut size_bytes = 0;
    loop {
        let read = file.read(&mut buffer).with_context(unreadable)?;
        if read == 0 {
            break;
        }
        size_bytes += read as u64;
        hasher.update(&buffer[..read]);
    }
    let currency = request.options.currency.code();
    let mapping = request.options.mapping.as_ref().map(|mapping| format!("{mapping:?}"));
    let how = format!("\n{size_bytes} {currency} {} {mapping:?}", request.label_delay_days);
    hasher.update(how.as_bytes());
    let hash = hasher.finalize().to_hex().as_str()[..32].to_owned();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Identity { hash, name, size_bytes })
}
