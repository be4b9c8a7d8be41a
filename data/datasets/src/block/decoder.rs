//! Pieces of a file of lines become blocks.

use std::path::{Path, PathBuf};

use super::cursor::Cursor;
use super::line::LineDecoder;
use super::rows::Block;
use crate::lines::{LINE_BYTES_MAX, item, too_long, trimmed};
use crate::{Options, Reject};

/// Reads lines of JSON, many at a time: transactions as ingest takes them, or with the public shop dataset's column
/// names. It guesses that fields stand in the order of the line before and borrows their texts from the line; where
/// anything is otherwise, the decoder of [`open`](crate::open) reads the line, so that both give the same rows and
/// the same rejects.
pub struct BlockDecoder {
    path: PathBuf,
    options: Options,
    lines: LineDecoder,
}

impl BlockDecoder {
    /// For a file of this name; of the options the limit is not heeded.
    pub fn new(path: &Path, options: &Options) -> Self {
        let lines = LineDecoder::new(options.currency);
        Self { path: path.to_owned(), options: options.clone(), lines }
    }

    /// Reads whole lines, the first of which has this number (from 1), into an empty block. At most 2 GiB a piece.
    pub fn decode(&mut self, piece: Vec<u8>, first_line: u64, mut block: Block) -> Block {
        match String::from_utf8(piece) {
            Ok(text) => {
                block.lines = text;
                self.decode_text(first_line, &mut block);
            }
            // Which line it is, the general decoder says.
            Err(error) => {
                let bytes = error.into_bytes();
                for (number, line) in (first_line..).zip(bytes.split(|byte| *byte == b'\n')) {
                    self.general(line, number, &mut block);
                }
                block.line_count = memchr::memchr_iter(b'\n', &bytes).count() as u64;
            }
        }
        block
    }

    fn decode_text(&mut self, first_line: u64, block: &mut Block) {
        let text = std::mem::take(&mut block.lines);
        block.base = text.len();
        let (mut at, mut number) = (0, first_line);
        while at < text.len() {
            let mut cursor = Cursor { bytes: text.as_bytes(), at };
            let row = self.lines.row(&mut cursor, number);
            let end = row.and_then(|row| Some((row, line_end(&cursor, at)?)));
            at = match end {
                Some((row, end)) => {
                    block.rows.push(row);
                    end
                }
                None => {
                    let rest = text.as_bytes().get(at..).unwrap_or_default();
                    let size = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    self.general(rest.get(..size).unwrap_or_default(), number, block);
                    at + size + 1
                }
            };
            number += 1;
        }
        block.lines = text;
        block.line_count = number - first_line;
    }

    fn general(&self, line: &[u8], number: u64, block: &mut Block) {
        let is_whole = (line.len() as u64) < LINE_BYTES_MAX;
        let line = trimmed(line);
        if line.is_empty() {
            return;
        }
        let read = if is_whole { item(line, &self.options) } else { Err(too_long()) };
        block.slow_rows += 1;
        match read {
            Ok(item) => block.push(&item, number),
            Err(error) => block.rejects.push(Reject::new(&self.path, number, &error)),
        }
    }
}

/// Where the next line begins, if this one holds nothing more and is not too long.
fn line_end(cursor: &Cursor<'_>, start: usize) -> Option<usize> {
    let mut end = *cursor;
    end.skip_blanks();
    end.at += usize::from(end.peek() == b'\r');
    let is_whole = ((end.at - start) as u64) < LINE_BYTES_MAX;
    let is_end = end.at >= end.bytes.len() || end.peek() == b'\n';
    (is_end && is_whole).then_some(end.at + 1)
}
