//! What the terminal shows while it runs.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

/// Lines on stdout, and a bar on stderr below what happens.
pub(super) struct Screen {
    is_json: bool,
    bar: ProgressBar,
}

impl Screen {
    pub(super) fn new(is_json: bool, transactions: u64) -> Self {
        let is_shown = !is_json && std::io::stderr().is_terminal();
        let bar = if is_shown { ProgressBar::new(transactions) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} acknowledged  {msg}  {elapsed}")
        {
            bar.set_style(style);
        }
        Self { is_json, bar }
    }

    /// A line for people, before the bar begins.
    pub(super) fn line(&self, text: impl AsRef<str>) -> anyhow::Result<()> {
        if self.is_json { Ok(()) } else { self.bar.suspend(|| output::line(text)) }
    }

    /// Something that happened.
    pub(super) fn say(&self, line: std::fmt::Arguments<'_>) {
        #[expect(clippy::print_stderr, reason = "events of a show that a person looks at")]
        self.bar.suspend(|| eprintln!("chaos: {line}"));
    }

    pub(super) fn progress(&self, acknowledged: u64, message: String) {
        self.bar.set_position(acknowledged);
        self.bar.set_message(message);
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
