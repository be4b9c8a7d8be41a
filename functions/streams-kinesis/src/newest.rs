//! The newest record of a shard, which Kinesis has no question for.

use std::time::{Duration, SystemTime};

use aws_sdk_kinesis::primitives::DateTime;
use tokio::time::Instant;
use weir_events::Sequence;
use weir_streams::StreamError;

use crate::error::failed;
use crate::fetch::{Fetcher, From, Place, Refusal};

/// How far to look back; then from the oldest on.
const LOOK_BACK: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(600), Duration::from_secs(3 * 3_600)];
/// Longest time that the answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks from ever further back until a record is found, and on to the end from there.
pub(crate) async fn newest(fetcher: &Fetcher, place: Place<'_>) -> Result<Option<Sequence>, StreamError> {
    let until = Instant::now() + PATIENCE;
    for back in LOOK_BACK {
        let time = SystemTime::now().checked_sub(back).unwrap_or(SystemTime::UNIX_EPOCH);
        let found = last(fetcher, place, From::Time(DateTime::from(time)), until).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    last(fetcher, place, From::Oldest, until).await
}

/// The last record from a place on.
async fn last(
    fetcher: &Fetcher,
    place: Place<'_>,
    from: From<'_>,
    until: Instant,
) -> Result<Option<Sequence>, StreamError> {
    let unanswered = || failed("tell the newest record of", place.name, "no answer in time");
    let mut iterator = fetcher.iterator(place, from).await?;
    let mut newest = None;
    loop {
        let turn = fetcher.pace.turn(place.name, place.shard, Some(until)).ok_or_else(unanswered)?;
        tokio::time::sleep_until(turn).await;
        match fetcher.page(place, &iterator, 10_000).await {
            Ok(page) => {
                let last = page.records.last().map(|record| record.position.sequence.clone());
                newest = last.or(newest);
                match page.next {
                    Some(next) if !page.behind.is_zero() => iterator = next,
                    _ => return Ok(newest),
                }
            }
            Err(Refusal::Throttled) => {}
            Err(Refusal::Expired) => return Err(unanswered()),
            Err(Refusal::Failed(error)) => return Err(error),
        }
    }
}
