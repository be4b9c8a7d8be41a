//! The way of a file through its stages, on one thread or on several.
//!
//! Reading, folding and writing go in the order of the file, each by one thread at a time; decoding and scoring go in
//! any order. Every thread takes whatever can be done next, what others wait for first. The output does not depend
//! on who does what.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use weir_datasets::{Block, BlockDecoder, Options, RejectsWriter};
use weir_features::FeatureSet;

use crate::decide::Judge;
use crate::folding::Folding;
use crate::output::{Form, Output, Piece};
use crate::plan::Plan;
use crate::prepare::{Hashers, Prepared, Words};
use crate::source::{Source, Work};
use crate::{BulkScoreError, Progress, Request, Summary};

/// Scores a file. `tell` hears now and then how far it is, from any thread.
///
/// # Errors
/// A file that cannot be read or written, a policy that does not fit. A wrong row is no error: it is described in
/// `<output>.rejects.csv` and counted.
pub fn score(request: &Request, tell: &(dyn Fn(Progress) + Sync)) -> Result<Summary, BulkScoreError> {
    let form = Form::of(&request.output)?;
    if same_file(request) {
        return Err(BulkScoreError::SameFile { file: request.output.clone() });
    }
    let set = FeatureSet::full();
    request.policy.check(&set)?;
    let plan = Plan::new(set, &request.scorer, &request.policy, request.with_reasons);
    let pipeline = Pipeline::open(request, &plan, form, tell)?;
    let workers = request.threads.max(1);
    if workers == 1 {
        pipeline.work();
    } else {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| pipeline.work())).collect();
            // One that died has left its error on the board.
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
    }
    pipeline.finish()
}

fn same_file(request: &Request) -> bool {
    let whole = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    whole(&request.output).is_some_and(|output| whole(&request.file) == Some(output))
}

/// What can be done next, and what is under way.
#[derive(Default)]
struct Board {
    /// Pieces read so far: the number of the next one.
    read: u64,
    is_read: bool,
    prepared: BTreeMap<u64, Prepared>,
    folded: BTreeMap<u64, Prepared>,
    scored: BTreeMap<u64, (Piece, Prepared)>,
    next_to_fold: u64,
    next_to_write: u64,
    spare: Vec<Prepared>,
    is_reading: bool,
    is_folding: bool,
    is_writing: bool,
    /// The first failure; nobody goes on after it.
    failed: Option<BulkScoreError>,
}

/// A piece of work that was taken from the board.
enum Task {
    Read(Prepared),
    Fold(u64, Prepared),
    Score(u64, Prepared),
    Write(Piece, Prepared),
}

/// The end of the way: scores, rejects, counts.
struct Sink {
    output: Output,
    rejects: RejectsWriter,
    summary: Summary,
}

struct Pipeline<'a> {
    request: &'a Request,
    plan: &'a Plan,
    form: Form,
    hashers: Hashers,
    options: Options,
    tell: &'a (dyn Fn(Progress) + Sync),
    source: Mutex<Source>,
    folding: Mutex<Folding>,
    sink: Mutex<Sink>,
    board: Mutex<Board>,
    changed: Condvar,
}

/// What one thread keeps to itself.
struct Tools<'a> {
    decoder: BlockDecoder,
    words: Words,
    judge: Judge<'a>,
}

