//! Planning, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod deliveries;
mod limits;
mod listings;

use weir_events::Timestamp;
use weir_landing::{LandingFile, LandingPath, Limits, Plan, Watermarks};

fn file(shard: &str, first: u64, last: u64) -> LandingFile {
    let path = LandingPath::new("transactions", shard, first.into(), last.into()).unwrap();
    LandingFile { path, size_bytes: 10 * (last - first + 1) }
}

fn plan(number: u64, listing: &[LandingFile], watermarks: &Watermarks, limits: Limits) -> Option<Plan> {
    weir_landing::next_plan(
        "bronze.transactions",
        number,
        Timestamp::from_seconds(0),
        listing,
        watermarks,
        limits,
    )
}
