//! From a listing to the next plan.

use std::collections::{BTreeMap, VecDeque};

use weir_events::{Sequence, Timestamp};

use crate::{FORMAT_VERSION, LandingPath, Plan, PlannedFile, Watermarks};

/// A landing file as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LandingFile {
    /// Its path.
    pub path: LandingPath,
    /// Its size.
    pub size_bytes: u64,
}

/// How much one plan takes; it takes one file at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most files.
    pub files: usize,
    /// Most bytes of landing files, 0 excluded.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 1_000, bytes: 256 << 20 }
    }
}

/// The next plan of a table, or nothing if no file holds a row past the watermarks.
///
/// Shards take turns when the limits cut, so that none waits for another. Within a shard files are taken in order of
/// their first sequence, the longest first; what an earlier file covered does not count again.
pub fn next_plan(
    table: &str,
    number: u64,
    created_at: Timestamp,
    listing: &[LandingFile],
    watermarks: &Watermarks,
    limits: Limits,
) -> Option<Plan> {
    let mut reached = watermarks.clone();
    let mut queues = shard_queues(listing);
    let mut files = Vec::new();
    let mut bytes = 0;
    while let Some((key, mut queue)) = queues.pop_front() {
        let Some(file) = next_uncovered(&mut queue, reached.get(&key)) else { continue };
        bytes += file.size_bytes;
        if !files.is_empty() && (files.len() >= limits.files || bytes > limits.bytes) {
            break;
        }
        files.push(planned(file, reached.get(&key).cloned()));
        reached.insert(key.clone(), file.path.last().clone());
        queues.push_back((key, queue));
    }
    let plan = Plan {
        format_version: FORMAT_VERSION,
        table: table.to_owned(),
        number,
        created_at,
        files,
        watermarks: reached,
    };
    (!plan.files.is_empty()).then_some(plan)
}

type Queue<'a> = VecDeque<&'a LandingFile>;

fn shard_queues(listing: &[LandingFile]) -> VecDeque<(String, Queue<'_>)> {
    let mut shards = BTreeMap::<String, Vec<&LandingFile>>::new();
    for file in listing {
        shards.entry(file.path.watermark_key()).or_default().push(file);
    }
    for files in shards.values_mut() {
        files.sort_by(|left, right| {
            left.path.first().cmp(right.path.first()).then_with(|| right.path.last().cmp(left.path.last()))
        });
    }
    shards.into_iter().map(|(key, files)| (key, files.into())).collect()
}

fn next_uncovered<'a>(queue: &mut Queue<'a>, reached: Option<&Sequence>) -> Option<&'a LandingFile> {
    while let Some(file) = queue.pop_front() {
        if reached.is_none_or(|sequence| file.path.last() > sequence) {
            return Some(file);
        }
    }
    None
}

fn planned(file: &LandingFile, after: Option<Sequence>) -> PlannedFile {
    PlannedFile {
        path: file.path.to_string(),
        stream: file.path.stream().to_owned(),
        shard: file.path.shard().to_owned(),
        after,
        through: file.path.last().clone(),
    }
}

/// What of two listings, one taken after the other had ended, may be planned.
///
/// A listing is no picture of one moment: it can show a file and miss the one written just before it, and a plan made
/// from it would step over those rows for good. The later listing shows all that existed when the earlier one ended;
/// so it is complete up to the newest file of the earlier one, and what is newer waits for the next plan.
pub fn settled(earlier: &[LandingFile], later: Vec<LandingFile>) -> Vec<LandingFile> {
    let mut newest = BTreeMap::<String, &Sequence>::new();
    for file in earlier {
        let last = newest.entry(file.path.watermark_key()).or_insert_with(|| file.path.last());
        *last = (*last).max(file.path.last());
    }
    let is_settled = |file: &LandingFile| {
        newest.get(&file.path.watermark_key()).is_some_and(|sequence| file.path.last() <= sequence)
    };
    later.into_iter().filter(is_settled).collect()
}

/// Files of a listing that hold no row past the watermarks: once those are committed, nobody needs them.
pub fn covered<'a>(listing: &'a [LandingFile], watermarks: &Watermarks) -> Vec<&'a LandingFile> {
    let is_covered = |file: &&LandingFile| {
        watermarks.get(&file.path.watermark_key()).is_some_and(|sequence| file.path.last() <= sequence)
    };
    listing.iter().filter(is_covered).collect()
}