/// A thread that dies leaves its error on the board; what it held is not used again.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Pipeline<'a> {
    fn open(
        request: &'a Request,
        plan: &'a Plan,
        form: Form,
        tell: &'a (dyn Fn(Progress) + Sync),
    ) -> Result<Self, BulkScoreError> {
        let (currency, mapping, limit) = (request.currency, request.mapping.clone(), request.limit);
        let options = Options { currency, mapping, limit };
        let source = Source::open(&request.file, &options)?;
        let hashers = Hashers::default();
        let folding = Folding::new(
            plan,
            &request.file,
            request.currency,
            request.label_delay_days,
            &request.pseudonyms,
            &hashers,
        );
        let sink = Sink {
            output: Output::create(&request.output, form, request.with_reasons)?,
            rejects: RejectsWriter::beside(&request.output)?,
            summary: Summary::default(),
        };
        Ok(Self {
            request,
            plan,
            form,
            hashers,
            options,
            tell,
            source: Mutex::new(source),
            folding: Mutex::new(folding),
            sink: Mutex::new(sink),
            board: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    /// Does what can be done until nothing is left.
    fn work(&self) {
        let mut tools = Tools {
            decoder: BlockDecoder::new(&self.request.file, &self.options),
            words: Words::default(),
            judge: Judge::new(
                self.plan,
                &self.request.scorer,
                &self.request.policy,
                self.request.with_reasons,
            ),
        };
        let _watch = Watch(self);
        while let Some(task) = self.next() {
            if let Err(error) = self.run(task, &mut tools) {
                lock(&self.board).failed.get_or_insert(error);
            }
            self.changed.notify_all();
        }
    }

    /// Waits for something to do; `None` when all is done, or when something failed.
    fn next(&self) -> Option<Task> {
        let mut board = lock(&self.board);
        loop {
            if board.failed.is_some() || board.is_done() {
                return None;
            }
            if let Some(task) = board.take(self.request.threads.max(1) as u64) {
                return Some(task);
            }
            board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self, task: Task, tools: &mut Tools<'_>) -> Result<(), BulkScoreError> {
        match task {
            Task::Read(spare) => self.read(spare, tools),
            Task::Fold(number, mut prepared) => {
                let folded = lock(&self.folding).fold(&mut prepared);
                let mut board = lock(&self.board);
                board.is_folding = false;
                board.next_to_fold += 1;
                board.folded.insert(number, prepared);
                folded
            }
            Task::Score(number, prepared) => {
                let mut piece = Piece::new(self.form);
                let (form, with_reasons) = (self.form, self.request.with_reasons);
                tools
                    .judge
                    .decide(&prepared, |verdict| piece.push(form, with_reasons, &prepared, &verdict))?;
                lock(&self.board).scored.insert(number, (piece, prepared));
                Ok(())
            }
            Task::Write(piece, mut prepared) => {
                let written = lock(&self.sink).write(&piece, &mut prepared.block);
                let mut board = lock(&self.board);
                board.is_writing = false;
                board.next_to_write += 1;
                board.spare.push(prepared);
                drop(board);
                self.tell_progress();
                written
            }
        }
    }

    fn read(&self, mut spare: Prepared, tools: &mut Tools<'_>) -> Result<(), BulkScoreError> {
        let block = std::mem::take(&mut spare.block);
        let work = lock(&self.source).next(block);
        let mut board = lock(&self.board);
        board.is_reading = false;
        let Some(work) = work? else {
            board.is_read = true;
            return Ok(());
        };
        let number = board.read;
        board.read += 1;
        drop(board);
        self.changed.notify_all();
        let block = match work {
            Work::Lines(bytes, block) => tools.decoder.decode(bytes, 1, block),
            Work::Block(block) => block,
        };
        let (currency, file) = (self.request.currency, &self.request.file);
        spare.fill(block, self.plan, currency, &self.hashers, &mut tools.words, file);
        lock(&self.board).prepared.insert(number, spare);
        Ok(())
    }

    fn tell_progress(&self) {
        let Ok(source) = self.source.try_lock() else { return };
        let (done, total) = source.progress();
        drop(source);
        let scored = lock(&self.sink).summary.scored;
        (self.tell)(Progress { done, total, scored });
    }

    fn finish(self) -> Result<Summary, BulkScoreError> {
        let board = self.board.into_inner().unwrap_or_else(PoisonError::into_inner);
        let sink = self.sink.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = board.failed {
            sink.output.discard();
            return Err(error);
        }
        let folding = self.folding.into_inner().unwrap_or_else(PoisonError::into_inner);
        sink.output.finish()?;
        let rejects_file = sink.rejects.finish()?;
        let (repeated, late, labels) = (folding.repeated, folding.late, folding.labels());
        Ok(Summary { repeated, late, labels, rejects_file, ..sink.summary })
    }
}

/// Tells the others when a thread dies, so that they do not wait for it.
struct Watch<'a>(&'a Pipeline<'a>);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.board).failed.get_or_insert(BulkScoreError::Thread);
            self.0.changed.notify_all();
        }
    }
}

impl Board {
    fn is_done(&self) -> bool {
        self.is_read && self.next_to_write == self.read
    }

    /// What others wait for first: writing frees memory, folding is done by one at a time.
    fn take(&mut self, threads: u64) -> Option<Task> {
        if !self.is_writing
            && let Some((piece, prepared)) = self.scored.remove(&self.next_to_write)
        {
            self.is_writing = true;
            return Some(Task::Write(piece, prepared));
        }
        if !self.is_folding
            && let Some(prepared) = self.prepared.remove(&self.next_to_fold)
        {
            self.is_folding = true;
            return Some(Task::Fold(self.next_to_fold, prepared));
        }
        if let Some((number, prepared)) = self.folded.pop_first() {
            return Some(Task::Score(number, prepared));
        }
        let is_room = self.read + u64::from(self.is_reading) < self.next_to_write + 4 * threads - 3;
        if !self.is_read && !self.is_reading && is_room {
            self.is_reading = true;
            return Some(Task::Read(self.spare.pop().unwrap_or_default()));
        }
        None
    }
}

impl Sink {
    fn write(&mut self, piece: &Piece, block: &mut Block) -> Result<(), BulkScoreError> {
        self.output.write(&piece.content)?;
        block.rejects.sort_by_key(|reject| reject.line);
        for reject in &block.rejects {
            self.rejects.write(reject)?;
        }
        let [approved, reviewed, declined] = piece.outcomes;
        let summary = &mut self.summary;
        summary.rows += piece.rows + block.rejects.len() as u64;
        summary.scored += piece.rows;
        summary.rejected += block.rejects.len() as u64;
        summary.approved += approved;
        summary.reviewed += reviewed;
        summary.declined += declined;
        summary.decoded_slowly += block.slow_rows;
        Ok(())
    }
}
