//! Landing: paths, plans as they are stored, and planning.

use std::collections::BTreeSet;

use weir_events::{Sequence, Timestamp};
use weir_landing::{LandingFile, LandingPath, Limits, Plan, Watermarks, covered, next_plan, settled};

use crate::source::Source;

/// Checks the text of a plan, of a path, and plans made of listings.
pub fn check(bytes: &[u8]) {
    if let Ok(plan) = Plan::from_json(bytes) {
        let written = plan.to_json().expect("a plan is JSON");
        assert_eq!(Plan::from_json(&written).expect("what is written is read"), plan);
        for file in &plan.files {
            path(&file.path);
            assert!(!file.after.as_ref().is_some_and(|after| file.counts(after)));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        text.lines().for_each(path);
    }
    planning(&mut Source(bytes));
}

fn path(text: &str) {
    let Ok(path) = text.parse::<LandingPath>() else { return };
    assert_eq!(path.to_string(), text, "one path has one text");
    assert!(path.first() <= path.last());
    assert!(!path.stream().contains("..") || !path.stream().starts_with('.'));
}

/// Plans made one after the other take every row of the listing once, and then there is none.
fn planning(source: &mut Source<'_>) {
    let limits = Limits { files: usize::from(source.byte() % 8), bytes: u64::from(source.byte()) };
    let mut files = Vec::new();
    while !source.is_empty() && files.len() < 24 {
        let (first, shard) = (u64::from(source.byte() % 32), source.byte());
        let last = first + u64::from(shard >> 4);
        let shard = format!("{}", shard & 1);
        let path = LandingPath::new("labels", &shard, first.into(), last.into()).expect("a path");
        files.push(LandingFile { path, size_bytes: u64::from(source.byte()) });
    }
    let half = settled(files.get(..files.len() / 2).unwrap_or_default(), files.clone());
    let mut watermarks = Watermarks::new();
    let mut taken = BTreeSet::new();
    for (listing, number) in [(&half, 1), (&files, 100)] {
        drain(listing, number, limits, &mut watermarks, &mut taken);
    }
}

fn drain(
    listing: &[LandingFile],
    mut number: u64,
    limits: Limits,
    watermarks: &mut Watermarks,
    taken: &mut BTreeSet<(String, u64)>,
) {
    let before = watermarks.clone();
    let started = taken.len();
    while let Some(plan) = next_plan("t", number, Timestamp::from_seconds(0), listing, watermarks, limits) {
        assert!(!plan.files.is_empty() && plan.files.len() <= limits.files.max(1));
        for file in &plan.files {
            let path: LandingPath = file.path.parse().expect("a planned path is a path");
            let rows = number_of(path.first())..=number_of(path.last());
            for row in rows.filter(|row| file.counts(&Sequence::from(*row))) {
                assert!(taken.insert((path.watermark_key(), row)), "a row is taken twice");
            }
        }
        assert_ne!(&plan.watermarks, watermarks, "a plan that moves nothing would be made for ever");
        *watermarks = plan.watermarks;
        number += 1;
    }
    assert_eq!(covered(listing, watermarks).len(), listing.len());
    let wanted = listing.iter().flat_map(|file| {
        let rows = number_of(file.path.first())..=number_of(file.path.last());
        rows.map(|row| (file.path.watermark_key(), row))
    });
    let is_new = |(key, row): &(String, u64)| before.get(key).is_none_or(|at| Sequence::from(*row) > *at);
    let wanted: BTreeSet<_> = wanted.filter(is_new).collect();
    assert_eq!(taken.len() - started, wanted.len(), "a row is left out");
}

fn number_of(sequence: &Sequence) -> u64 {
    sequence.as_str().parse().expect("a small number")
}
