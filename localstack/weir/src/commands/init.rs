//! `weir init`: a commented weir.toml.

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::{Context, Result};

use crate::cli;
use crate::output;
use crate::settings::TEMPLATE;

pub(crate) fn run(arguments: &cli::Init, json: bool) -> Result<()> {
    let path = &arguments.path;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).with_context(|| {
        format!("cannot make `{}`; an existing file is never overwritten", path.display())
    })?;
    file.write_all(TEMPLATE.as_bytes())?;
    if json {
        return output::json(&serde_json::json!({ "written": path }));
    }
    output::line(format!("wrote {}: every setting with its default", path.display()))?;
    output::line(format!("next: weir run --config {}", path.display()))
}
