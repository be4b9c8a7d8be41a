//! One thread splits the file into rows, others decode and seal them.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use weir_datasets::{Piece, Reader};

use crate::decode::{Decoded, Decoder};

/// Rows of a piece.
pub(crate) const PIECE_ROWS: usize = 8_192;

/// Parts that may wait while a block is committed.
const WAITING: usize = 16;

/// A decoded piece: its number, and how far the file was read.
pub(crate) struct Part {
    pub(crate) number: u64,
    pub(crate) progress: (u64, u64),
    pub(crate) decoded: anyhow::Result<Decoded>,
}

/// A piece on its way to a decoder.
struct Job {
    number: u64,
    first_row: u64,
    progress: (u64, u64),
    piece: anyhow::Result<Piece>,
}

/// Starts the threads; parts come in any order. They end when the file does, or when nobody listens any more.
pub(crate) fn start(reader: Reader, decoder: Decoder, threads: usize) -> mpsc::Receiver<Part> {
    let (jobs, waiting) = sync_channel::<Job>(2 * threads);
    let (parts, received) = mpsc::channel(WAITING);
    std::thread::spawn(move || split(reader, &jobs));
    let (decoder, waiting) = (Arc::new(decoder), Arc::new(Mutex::new(waiting)));
    for _ in 0..threads {
        let (decoder, waiting, parts) = (Arc::clone(&decoder), Arc::clone(&waiting), parts.clone());
        let runtime = Handle::current();
        std::thread::spawn(move || work(&decoder, &waiting, &parts, &runtime));
    }
    received
}

fn split(mut reader: Reader, jobs: &std::sync::mpsc::SyncSender<Job>) {
    let mut first_row = 1;
    for number in 0.. {
        let piece = match reader.piece(PIECE_ROWS) {
            Ok(None) => return,
            Ok(Some(piece)) => Ok(piece),
            Err(error) => Err(error.into()),
        };
        let rows = piece.as_ref().map_or(0, |piece: &Piece| piece.len() as u64);
        let is_over = piece.is_err();
        let job = Job { number, first_row, progress: reader.progress(), piece };
        first_row += rows;
        if jobs.send(job).is_err() || is_over {
            return;
        }
    }
}

fn work(decoder: &Decoder, waiting: &Mutex<Receiver<Job>>, parts: &mpsc::Sender<Part>, runtime: &Handle) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { number, first_row, progress, piece }) = next else { return };
        let decoded = piece.and_then(|piece| runtime.block_on(decoder.decode(piece, first_row)));
        if parts.blocking_send(Part { number, progress, decoded }).is_err() {
            return;
        }
    }
}
